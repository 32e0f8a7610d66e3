"""What a channel needs of the assistant: a message and its sender in, a Reply out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.answers.reply import Reply
from bot.knowledge.model import Contact

QUESTION = "question"  # of the metadata: the id under which the question is kept (bot/questions), never handed to Rasa


class Unanswered(Exception):
    """The assistant could not answer: a server is down, slow or broken. The citizen is told so, with the hotline."""


class Conversations(Protocol):
    """Anything that replies to messages."""

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply to `text` said by `sender`, from the IP `address` where the channel knows one; raises Unanswered."""
