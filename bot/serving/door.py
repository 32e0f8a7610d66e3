"""The door every message comes through, whatever its channel: what is let in, and how. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.text import compose

LONGEST_MESSAGE = 2000  # characters; the longest real question seen had 400
HIDDEN = "…"
# Control characters, which no database need take, and marks that turn the order of letters around for whoever reads them later.
_UNSPOKEN = {ord(c): " " for c in map(chr, (*range(0x20), *range(0x7F, 0xA0)))} | dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
_DIGITS = {0xFF10 + n: ord("0") + n for n in range(10)}  # digits of double width, as some keyboards write them
_MONEY = r"(?:đồng|dong|vnđ|vnd|triệu|trieu|tỷ|ty|nghìn|nghin|ngàn|ngan(?!\s+hang)|đ|k)(?!\w)"
# A dossier code, a date or a sum of money is no personal number, though its digits may look like one: these are passed over first.
_HARMLESS = rf"""
    (?:\d{{3}}[. ]\d{{2}}[. ](?:\d{{2}}[. ])?)?[a-z]\d{{2}}(?:[. ]\d{{1,3}}){{0,3}}[- ]\d{{6}}[- ]\d{{3,6}}(?!\d)   # a dossier code
  | [a-z]\d{{2}}(?:[. ]\d{{1,3}}){{1,3}}-\d{{5,7}}-\d{{3,6}}(?!\d)                                               # one with a slip in its date
  | \d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)\d{{2}}(?!\d)                                                        # a date
  | \d[\d.,]{{0,24}}\s*{_MONEY}                                                                             # money
"""
# Telephone numbers (0 or 84 and eight to ten digits) and identification numbers (9 or 12 digits), however they are set apart.
_PERSONAL = r"""
    (?<!\d)\d(?:[\s.,_-]?\d){11}(?!\d)
  | (?<!\d)(?:\(?\+?84\)?|\(?0)(?:[\s.,/()_-]{0,2}\d){8,10}\)?(?!\d)
  | (?<!\d)(?<!\d[.-])\d(?:[\s.,_-]?\d){8}(?![.,-]?\d)
"""
NUMBERS = re.compile(rf"(?P<harmless>{_HARMLESS})|(?P<personal>{_PERSONAL})", re.VERBOSE | re.IGNORECASE)
# What else tells who someone is, and proves nothing of a dossier: e-mail addresses, account and card numbers (6 digits or more where they are named
# so, 13 to 19 wherever they stand; ISO/IEC 7812 has 19 at most), passports (a letter and seven or eight digits).
_EMAIL = r"[^\s@<>(),;:]{1,64}\s?@\s?[^\W_](?:[\w-]*[^\W_])?(?:\s?\.\s?[^\W_][\w-]*)*"
_NAMED_ACCOUNT = rf"""
    (?P<cue>\b(?:stk|tài\ khoản|tai\ khoan|số\ thẻ|so\ the|account)\b[^\d\n@]{{0,30}}?)
    (?P<account>(?<!\d)\d(?:[\s.,_-]?\d){{5,18}}(?!\d)(?!\s*{_MONEY}))
"""
_LONG = r"(?<!\d)(?!84)[1-9](?:[\s.,_-]?\d){12,18}(?!\d)"  # 0 or 84 begins a telephone number, with more digits after it
_PASSPORT = r"(?<!\w)[a-z]\s?\d{7,8}(?!\w)"
_OTHERS = re.compile(rf"(?P<harmless>{_HARMLESS})|{_NAMED_ACCOUNT}|(?P<personal>{_EMAIL}|{_LONG}|{_PASSPORT})", re.VERBOSE | re.IGNORECASE)


@dataclass(frozen=True)
class LetIn:
    """What came through the door: a refusal ("empty", "too_long") or the text Rasa may see, and whether personal numbers were taken out of it."""

    text: str = ""
    refusal: str | None = None
    personal: bool = False


def at_the_door(text: str) -> LetIn:
    """Return what of `text` is let in.

    Control characters and marks of direction are left out. A leading "/" would make Rasa take the text for a command (`/intent{...}`), so it is
    taken off. Personal numbers are taken out, so that no tracker, log or event ever holds them.
    """
    if len(text) > LONGEST_MESSAGE:
        return LetIn(refusal="too_long")
    said, hidden = without_personal_numbers(compose(text.translate(_UNSPOKEN)).lstrip("/ \uff0f"))
    return LetIn(said, personal=hidden) if said else LetIn(refusal="empty")


def without_personal_numbers(text: str) -> tuple[str, bool]:
    """Return `text` with telephone, identification and account numbers and e-mail addresses hidden, and whether there were any."""
    read, others = _hidden(_OTHERS, as_ascii_digits(text))
    said, numbers = _hidden(NUMBERS, read)
    return said, others or numbers


def without_accounts(text: str) -> str:
    """Return `text` without what tells who someone is and cannot prove a dossier theirs: e-mail addresses, account and card numbers, passports."""
    return _hidden(_OTHERS, as_ascii_digits(text))[0]


def _hidden(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    hidden = False

    def hide(found: re.Match[str]) -> str:
        nonlocal hidden
        if found["harmless"]:
            return found.group()
        hidden = True
        return (found.groupdict().get("cue") or "") + HIDDEN

    return pattern.sub(hide, text), hidden


def as_ascii_digits(text: str) -> str:
    """Return `text` with digits of double width as the common ones."""
    return text.translate(_DIGITS)
