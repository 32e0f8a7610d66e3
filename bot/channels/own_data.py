"""A citizen's own data, asked about or to be deleted: what every channel does before the assistant hears the message."""

from __future__ import annotations

from typing import Literal, Protocol

from bot.answers import wording as say
from bot.answers.compose import simple
from bot.answers.reply import Button, Reply
from bot.understanding.own_data import agrees, declines, wish

_ASKED = "delete"  # what is remembered of a conversation that was asked whether to delete


class Remembered(Protocol):
    """Remembers a word a conversation for some minutes."""

    async def get(self, sender: str) -> str | None:
        """Return the word, None when there is none."""

    async def put(self, sender: str, code: str | None) -> None:
        """Remember a word, or (None) none any more."""

    async def close(self) -> None:
        """Close what is held open."""


class OwnData:
    """Hears what citizens say of their own data. Deleting is asked for once more before it is done."""

    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered

    async def heard(self, sender: str, text: str) -> Reply | Literal["delete"] | None:
        """Return the reply to `text`, "delete" when everything of `sender` is to be deleted now, None when it speaks of something else."""
        asked = wish(text)
        if asked == "privacy":
            return privacy()
        if await self._remembered.get(sender) == _ASKED:
            await self._remembered.put(sender, None)
            if agrees(text):
                return "delete"
            if declines(text):
                return simple("smalltalk", say.DATA_KEPT)
        if asked != "delete":
            return None
        await self._remembered.put(sender, _ASKED)
        return simple("clarify", say.DATA_DELETE_ASK, buttons=(Button(say.DATA_DELETE_YES), Button(say.DATA_DELETE_NO)))

    async def close(self) -> None:
        """Close what is held open."""
        await self._remembered.close()


def privacy() -> Reply:
    """Return what is kept, why and how long: the text of docs/quyen-rieng-tu.md."""
    return simple("smalltalk", say.PRIVACY, items=say.PRIVACY_ITEMS)


def deleted(whole: bool) -> Reply:
    """Return what is said after deleting, `whole` or not."""
    return simple("smalltalk", say.DATA_DELETED) if whole else simple("error", say.DATA_NOT_DELETED)
