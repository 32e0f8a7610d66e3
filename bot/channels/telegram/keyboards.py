"""The buttons under a message: what each does is kept in the store, and Telegram holds only a short opaque id of it.

Callback data is `<keyboard>:<button>` or `<keyboard>:p<page>`, far below Telegram's 64 bytes whatever a button carries.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bot.answers import wording as say
from bot.answers.reply import Button, Kind
from bot.channels.telegram.letter import Rows
from bot.knowledge.model import Aspect

ID_BYTES = 9  # drawn at random: 12 characters
ON_A_PAGE = 10  # buttons shown at once; a longer keyboard is leafed through in place

_DATA = re.compile(r"([\w-]{12}):(p?)(\d{1,3})", re.ASCII)

Does = Literal["say", "file", "delete"]


@dataclass(frozen=True)
class Key:
    """One button: it says `text` with its choice and aspects in the citizen's name, sends `text` as a file, or deletes the citizen's `message`."""

    label: str
    does: Does = "say"
    text: str = ""
    choice: str | None = None
    aspects: tuple[Aspect, ...] = ()
    message: int | None = None

    @staticmethod
    def of(label: str, button: Button) -> Key:
        """Return the key that says what `button` says, under the `label` there is room for."""
        return Key(label, "say", button.text, button.choice, button.aspects)


@dataclass(frozen=True)
class Keyboard:
    """The keys under one message, the kind of the reply they belong to, and the id by which Telegram brings them back."""

    id: str
    kind: Kind
    keys: tuple[Key, ...]

    @staticmethod
    def make(kind: Kind, keys: Iterable[Key]) -> Keyboard:
        """Return a keyboard with a new id."""
        return Keyboard(secrets.token_urlsafe(ID_BYTES), kind, tuple(keys))

    def rows(self, page: int = 0, chosen: int | None = None) -> Rows:
        """Return the rows of `page` (from 0), the `chosen` key marked, and below them the way to the other pages."""
        start = page * ON_A_PAGE
        shown = list(enumerate(self.keys))[start : start + ON_A_PAGE]
        rows = [(say.TELEGRAM_CHOSEN.format(label=key.label) if n == chosen else key.label, f"{self.id}:{n}") for n, key in shown]
        if page > 0:
            rows.append((say.TELEGRAM_BACK, f"{self.id}:p{page - 1}"))
        if start + ON_A_PAGE < len(self.keys):
            rows.append((say.TELEGRAM_MORE.format(count=len(self.keys) - start - ON_A_PAGE), f"{self.id}:p{page + 1}"))
        return tuple(rows)

    def to_plain(self) -> dict[str, Any]:
        """Return the keyboard as JSON-ready values."""
        return {"id": self.id, "kind": self.kind, "keys": [vars(key) for key in self.keys]}

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> Keyboard:
        """Return what `to_plain` made."""
        return Keyboard(plain["id"], plain["kind"], tuple(Key(**{**key, "aspects": tuple(key["aspects"])}) for key in plain["keys"]))


@dataclass(frozen=True)
class Tap:
    """What callback data stands for: a keyboard's id, and one of its keys or pages."""

    keyboard: str
    key: int | None = None
    page: int | None = None

    @staticmethod
    def read(data: str) -> Tap | None:
        """Return what `data` stands for, or None when it is not of our making."""
        found = _DATA.fullmatch(data)
        if not found:
            return None
        number = int(found[3])
        return Tap(found[1], page=number) if found[2] else Tap(found[1], key=number)
