"""How often a session and an address may speak, counted in this process or in Redis for several gateways together."""

from __future__ import annotations

import hashlib
import ipaddress
import time

from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from bot.channels.web.problems import BadRequest


class Pace:
    """Counts messages; an address of this machine is a proxy's or a test's and is not counted."""

    def __init__(self, session_rate: int, address_rate: int, redis_url: str | None = None) -> None:
        self._session = RateLimitItemPerMinute(session_rate, 1, "web-session")
        self._address = RateLimitItemPerMinute(address_rate, 1, "web-address")
        self._storage = storage_from_string(
            f"async+{redis_url}" if redis_url else "async+memory://"
        )  # held: the limiter refers to it weakly
        self._limits = MovingWindowRateLimiter(self._storage)

    async def check(self, sender: str | None, address: str | None) -> None:
        """Count one message; raises BadRequest 429 when that is one too many."""
        named = [(self._session, sender)] if sender else []
        if address and not _of_this_machine(address):
            named.append((self._address, hashlib.sha256(address.encode()).hexdigest()))
        for item, name in named:
            if not await self._limits.hit(item, name):
                free_at, _ = await self._limits.get_window_stats(item, name)
                raise BadRequest(429, "too many messages; wait a little", max(1, round(free_at - time.time())))


def _of_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
