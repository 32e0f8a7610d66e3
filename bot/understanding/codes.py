"""Codes inside a sentence: dossier codes and procedure codes, found before the text is split into words.

A dossier code (mã hồ sơ) has the form of Thông tư 01/2018/TT-VPCP: V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX, or the shorter H26.x.y-YYMMDD-XXXX. People type
it in lower case, with spaces for dots and hyphens, without dots, in the middle of a sentence. What is nearly a code is no code but a Slip: it is pointed at,
never guessed. A procedure code (mã thủ tục) is a digit, a dot, six digits.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

SlipKind = Literal["date", "date_length", "number_length", "letter_for_digit", "head"]

_D = "[0-9OoIl]"  # a digit, or a letter that is taken for one: O for 0, I and l for 1
_DASH = r"(?:[ \t]*[-\u2010-\u2015_/][ \t]*|[. ])"
_CANDIDATE = re.compile(
    rf"(?<![\w.-])(?P<head>(?:{_D}{{2,3}}[. ]?{_D}{{2}}[. ]?(?:{_D}{{1,2}}[. ]?)?)?(?P<letter>[A-Za-z]){_D}{{2}}(?:[. ][0-9]{{1,3}}){{0,3}})"
    rf"(?:{_DASH}(?P<day>{_D}{{5,7}}){_DASH}(?P<number>{_D}{{1,7}})|(?P<run>[0-9]{{10}}))(?![\w-])"
)
_CANONICAL = re.compile(
    r"(?:[0-9]{3}\.[0-9]{2}\.(?:[0-9]{2}\.)?)?[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,3}-(?P<day>[0-9]{6})-[0-9]{4,6}"
)  # what take_codes makes of a code
_HEAD = re.compile(r"(?:([0-9]{3})[. ]?([0-9]{2})[. ]?(?:([0-9]{2})[. ]?)?)?([A-Z][0-9]{2})((?:[. ][0-9]{1,3}){0,3})")
_DAY_DIGITS = 6  # YYMMDD
_NUMBER_DIGITS = range(4, 7)  # XXXX; busy units go beyond 9999 in a day's or a year's count
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")
_CENTURY = 2000
_DAYS_KEPT = 4096  # days remembered: an import asks for the same ones over and over
_PROCEDURE = re.compile(r"(?<![\w.])\d\.\d{6}(?!\d|\s*(?:đồng|dong|đ|vnđ|vnd|m2)(?!\w))", re.IGNORECASE)  # 1.200000 đồng is no code


@dataclass(frozen=True)
class Slip:
    """What is nearly a dossier code: `typed` as it stood, `part` what is wrong in it, `likely` the code that may be meant, if one shows itself.

    Kinds: `date`, YYMMDD is no day of the calendar; `date_length`, not six digits; `number_length`, the last group is too short or too long;
    `letter_for_digit`, a letter stands for a digit; `head`, the unit's part has a digit too few.
    """

    kind: SlipKind
    typed: str
    part: str
    likely: str | None = None


@dataclass(frozen=True)
class Codes:
    """The codes of a sentence, in order, what is nearly a dossier code, and the sentence without either."""

    dossiers: tuple[str, ...]
    procedures: tuple[str, ...]
    rest: str
    slips: tuple[Slip, ...] = ()


def take_codes(text: str) -> Codes:
    """Take the codes out of `text`; dossier codes come back in upper case with dots and hyphens in place."""
    read = [_read(found) for found in _CANDIDATE.finditer(text)]
    rest = _CANDIDATE.sub(" ", text)
    procedures = tuple(dict.fromkeys(_PROCEDURE.findall(rest)))
    return Codes(
        tuple(code for code in read if isinstance(code, str)),
        procedures,
        " ".join(_PROCEDURE.sub(" ", rest).split()),
        tuple(slip for slip in read if isinstance(slip, Slip)),
    )


def is_procedure_code(text: str) -> bool:
    """Tell whether `text` is the code of a procedure and nothing else."""
    return bool(_PROCEDURE.fullmatch(text))


def is_dossier_code(text: str) -> bool:
    """Tell whether `text` is a dossier code in its canonical form and nothing else."""
    found = _CANONICAL.fullmatch(text)
    return found is not None and _is_day(found["day"])


def _read(found: re.Match[str]) -> str | Slip:
    """Return the canonical code of a candidate, or the slip in it."""
    typed = found[0].strip()
    run = found["run"]
    parts = (found["head"], run[:_DAY_DIGITS], run[_DAY_DIGITS:]) if run else (found["head"], found["day"], found["number"])
    letter = found.start("letter") - found.start("head")  # the province's letter is meant as one
    head = parts[0][:letter].translate(_LETTERS_FOR_DIGITS) + parts[0][letter] + parts[0][letter + 1 :].translate(_LETTERS_FOR_DIGITS)
    mended = (head, parts[1].translate(_LETTERS_FOR_DIGITS), parts[2].translate(_LETTERS_FOR_DIGITS))
    code = _judge(typed, *mended)
    if mended == parts or (isinstance(code, Slip) and code.kind != "letter_for_digit"):
        return code
    wrong = next(part for part, right in zip(parts, mended) if part != right)
    return Slip("letter_for_digit", typed, wrong, code if isinstance(code, str) else None)


def _judge(typed: str, head: str, day: str, number: str) -> str | Slip:
    """Return the canonical code of the three parts of a code, digits being digits, or the slip in it."""
    groups = _HEAD.fullmatch(head.upper())
    if groups is None:
        return Slip("head", typed, head)
    if len(day) != _DAY_DIGITS:
        return Slip("date_length", typed, day)
    if not _is_day(day):
        return Slip("date", typed, day)
    if len(number) not in _NUMBER_DIGITS:
        return Slip("number_length", typed, number)
    unit = ".".join(group for group in groups.groups()[:4] if group)
    return f"{unit}{groups[5].replace(' ', '.')}-{day}-{number}"


@lru_cache(_DAYS_KEPT)
def _is_day(yymmdd: str) -> bool:
    try:
        dt.date(_CENTURY + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return False
    return True
