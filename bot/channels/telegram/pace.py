"""How fast Telegram may be called: the limits of its Bot FAQ ("My bot is hitting limits"), and its own 429 obeyed.

At most one message a second in a chat, twenty a minute in a group, and so many a second in all as the bot is allowed (30 unless it pays for more).
A limiter is a bucket: what leaks from it in a second and what it holds at once together stay below the limit of any second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from cachetools import TTLCache
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

FLOOD_RETRIES = 5  # times a call is made again after 429 Too Many Requests, each after the wait Telegram asks for
STEADY, BURST = 0.7, 0.1  # shares of the limit that leak in a second and that may go at once; the rest allows for the way there
GROUP_MINUTE, GROUP_BURST = 10.0, 10.0  # messages: together 20 in any minute
CHAT_EVERY = 1.0  # seconds between two messages in a chat
WAY_THERE = 0.05  # seconds that two calls may lose or gain on each other on their way
MOST_CHATS, REMEMBERED_FOR = 100_000, 60.0  # chats whose last message is remembered, and how long (seconds)
SENDING = frozenset({"sendMessage", "sendDocument"})  # what counts in a chat; an edit shows no new message

Callback = Callable[..., Coroutine[Any, Any, Any]]


class Pace(AIORateLimiter):
    """python-telegram-bot's limiter, a limit for each chat, and a 429 that silences its own chat only. `rate`: messages a second allowed in all.

    The base class would silence every chat, then let go at once all that had passed its limits meanwhile, which breaks them.

    A caller's `rate_limit_args` is a function that is called right before the call goes out, every limit waited for.
    """

    def __init__(self, rate: float) -> None:
        burst = max(1.0, rate * BURST)
        super().__init__(
            overall_max_rate=burst, overall_time_period=burst / (rate * STEADY),
            group_max_rate=GROUP_BURST, group_time_period=60 * GROUP_BURST / GROUP_MINUTE, max_retries=0,
        )  # fmt: skip
        self._free_from: TTLCache[int | None, float] = TTLCache(MOST_CHATS, REMEMBERED_FOR)  # time.monotonic, by chat

    async def process_request(
        self, callback: Callback, args: Any, kwargs: dict[str, Any], endpoint: str, data: dict[str, Any], rate_limit_args: Any
    ) -> Any:
        """Make the call when every limit lets it; raises what the call raises, RetryAfter when it was refused again and again."""
        chat: int | None = data.get("chat_id")
        sends = endpoint in SENDING

        async def call(*args: Any, **kwargs: Any) -> Any:
            if sends:
                self._free_from[chat] = time.monotonic() + CHAT_EVERY
            if rate_limit_args is not None:
                rate_limit_args()
            return await callback(*args, **kwargs)

        for again in range(FLOOD_RETRIES + 1):
            if sends or again:
                await self._turn(chat)
            try:
                return await super().process_request(call, args, kwargs, endpoint, data, None)
            except RetryAfter as error:
                self._free_from[chat] = time.monotonic() + seconds(error) + WAY_THERE
                if again == FLOOD_RETRIES:
                    raise

    async def _turn(self, chat: int | None) -> None:
        while (wait := self._free_from.get(chat, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(wait)


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, (int, float)) else wait.total_seconds()
