"""Codes inside a sentence: dossier codes and procedure codes, found before the text is split into words.

A dossier code (mã hồ sơ) has the form of Thông tư 01/2018/TT-VPCP: V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX, or the shorter H26.x.y-YYMMDD-XXXX; people
type it in lower case, with spaces for dots. A procedure code (mã thủ tục) is a digit, a dot, six digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOSSIER = re.compile(r"(?<![\w.-])(?:\d{3}[. ]\d{2}[. ](?:\d{2}[. ])?)?[a-zA-Z]\d{2}(?:[. ]\d{1,3}){0,3}[- ]\d{6}[- ]\d{3,6}(?![\w-])")
_PROCEDURE = re.compile(r"(?<![\w.])\d\.\d{6}(?!\d|\s*(?:đồng|dong|đ|vnđ|vnd|m2)(?!\w))", re.IGNORECASE)  # 1.200000 đồng is no code


@dataclass(frozen=True)
class Codes:
    """The codes of a sentence, in order, and the sentence without them."""

    dossiers: tuple[str, ...]
    procedures: tuple[str, ...]
    rest: str


def take_codes(text: str) -> Codes:
    """Take the codes out of `text`; dossier codes come back in upper case with dots and hyphens in place."""
    dossiers = tuple(_canonical(found) for found in _DOSSIER.findall(text))
    rest = _DOSSIER.sub(" ", text)
    procedures = tuple(dict.fromkeys(_PROCEDURE.findall(rest)))
    return Codes(dossiers, procedures, " ".join(_PROCEDURE.sub(" ", rest).split()))


def is_procedure_code(text: str) -> bool:
    """Tell whether `text` is the code of a procedure and nothing else."""
    return bool(_PROCEDURE.fullmatch(text))


def _canonical(code: str) -> str:
    head, day, number = re.split(r"[- ](?=\d{6}[- ])|(?<=\d{6})[- ](?=\d{3,6}$)", code.upper())
    return f"{head.replace(' ', '.')}-{day}-{number}"
