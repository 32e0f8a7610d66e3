"""HttpGateway: dossiers asked of a one-stop system over its JSON API, each time anew. What was true a minute ago is never shown.

Only GET is sent, so that asking again changes nothing: after a broken connection, a time-out, 429 or a status of 5xx it is, with growing
pauses. A system that fails again and again is left alone for a while, so that citizens hear at once that it cannot be reached.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import json
from typing import Any
from urllib.parse import quote

import httpx
from pybreaker import CircuitBreaker, CircuitBreakerError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from bot.dossiers.gateway import Unreachable
from bot.dossiers.model import HANOI, Dossier
from bot.dossiers.one_stop import NotUnderstood, OneStopSystem, Record

LARGEST_RECORD = 256 * 1024  # bytes
PAUSE = (0.1, 2.0)  # seconds between tries: the first at most, any at most


class _Failed(Exception):
    """One request failed."""


class _FailedForNow(_Failed):
    """One request failed in a way that the next may not."""


class HttpGateway:
    """A one-stop system at `url`; `secret` is its token, or `user:password` for basic authentication."""

    def __init__(self, url: str, system: OneStopSystem, secret: str | None = None) -> None:
        self._system = system
        headers, auth = _credentials(system, secret)
        self._client = httpx.AsyncClient(
            base_url=url, headers={"Accept": "application/json", **headers}, auth=auth, trust_env=False, follow_redirects=False,
            timeout=httpx.Timeout(system.answer_within, connect=system.connect_within), limits=httpx.Limits(max_connections=system.at_once),
        )  # fmt: skip
        self._room = asyncio.Semaphore(system.at_once)
        self._breaker = CircuitBreaker(fail_max=system.failures, reset_timeout=system.left_alone, throw_new_error_on_trip=False)

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        """Return the dossier when `digits` are the last four of a number given with it; raises Unreachable."""
        record = await self._asked(code)
        found = self._read(record, code) if record else None
        known = record.last_digits() if record else ()
        right = [hmac.compare_digest(digits.encode(), one.encode()) for one in known]
        return found if any(right) else None

    async def fetch(self, code: str) -> Dossier | None:
        """Return the dossier for someone who has proved it theirs; raises Unreachable."""
        record = await self._asked(code)
        return self._read(record, code) if record else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _read(self, record: Record, code: str) -> Dossier:
        try:
            return record.dossier(code, dt.datetime.now(HANOI))
        except NotUnderstood as error:
            raise Unreachable(f"answer not understood: {error}") from error

    async def _asked(self, code: str) -> Record | None:
        """Return the record of `code`, None when the system has none; raises Unreachable within `in_all_within` seconds."""
        try:
            return await asyncio.wait_for(self._asked_again(code), self._system.in_all_within)
        except asyncio.TimeoutError as error:
            raise Unreachable("no answer in time") from error

    async def _asked_again(self, code: str) -> Record | None:
        first, longest = PAUSE
        tries = AsyncRetrying(
            stop=stop_after_attempt(self._system.tries), wait=wait_random_exponential(multiplier=first, max=longest),
            retry=retry_if_exception_type(_FailedForNow), reraise=True,
        )  # fmt: skip
        try:
            async with self._room:
                async for one in tries:
                    with one:
                        with self._breaker.calling():
                            plain = await self._got(code)
                        return None if plain is None else Record(plain, self._system)
        except CircuitBreakerError as error:
            raise Unreachable("left alone after failures") from error
        except _Failed as error:
            raise Unreachable(str(error)) from error
        except NotUnderstood as error:
            raise Unreachable(f"answer not understood: {error}") from error
        raise AssertionError("a try ends with a record or an error")

    async def _got(self, code: str) -> Any:
        """Send one request; return the JSON, None for 404. Raises _Failed."""
        try:
            async with self._client.stream("GET", self._system.path.format(code=quote(code, safe=""))) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                if response.status_code != httpx.codes.OK:
                    busy = response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error
                    raise (_FailedForNow if busy else _Failed)(f"status {response.status_code}")
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LARGEST_RECORD:
                        raise _Failed("answer too large")
        except httpx.HTTPError as error:
            raise _FailedForNow(type(error).__name__) from error
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _FailedForNow("not JSON") from error


def _credentials(system: OneStopSystem, secret: str | None) -> tuple[dict[str, str], httpx.Auth | None]:
    """Return the headers and the authentication that `system` wants."""
    if system.authentication == "none" or secret is None:
        return {}, None
    if system.authentication == "basic":
        user, _, password = secret.partition(":")
        return {}, httpx.BasicAuth(user, password)
    return {system.header: f"Bearer {secret}" if system.authentication == "bearer" else secret}, None
