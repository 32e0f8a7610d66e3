"""Locks: one message of a conversation at a time, also when its messages reach different Rasa servers.

Rasa's own lock store in Redis reads a lock, changes it and writes it back: two servers at the same moment may both come first. Here redis-py's lock is
taken, which Redis gives to one. While Redis cannot be reached a server orders its own messages, as one server alone does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockError
from redis import asyncio as redis
from redis.exceptions import LockError as NotOurs

from bot.settings import Settings

HELD_AT_MOST = 30.0  # seconds: longer than a message takes, so that a server that was killed does not silence a conversation for long
WAITS = 3.0  # seconds for a message before; what comes after still has to be done before the gateway gives up (ADR 0013)
LOOKS_EVERY = 0.02  # seconds
REDIS_WITHIN = 1.0  # seconds
log = logging.getLogger(__name__)


class Locks(InMemoryLockStore):
    """Locks of the Redis of TTHC_REDIS_URL, or of this process where there is none."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()
        url = Settings.read().redis_url
        self._redis = redis.Redis.from_url(url, socket_timeout=REDIS_WITHIN, socket_connect_timeout=REDIS_WITHIN) if url else None

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = HELD_AT_MOST, wait_time_in_seconds: float = LOOKS_EVERY
    ) -> AsyncIterator[TicketLock | None]:
        """Hold the lock of `conversation_id`; raises LockError when a message before it takes too long."""
        shared = (
            self._redis.lock(f"turn:{conversation_id}", timeout=HELD_AT_MOST, sleep=LOOKS_EVERY, blocking_timeout=WAITS)
            if self._redis
            else None
        )
        until = time.monotonic() + WAITS
        async with contextlib.AsyncExitStack() as held:
            if shared:
                try:
                    if not await shared.acquire():
                        raise LockError("a message before this one takes too long")
                    held.push_async_callback(_release, shared)
                except (redis.RedisError, OSError) as error:
                    log.error("locks: Redis not reached: %s", type(error).__name__)
            mine = held.enter_async_context(super().lock(conversation_id, lock_lifetime, wait_time_in_seconds))
            try:
                lock = await asyncio.wait_for(mine, max(0.1, until - time.monotonic()))
            except asyncio.TimeoutError:
                raise LockError("a message before this one takes too long") from None
            yield lock


async def _release(shared: Any) -> None:
    try:
        await shared.release()
    except NotOurs:  # it took longer than a lock is held, or Redis was emptied: another may have begun
        log.warning("locks: a lock had ended before its message")
    except (redis.RedisError, OSError) as error:
        log.error("locks: not given back: %s", type(error).__name__)
