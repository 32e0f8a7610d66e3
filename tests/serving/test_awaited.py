"""What a reply waits for is remembered for its own conversation, by all gateways that share a Redis, and tells nobody who looks into it anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from bench.redis import NoRedis, Server, server
from bot.serving import awaited as module
from bot.serving.awaited import Awaited, AwaitedHere, AwaitedInRedis
from tests.dossiers.kept import CODE, OTHER_CODE

KEY = b"a key"
WHO, OTHER = "web-one", "web-two"


@pytest.fixture
def running() -> Iterator[Server]:
    try:
        with server() as started:
            yield started
    except NoRedis as absent:
        pytest.skip(str(absent))


@pytest.fixture(params=["here", "redis"])
def awaited(request: pytest.FixtureRequest) -> Awaited:
    return AwaitedHere() if request.param == "here" else AwaitedInRedis(request.getfixturevalue("running").url, KEY)


async def test_the_last_code_of_a_conversation_is_awaited(awaited: Awaited) -> None:
    assert await awaited.get(WHO) is None
    await awaited.put(WHO, OTHER_CODE)
    await awaited.put(WHO, CODE)
    assert (await awaited.get(WHO), await awaited.get(OTHER)) == (CODE, None)
    await awaited.put(WHO, None)
    assert await awaited.get(WHO) is None
    await awaited.close()


async def test_gateways_share_what_they_wait_for(running: Server) -> None:
    one, other = AwaitedInRedis(running.url, KEY), AwaitedInRedis(running.url, KEY)
    await one.put(WHO, CODE)
    assert await other.get(WHO) == CODE


async def test_redis_holds_no_names_and_no_codes_and_not_for_long(running: Server) -> None:
    await AwaitedInRedis(running.url, KEY).put(WHO, CODE)
    with redis.Redis.from_url(running.url) as looked_into:
        (name,) = looked_into.keys()
        assert not any(secret in name + looked_into.get(name) for secret in (WHO.encode(), CODE.encode()))
        assert 0 < looked_into.ttl(name) <= module.AWAITED_FOR


async def test_what_another_key_sealed_is_not_awaited(running: Server) -> None:
    await AwaitedInRedis(running.url, KEY).put(WHO, CODE)
    other = AwaitedInRedis(running.url, b"another key")
    other._naming = AwaitedInRedis(running.url, KEY)._naming
    assert await other.get(WHO) is None


async def test_without_redis_nothing_is_awaited_and_nothing_breaks(running: Server) -> None:
    awaited = AwaitedInRedis(running.url, KEY)
    await awaited.put(WHO, CODE)
    running.stop()
    assert await awaited.get(WHO) is None
    await awaited.put(WHO, CODE)
