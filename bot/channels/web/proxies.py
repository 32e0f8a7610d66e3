"""Whose address a request counts for, where reverse proxies stand before the gateway: TTHC_PROXIES names those that are believed.

A proxy appends the address it was spoken to from to X-Forwarded-For; of that list the last address that is no proxy of ours counts, since whoever asks
may write anything before it. A request that came through a proxy on this machine and names nobody is counted, with all others like it, as
`UNTOLD`: without that, forgetting one line in the proxy's configuration would take the rate of addresses away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

LOOPBACK = ("127.0.0.1", "::1")  # believed when none are named
UNTOLD = "untold"  # the address of everybody whose address a proxy did not tell
_FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")  # by any of these a proxy shows that it stands between
Application = Callable[[Any, Any, Any], Awaitable[None]]


def behind(application: Application, proxies: Sequence[str] = ()) -> Application:
    """Return `application`, told the addresses that `proxies` (addresses and networks; none: those of this machine) tell of."""

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _of_this_machine(scope) and (proxies or any(name in _FORWARDED for name, _ in scope["headers"])):
            scope["client"] = (UNTOLD, 0)
        await application(scope, receive, send)

    return ProxyHeadersMiddleware(counted, list(proxies or LOOPBACK))


def _of_this_machine(scope: Any) -> bool:
    host = scope["client"][0] if scope.get("client") else ""
    try:
        return not host or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True  # no address: whatever a proxy put there stands for nobody
