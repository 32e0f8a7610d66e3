"""Asking the assistant with patience: the chat sees that an answer is being written, and an outage is waited out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.answers import wording as say
from bot.answers.compose import simple, small_talk
from bot.answers.reply import Reply
from bot.channels.assistant import Conversations, Unanswered
from bot.knowledge.model import Contact

log = logging.getLogger(__name__)
ANSWERED_WITHIN = 600.0  # seconds after it was written; an older question is no longer answered by itself
LOOK_EVERY = 2.0  # seconds between looks at whether the assistant is back
SECOND_TRY_AFTER = 0.5  # seconds, when the assistant runs and failed all the same
MOST_AT_ONCE = 64  # questions asked at the same time; the others wait their turn
TYPING_AFTER = 0.5  # seconds; most answers come sooner and need no sign
TYPING_EVERY = 4.0  # seconds; Telegram shows the sign for 5


class Assistant(Conversations, Protocol):
    """The assistant as Telegram needs it: one that can tell whether it works, and can forget."""

    async def ready(self) -> bool:
        """Tell whether questions can be answered now."""

    async def forget(self, sender: str) -> None:
        """Delete all that is remembered of the conversation; raises Unanswered when that is not sure."""


def is_late(written: float) -> bool:
    """Tell whether a question written at the time `written` (seconds since the epoch) is too old to be answered by itself."""
    return time.time() - written > ANSWERED_WITHIN


class Asking:
    """Asks `assistant` on behalf of chats."""

    def __init__(self, bot: ExtBot[Any], assistant: Assistant, contact: Callable[[], Contact]) -> None:
        self._bot = bot
        self._assistant = assistant
        self._contact = contact
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._looking = asyncio.Lock()
        self._looked: tuple[float, bool] = (float("-inf"), True)

    async def ask(
        self, chat: str, chat_id: int, text: str, metadata: Mapping[str, Any], *,
        written: float, told: bool, tell: Callable[[Reply], Awaitable[None]],
    ) -> Reply | None:  # fmt: skip
        """Return the reply to `text`, written at the time `written` (seconds since the epoch).

        While the assistant is down, the citizen is told once (by `tell`, unless `told` already) and the question waits; None when it has become too old.
        """
        failures = 0
        while True:
            try:
                async with self._room, self._typing(chat_id):
                    return await self._assistant.reply(chat, text, metadata, self._contact())
            except Unanswered as error:
                log.warning("telegram: unanswered: %s", error)
            if await self._works():
                failures += 1
                if failures > 1:
                    return small_talk("error", self._contact())
                await asyncio.sleep(SECOND_TRY_AFTER)
                continue
            if not told:
                told = True
                await tell(simple("error", say.TELEGRAM_OUTAGE.format(hotlines=" hoặc ".join(self._contact().hotlines))))
            while not await self._works():
                if is_late(written):
                    return None
                await asyncio.sleep(LOOK_EVERY)

    async def _works(self) -> bool:
        """Tell whether the assistant works; all who wait share one look."""
        async with self._looking:
            looked, works = self._looked
            if works or time.monotonic() - looked >= LOOK_EVERY / 2:
                self._looked = (time.monotonic(), await self._assistant.ready())
            return self._looked[1]

    @contextlib.asynccontextmanager
    async def _typing(self, chat_id: int) -> AsyncIterator[None]:
        """Show the chat that an answer is being written."""

        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER)
            while True:
                with contextlib.suppress(TelegramError):
                    await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
                await asyncio.sleep(TYPING_EVERY)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
