"""A letter: one thing to send to a chat, as it is stored until Telegram has taken it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Rows = tuple[tuple[str, str], ...]  # buttons from top to bottom, one a row: (label, callback data)


@dataclass(frozen=True)
class Letter:
    """A message with parse mode HTML for the chat with the id `to`, or a file with `html` as its caption.

    `quotes` is the message it answers (groups), `edits` the bot's own message it takes the place of. `number` is its place in the store; `after`,
    once sending has begun, the highest message id known before that.
    """

    to: int
    html: str
    rows: Rows = ()
    quotes: int | None = None
    edits: int | None = None
    file: tuple[str, str] | None = None  # name, text
    number: int = 0
    after: int | None = None

    def to_plain(self) -> dict[str, Any]:
        """Return what is sent as JSON-ready values, without its place in the store."""
        return {"to": self.to, "html": self.html, "rows": self.rows, "quotes": self.quotes, "edits": self.edits, "file": self.file}

    @staticmethod
    def from_plain(plain: dict[str, Any], number: int, after: int | None) -> Letter:
        """Return what `to_plain` made, at its place in the store; raises KeyError or TypeError when `plain` is no letter."""
        file = (plain["file"][0], plain["file"][1]) if plain["file"] else None
        rows = tuple((label, data) for label, data in plain["rows"])
        return Letter(plain["to"], plain["html"], rows, plain["quotes"], plain["edits"], file, number, after)
