"""What a reply waits for is remembered for its own conversation, by all gateways that share a Redis, and tells nobody who looks into it anything."""

from __future__ import annotations

import pytest
import redis

from bench.redis import Server
from bot.serving import awaited as module
from bot.serving.awaited import Awaited, AwaitedHere, AwaitedInRedis
from tests.dossiers.kept import CODE, OTHER_CODE

KEY = b"a key"
WHO, OTHER = "web-one", "web-two"


@pytest.fixture(params=["here", "redis"])
def awaited(request: pytest.FixtureRequest) -> Awaited:
    return AwaitedHere() if request.param == "here" else AwaitedInRedis(request.getfixturevalue("redis_server").url, KEY)


async def test_the_last_code_of_a_conversation_is_awaited(awaited: Awaited) -> None:
    assert await awaited.get(WHO) is None
    await awaited.put(WHO, OTHER_CODE)
    await awaited.put(WHO, CODE)
    assert (await awaited.get(WHO), await awaited.get(OTHER)) == (CODE, None)
    await awaited.put(WHO, None)
    assert await awaited.get(WHO) is None
    await awaited.close()


async def test_gateways_share_what_they_wait_for(redis_server: Server) -> None:
    one, other = AwaitedInRedis(redis_server.url, KEY), AwaitedInRedis(redis_server.url, KEY)
    await one.put(WHO, CODE)
    assert await other.get(WHO) == CODE


async def test_redis_holds_no_names_and_no_codes_and_not_for_long(redis_server: Server) -> None:
    await AwaitedInRedis(redis_server.url, KEY).put(WHO, CODE)
    with redis.Redis.from_url(redis_server.url) as looked_into:
        (name,) = looked_into.keys()
        assert not any(secret in name + looked_into.get(name) for secret in (WHO.encode(), CODE.encode()))
        assert 0 < looked_into.ttl(name) <= module.AWAITED_FOR


async def test_what_another_key_sealed_is_not_awaited(redis_server: Server) -> None:
    await AwaitedInRedis(redis_server.url, KEY).put(WHO, CODE)
    other = AwaitedInRedis(redis_server.url, b"another key")
    other._naming = AwaitedInRedis(redis_server.url, KEY)._naming
    assert await other.get(WHO) is None


async def test_without_redis_nothing_is_awaited_and_nothing_breaks(redis_server: Server) -> None:
    awaited = AwaitedInRedis(redis_server.url, KEY)
    await awaited.put(WHO, CODE)
    redis_server.stop()
    assert await awaited.get(WHO) is None
    await awaited.put(WHO, CODE)
