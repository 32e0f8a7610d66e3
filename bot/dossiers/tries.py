"""Tries: how often someone may be wrong about a dossier before the next try is refused, counted by code, by session and by address.

Counted in this process, or in Redis for several gateways together. What is counted is named by keyed hashes, so that Redis holds no codes
and no addresses. A try is counted before it is made: a hundred at the same moment are no more than one after another.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

WRONG_TRIES = 5  # of one code; then it is locked
LOCKED_FOR = 15  # minutes
WRONG_A_DAY = 40  # of one code: 10,000 digits would take most of a year
SESSION_TRIES = 10  # in LOCKED_FOR minutes, over all codes
ADDRESS_TRIES = 60  # an hour, over all codes: the citizens of a ward office may share one address
REDIS_WITHIN = 1.0  # seconds
IPV6_SITE = 64  # bits of an IPv6 address that name a site; the rest its owner chooses freely

_CODE = RateLimitItemPerMinute(WRONG_TRIES, LOCKED_FOR, "code")
_CODE_A_DAY = RateLimitItemPerDay(WRONG_A_DAY, 1, "code-a-day")
_LOCK = RateLimitItemPerMinute(1, LOCKED_FOR, "lock")
_SESSION = RateLimitItemPerMinute(SESSION_TRIES, LOCKED_FOR, "session")
_ADDRESS = RateLimitItemPerHour(ADDRESS_TRIES, 1, "address")


@dataclass(frozen=True)
class Try:
    """One try: who (hashed), from where (hashed, None where a channel knows no address), about which code (hashed)."""

    session: str
    address: str | None
    code: str


class Tries:
    """Counts tries; the calls are quick, and block while Redis answers. Raises what the storage raises when Redis cannot be reached."""

    def __init__(self, key: bytes, redis_url: str | None = None) -> None:
        self._key = key
        within = {"socket_timeout": REDIS_WITHIN, "socket_connect_timeout": REDIS_WITHIN}
        # Held here: the limiter only refers to it weakly.
        self._storage = storage_from_string(redis_url, **within) if redis_url else MemoryStorage()
        self._limits = FixedWindowRateLimiter(self._storage)
        # Redis counts in one step; the storage in memory does not, and is asked from several threads.
        self._turn: AbstractContextManager[Any] = nullcontext() if redis_url else threading.Lock()

    def named(self, session: str, address: str | None, code: str) -> Try:
        """Return the try as it is counted."""
        return Try(self._hash(session), self._hash(site_of(address)) if address else None, self._hash(code))

    def allow(self, one: Try) -> bool:
        """Count `one` and tell whether it may be made; a session or an address that tried too often does not use up the tries of a code."""
        with self._turn:
            for item, name in [(_LOCK, one.code), *_counted(one)]:
                self._not_for_longer(item, name)
            return self._limits.test(_LOCK, one.code) and all(self._limits.hit(item, name) for item, name in _counted(one))

    def not_made(self, one: Try) -> None:
        """Say that `one` was allowed and could not be made: it is not counted."""
        with self._turn:
            self._take_back(one)

    def wrong(self, one: Try) -> None:
        """Say that `one` was wrong: the last of too many locks the code, for the whole time from now."""
        with self._turn:
            if not self._limits.test(_CODE, one.code):
                self._limits.hit(_LOCK, one.code)

    def right(self, one: Try) -> None:
        """Say that `one` was right: it is not counted, and since the owner is here, the wrong tries at the code before it are forgotten."""
        with self._turn:
            self._take_back(one)
            self._limits.clear(_CODE, one.code)

    def _take_back(self, one: Try) -> None:
        for item, name in _counted(one):
            self._limits.hit(item, name, cost=-1)

    def _not_for_longer(self, item: RateLimitItem, name: str) -> None:
        """Let what is counted end no later than its time from now: a clock that was put back would keep a code locked for as long as that."""
        ends, left = self._limits.get_window_stats(item, name)
        if ends - time.time() > item.get_expiry() + 1:
            self._limits.clear(item, name)
            self._limits.hit(item, name, cost=item.amount - left)

    def _hash(self, named: str) -> str:
        return hmac.new(self._key, named.encode(), hashlib.sha256).hexdigest()


def _counted(one: Try) -> list[tuple[RateLimitItem, str]]:
    by_address = [(_ADDRESS, one.address)] if one.address else []
    return [(_SESSION, one.session), *by_address, (_CODE, one.code), (_CODE_A_DAY, one.code)]


def site_of(address: str) -> str:
    """Return the part of `address` that its owner cannot change at will; what is no IP address stands for itself."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((read, IPV6_SITE), strict=False)) if read.version == 6 else str(read)
