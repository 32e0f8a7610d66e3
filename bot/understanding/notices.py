"""What someone wishes of notices about dossiers: to be told, to stop, or to see the list. Pure functions."""

from __future__ import annotations

import re
from typing import Literal

from bot.text import fold

Wish = Literal["watch", "stop", "list"]
_STOP = re.compile(r"\b(?:dung|ngung|huy|tat|bo|thoi|khong (?:can |muon )?(?:bao|nhan|theo doi)|ngat)\b")
_LIST = re.compile(r"\b(?:danh sach|nhung ho so|ho so nao|cac ho so|liet ke|may ho so|bao nhieu ho so)\b")


def wish(text: str) -> Wish:
    """Return what `text`, a message about notices, wishes.

    >>> wish("dừng báo hồ sơ")
    'stop'
    """
    said = fold(text)
    if _LIST.search(said):
        return "list"
    return "stop" if _STOP.search(said) else "watch"
