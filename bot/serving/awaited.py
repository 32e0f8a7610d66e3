"""What a reply waits for: the dossier whose digits come next in a conversation, remembered between two messages of it.

Remembered in this process, or in Redis for several gateways together, so that the digits may reach another gateway than the code did. Redis holds
neither names of conversations nor codes: the one is a keyed hash there, the other is sealed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from typing import Protocol

from cachetools import TTLCache
from cryptography.fernet import Fernet, InvalidToken
from redis import asyncio as redis

from bot.dossiers.token import derived_key

AWAITED_FOR = 15 * 60  # seconds
MOST_AWAITED = 50_000  # conversations one process remembers
REDIS_WITHIN = 1.0  # seconds
log = logging.getLogger(__name__)


class Awaited(Protocol):
    """Remembers one code a conversation, for `AWAITED_FOR`."""

    async def get(self, sender: str) -> str | None:
        """Return the code whose digits `sender` is asked for, None when none is."""

    async def put(self, sender: str, code: str | None) -> None:
        """Remember that `sender` is asked for the digits of `code`, or (None) for none any more."""

    async def close(self) -> None:
        """Close what is held open."""


class AwaitedHere:
    """Remembers in this process."""

    def __init__(self) -> None:
        self._codes: TTLCache[str, str] = TTLCache(MOST_AWAITED, AWAITED_FOR)

    async def get(self, sender: str) -> str | None:
        """See `Awaited`."""
        return self._codes.get(sender)

    async def put(self, sender: str, code: str | None) -> None:
        """See `Awaited`."""
        if code:
            self._codes[sender] = code
        else:
            self._codes.pop(sender, None)

    async def close(self) -> None:
        """See `Awaited`."""


class AwaitedInRedis:
    """Remembers in the Redis at `url`. While that cannot be reached nothing is awaited: digits alone are then answered by asking for the code again."""

    def __init__(self, url: str, key: bytes) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=REDIS_WITHIN, socket_connect_timeout=REDIS_WITHIN)
        self._naming = derived_key(key, "awaited-names").encode()
        self._seal = Fernet(base64.urlsafe_b64encode(bytes.fromhex(derived_key(key, "awaited-codes"))))

    async def get(self, sender: str) -> str | None:
        """See `Awaited`."""
        try:
            sealed = await self._redis.get(self._named(sender))
            return self._seal.decrypt(sealed).decode() if sealed else None
        except (redis.RedisError, OSError, InvalidToken) as error:
            log.error("awaited: not read: %s", type(error).__name__)
            return None

    async def put(self, sender: str, code: str | None) -> None:
        """See `Awaited`."""
        try:
            if code:
                await self._redis.set(self._named(sender), self._seal.encrypt(code.encode()), ex=AWAITED_FOR)
            else:
                await self._redis.delete(self._named(sender))
        except (redis.RedisError, OSError) as error:
            log.error("awaited: not written: %s", type(error).__name__)

    async def close(self) -> None:
        """See `Awaited`."""
        await self._redis.close()

    def _named(self, sender: str) -> str:
        return f"awaited:{hmac.new(self._naming, sender.encode(), hashlib.sha256).hexdigest()}"


def awaited(url: str | None, key: bytes) -> Awaited:
    """Return what remembers: the Redis at `url`, where there is one, under keys derived from `key`."""
    return AwaitedInRedis(url, key) if url else AwaitedHere()
