"""HTTP to the Bot API over aiohttp, for python-telegram-bot: a fifth of the work of its own httpx client (docs/adr/0006)."""

from __future__ import annotations

import asyncio
import urllib.request
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 64
CONNECT_WITHIN, READ_WITHIN = 5.0, 10.0  # seconds
IDLE_FOR = 15.0  # seconds a connection is kept for the next call


class NotSent(NetworkError):
    """The server could not be reached: what was to be sent certainly was not."""


class Http(BaseRequest):
    """One pool of connections to the Bot API."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take."""
        return READ_WITHIN

    async def initialize(self) -> None:
        """Open the pool, unless it is open."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_FOR)
            behind_proxy = bool(urllib.request.getproxies())  # asked here once; aiohttp would look at every call
            self._session = aiohttp.ClientSession(connector=connector, trust_env=behind_proxy, headers={"User-Agent": self.USER_AGENT})

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE, connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Return the status and body of the answer; raises NotSent, TimedOut, or NetworkError when it is not known whether the call arrived."""
        if self._session is None:
            raise NotSent("not initialised")
        read = read_timeout if isinstance(read_timeout, (int, float)) else READ_WITHIN
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_WITHIN, sock_read=read)
        try:
            async with self._session.request(method, url, data=_form(request_data), timeout=timeout) as response:
                return response.status, await response.read()
        except aiohttp.ClientConnectorError as error:
            raise NotSent(type(error).__name__) from error
        except asyncio.TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error


def _form(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
