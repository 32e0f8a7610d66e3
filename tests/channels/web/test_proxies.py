"""Whose address counts: what a proxy of ours tells is believed, what anybody else writes is not, and nobody goes uncounted behind a proxy."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.web.pace import Pace
from bot.channels.web.problems import BadRequest
from bot.channels.web.proxies import UNTOLD, behind

HERE, PROXY, CITIZEN, OTHER = "127.0.0.1", "10.1.0.5", "203.0.113.7", "198.51.100.9"


async def seen(spoken_from: str, told: dict[str, str], proxies: tuple[str, ...] = ()) -> str:
    """Return the address that the application sees."""
    found: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope["client"][0])

    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in told.items()]
    await behind(application, proxies)({"type": "http", "client": (spoken_from, 1), "headers": headers, "scheme": "http"}, None, None)
    return found[0]


@pytest.mark.parametrize(
    ("spoken_from", "told", "proxies", "counts"),
    [
        (CITIZEN, {}, (), CITIZEN),
        (CITIZEN, {"X-Forwarded-For": OTHER}, (), CITIZEN),  # who is no proxy of ours may write what they like
        (CITIZEN, {"X-Forwarded-For": HERE}, ("10.1.0.0/16",), CITIZEN),
        (HERE, {"X-Forwarded-For": CITIZEN}, (), CITIZEN),
        (HERE, {"X-Forwarded-For": f"{OTHER}, {CITIZEN}"}, (), CITIZEN),  # the proxy appends: what the citizen wrote comes before
        (HERE, {"X-Forwarded-For": f"{HERE}, {CITIZEN}"}, (), CITIZEN),
        (PROXY, {"X-Forwarded-For": f"{CITIZEN}, 10.1.0.6"}, ("10.1.0.0/16",), CITIZEN),  # through two proxies of ours
        (HERE, {"X-Forwarded-For": CITIZEN}, ("10.1.0.0/16",), UNTOLD),  # proxies are named, and this machine is none of them
        (HERE, {"X-Forwarded-For": HERE}, (), UNTOLD),
        (HERE, {"X-Forwarded-For": "unknown"}, (), UNTOLD),
        (HERE, {"X-Forwarded-For": ""}, (), UNTOLD),
        (HERE, {"Via": "1.1 proxy"}, (), UNTOLD),
        (HERE, {}, ("127.0.0.1",), UNTOLD),  # the proxy forgot to tell
        (HERE, {}, (), HERE),  # a program of this machine
    ],
)  # fmt: skip
async def test_the_last_address_that_is_no_proxy_of_ours_counts(
    spoken_from: str, told: dict[str, str], proxies: tuple[str, ...], counts: str
) -> None:
    assert await seen(spoken_from, told, proxies) == counts


async def test_writing_another_address_each_time_evades_nothing() -> None:
    pace = Pace(1000, 5)
    with pytest.raises(BadRequest) as refused:
        for n in range(6):
            await pace.check(f"web-{n}", await seen(HERE, {"X-Forwarded-For": f"192.0.2.{n}, {CITIZEN}"}))
    assert refused.value.status == 429


async def test_those_whose_address_nobody_told_are_counted_together() -> None:
    pace = Pace(1000, 5)
    with pytest.raises(BadRequest):
        for n in range(6):
            await pace.check(f"web-{n}", await seen(HERE, {"X-Forwarded-For": HERE}))


async def test_a_site_of_ipv6_counts_as_one_address_however_many_it_has() -> None:
    pace = Pace(1000, 5)
    with pytest.raises(BadRequest):
        for n in range(6):
            await pace.check(f"web-{n}", f"2001:db8:1:2::{n}")
    await pace.check("web-x", "2001:db8:1:3::1")
