"""What a citizen says about their own data: to delete it, or to ask what is kept. Pure functions.

Every syllable has to be one of those such a sentence is made of: "xóa thông tin đăng ký xe của tôi" asks for a procedure.
"""

from __future__ import annotations

from typing import Literal

from bot.text import fold, normalise, syllables

Wish = Literal["delete", "privacy"]
_WHOSE = (
    "cua toi",
    "cua minh",
    "cua em",
    "cua tui",
    "cua chau",
    "cua anh",
    "cua chi",
    "cua con",
    "ve toi",
    "ve minh",
    "ve em",
    "ca nhan",
    "rieng tu",
)
_TALK = ("tro chuyen", "doan chat", "lich su chat", "tin nhan", "cau hoi", "nhan tin")
_DATA = ("du lieu", "thong tin", "data", *_TALK)
_COMMON = frozenset(
    "toi minh em tui chau con anh chi ban bot ad admin oi a nhe nha di voi giup ho cho cua ve ca nhan rieng tu du lieu thong tin data lich su "
    "cuoc tro chuyen doan chat tin nhan cau hoi het tat toan bo moi cac nhung ngay luon duoc khong co the lam sao cach nao nhu muon can hay xin "
    "vui long day de o tren trong ra khoi he thong may gi da va cu nay khi nao den so dien thoai vay the thi hoi thac mac la cach".split()
)
_TO_DELETE = frozenset("xoa huy sach bo giu luu gui nua dung dum".split())
_TO_KEEP = frozenset(
    "luu giu ghi lai nho thu thap tru bao mat theo doi an toan bi lo ai biet xem bao lau doc su dung quyen chinh sach tru dau nhung loai nguoi khac".split()
)
_KEEPS = ("luu", "giu", "ghi lai", "ghi nho", "thu thap", "bao mat", "theo doi", "bi lo", "an toan", "quyen rieng tu", "su dung")
_NAMED = (
    "quyen rieng tu",
    "chinh sach bao mat",
    "chinh sach rieng tu",
    "bao ve du lieu ca nhan",
    "quyenriengtu",
    "chinh sach quyen rieng tu",
)
_YES = frozenset("co vang da dong y xoa ok oke okay dung u um uh duoc chac chan het di nhe a ngay luon giup yes roi toi em minh".split())
_YES_NEEDS = frozenset("co vang da y xoa ok oke okay dung u um uh duoc chan yes".split())
_NO = frozenset("khong thoi dung huy no khoan giu lai xoa nua dau can a nhe da toi em minh muon".split())
_NO_NEEDS = frozenset("khong thoi no khoan giu huy".split())


def wish(text: str) -> Wish | None:
    """Return what `text` wants about the citizen's own data, None when it speaks of something else.

    >>> wish("xoa het thong tin cua toi di"), wish("bot có lưu thông tin của tôi không"), wish("xóa đăng ký thường trú")
    ('delete', 'privacy', None)
    """
    said = _said(text)
    words = set(said.split())
    line = f" {said} "
    if "xoa" in words and words <= _COMMON | _TO_DELETE and _holds(line, _DATA) and _holds(line, (*_WHOSE, *_TALK)):
        return "delete"
    if said in _NAMED:
        return "privacy"
    if words <= _COMMON | _TO_KEEP and _holds(line, _KEEPS) and _holds(line, (*_DATA, "rieng tu", "so dien thoai")):
        return "privacy" if _holds(line, (*_WHOSE, *_TALK, "bot", "ban", "may", "he thong")) else None
    return None


def agrees(text: str) -> bool:
    """Tell whether `text` says yes to deleting, or asks for it again."""
    words = set(_said(text).split())
    return (wish(text) == "delete" and not words & {"dung", "khong"}) or (bool(words & _YES_NEEDS) and words <= _YES)


def declines(text: str) -> bool:
    """Tell whether `text` says no to deleting."""
    words = set(_said(text).split())
    return bool(words & _NO_NEEDS) and words <= _NO


def _said(text: str) -> str:
    return " ".join(syllables(fold(normalise(text))))


def _holds(line: str, phrases: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in line for phrase in phrases)
