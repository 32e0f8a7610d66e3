"""Messages are counted by session and by address, by gateways that share a Redis together, and never fewer because Redis is away."""

from __future__ import annotations

import pytest

from bench.redis import Server
from bot.channels.web.pace import Pace
from bot.channels.web.problems import BadRequest

RATE = 5
ADDRESS = "203.0.113.7"  # for documentation (RFC 5737)


async def allowed(paces: list[Pace], times: int, sender: str | None = "web-one", address: str | None = None) -> int:
    """Return how many of `times` messages, said to one gateway after the other, are let in before the first that is not."""
    for n in range(times):
        try:
            await paces[n % len(paces)].check(sender, address)
        except BadRequest as refused:
            assert refused.status == 429
            return n
    return times


@pytest.mark.parametrize(("sender", "address", "expected"), [("web-one", None, RATE), (None, ADDRESS, RATE), (None, "127.0.0.1", 20)])
async def test_one_too_many_is_refused(sender: str | None, address: str | None, expected: int) -> None:
    assert await allowed([Pace(RATE, RATE)], 20, sender, address) == expected


async def test_gateways_that_share_a_redis_count_together(redis_server: Server) -> None:
    assert await allowed([Pace(RATE, RATE, redis_server.url) for _ in range(2)], 20) == RATE


async def test_while_redis_is_away_a_gateway_counts_its_own(redis_server: Server) -> None:
    pace = Pace(RATE, RATE, redis_server.url)
    redis_server.stop()
    assert await allowed([pace], 20) == RATE
