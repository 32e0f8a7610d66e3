"""How often a session and an address may speak, counted in this process or in Redis for several gateways together."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import logging
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError

from bot.channels.web.problems import BadRequest
from bot.dossiers.tries import site_of

_WITHIN = {"socket_timeout": 1, "socket_connect_timeout": 1}  # seconds
log = logging.getLogger(__name__)


class Pace:
    """Counts messages; an address of this machine is a proxy's or a test's and is not counted. While Redis cannot be reached each gateway counts its own."""

    def __init__(self, session_rate: int, address_rate: int, redis_url: str | None = None) -> None:
        self._session = RateLimitItemPerMinute(session_rate, 1, "web-session")
        self._address = RateLimitItemPerMinute(address_rate, 1, "web-address")
        # The storages are held: a limiter refers to its own weakly.
        self._here, self._redis = MemoryStorage(), RedisStorage(redis_url, **_WITHIN) if redis_url else None
        self._limits_here = MovingWindowRateLimiter(self._here)
        self._limits = MovingWindowRateLimiter(self._redis) if self._redis else None

    async def check(self, sender: str | None, address: str | None) -> None:
        """Count one message; raises BadRequest 429 when that is one too many."""
        named = [(self._session, sender)] if sender else []
        if address and not _of_this_machine(address):
            named.append((self._address, hashlib.sha256(site_of(address).encode()).hexdigest()))
        for item, name in named:
            wait = await self._wait(item, name)
            if wait:
                raise BadRequest(429, "too many messages; wait a little", wait)

    async def _wait(self, item: RateLimitItem, name: str) -> int:
        """Count one `item` of `name`; return the seconds until one more is allowed, 0 when this one is."""
        if self._limits:
            try:
                return await asyncio.to_thread(_seconds_to_wait, self._limits, item, name)
            except RedisError as error:
                log.error("pace: Redis not reached: %s", type(error).__name__)
        return _seconds_to_wait(self._limits_here, item, name)


def _seconds_to_wait(limits: MovingWindowRateLimiter, item: RateLimitItem, name: str) -> int:
    if limits.hit(item, name):
        return 0
    free_at, _ = limits.get_window_stats(item, name)
    wait = round(free_at - time.time())
    if wait > item.get_expiry() + 1:  # the clock was put back: nobody is to wait for it to come forward again
        limits.clear(item, name)
        limits.hit(item, name)
        return 0
    return max(1, wait)


def _of_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
