"""Who wants to hear of changes to a dossier: what the channel needs of the part that keeps these wishes."""

from __future__ import annotations

from typing import Literal, Protocol

Outcome = Literal["delivered", "gone", "failed"]  # gone: the chat is no more, or has blocked the bot; failed: try again later


class Notices(Protocol):
    """The wishes for notices, by conversation."""

    async def wanted(self, conversation: str) -> bool:
        """Tell whether `conversation` has notices on."""

    async def end(self, conversation: str) -> None:
        """End the notices of `conversation`: it can no longer be written to."""


class NoNotices:
    """Nobody wants notices."""

    async def wanted(self, conversation: str) -> bool:
        """See `Notices`."""
        return False

    async def end(self, conversation: str) -> None:
        """See `Notices`."""
