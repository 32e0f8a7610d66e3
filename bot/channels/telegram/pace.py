"""How fast Telegram may be called: the limits of its Bot FAQ ("My bot is hitting limits"), and its own 429 obeyed.

At most one message a second in a chat, twenty a minute in a group, and so many a second in all as the bot is allowed (30 unless it pays for more).
A limiter is a bucket: what leaks from it in a second and what it holds at once together stay below the limit of any second.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from cachetools import TTLCache
from telegram.ext import AIORateLimiter

FLOOD_RETRIES = 5  # times a call is made again after 429 Too Many Requests, each after the wait Telegram asks for
STEADY, BURST = 0.8, 0.1  # shares of the limit that leak in a second and that may go at once; the rest allows for the way there
GROUP_MINUTE, GROUP_BURST = 10.0, 10.0  # messages: together 20 in any minute
CHAT_EVERY = 1.0  # seconds between two messages in a chat
MOST_CHATS = 100_000  # chats whose last message is remembered
SENDING = frozenset({"sendMessage", "sendDocument"})  # what counts in a chat; an edit shows no new message

Callback = Callable[..., Coroutine[Any, Any, Any]]


class Pace(AIORateLimiter):
    """python-telegram-bot's limiter, and a limit for each chat. `rate` is the messages a second allowed in all.

    A caller's `rate_limit_args` is a function that is called right before the call goes out, every limit waited for.
    """

    def __init__(self, rate: float) -> None:
        burst = max(1.0, rate * BURST)
        super().__init__(
            overall_max_rate=burst, overall_time_period=burst / (rate * STEADY),
            group_max_rate=GROUP_BURST, group_time_period=60 * GROUP_BURST / GROUP_MINUTE, max_retries=FLOOD_RETRIES,
        )  # fmt: skip
        self._chats: TTLCache[int, AsyncLimiter] = TTLCache(MOST_CHATS, 10 * CHAT_EVERY)

    async def process_request(
        self, callback: Callback, args: Any, kwargs: dict[str, Any], endpoint: str, data: dict[str, Any], rate_limit_args: Any
    ) -> Any:
        """Make the call when every limit lets it; raises what the call raises."""

        async def call(*args: Any, **kwargs: Any) -> Any:
            if rate_limit_args is not None:
                rate_limit_args()
            return await callback(*args, **kwargs)

        if endpoint in SENDING and isinstance(data.get("chat_id"), int):
            await self._chat(data["chat_id"]).acquire()
        return await super().process_request(call, args, kwargs, endpoint, data, None)

    def _chat(self, chat: int) -> AsyncLimiter:
        limiter = self._chats.get(chat)
        if limiter is None:
            limiter = AsyncLimiter(1, CHAT_EVERY)
        self._chats[chat] = limiter  # used now: remembered for a while longer
        return limiter
