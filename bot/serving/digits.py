"""The four digits that prove a dossier one's own, found in what a citizen types and cut out of it. Pure functions.

People type the digits alone, with a word or two ("số cuối là 4821"), or the whole telephone or identification number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.serving.door import NUMBERS, as_ascii_digits
from bot.text import fold, syllables

MOST_WORDS = 8  # beside the digits, when no word says that they are the digits asked for
_FOUR = re.compile(r"(?<![\d/])(?<!\d[.,:-])(?:\d{4}|\d(?: \d){3}|\d\d[ .-]\d\d)(?![\d/])(?![.,:-]\d)")
_CUE = re.compile(r"\b(?:so cuoi|cuoi la|dien thoai|sdt|so dt|cccd|can cuoc|cmnd|cmt|dinh danh)\b")
_COUNTS_BEFORE = re.compile(r"\b(?:nam|ngay|thang|luc|nghi dinh|thong tu|luat|mau|quyet dinh|tu|den)(?: so)?\W*$")
_COUNTS_AFTER = re.compile(r"^\W*(?:dong|nghin|trieu|m2|gio|nam|ngay|nguoi)\b")


@dataclass(frozen=True)
class Digits:
    """What was found: the four digits, None when there are none or two different ones; and the text without any of them."""

    four: str | None
    rest: str
    found: bool = False


def take_digits(text: str) -> Digits:
    """Take the digits out of `text`, in which no dossier code is left; numbers that tell a year, a day or a sum stay."""
    read = as_ascii_digits(text)
    whole = [m.group() for m in NUMBERS.finditer(read) if m["personal"]]
    without = NUMBERS.sub(lambda m: m.group() if m["harmless"] else " ", read)
    short = [m for m in _FOUR.finditer(without) if _stands_for_itself(m)]
    rest = without
    for m in reversed(short):
        rest = f"{rest[: m.start()]} {rest[m.end() :]}"
    rest = " ".join(rest.split())
    if not whole and not (short and _means_digits(rest)):
        return Digits(None, text)
    four = {re.sub(r"\D", "", number)[-4:] for number in [*whole, *(m.group() for m in short)]}
    return Digits(four.pop() if len(four) == 1 else None, rest, found=True)


def _stands_for_itself(four: re.Match[str]) -> bool:
    """Tell whether a number of four digits is no year, day, sum or the number of a law."""
    before, after = fold(four.string[: four.start()]), fold(four.string[four.end() :])
    return not _COUNTS_BEFORE.search(before) and not _COUNTS_AFTER.search(after)


def _means_digits(rest: str) -> bool:
    """Tell whether the words around four digits let them be the ones asked for."""
    words = fold(rest)
    return bool(_CUE.search(words)) or len(syllables(words)) <= MOST_WORDS
