"""One message of a conversation at a time, whichever Rasa server it reaches, with Redis and without."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

from bench.redis import Server
from bot.serving import lock_store
from bot.serving.lock_store import Locks

WHO = "web-one"


@pytest.fixture
def servers(redis_server: Server, monkeypatch: pytest.MonkeyPatch) -> list[Locks]:
    monkeypatch.setenv("TTHC_REDIS_URL", redis_server.url)
    return [Locks() for _ in range(3)]


async def _at_once(servers: list[Locks], conversations: list[str]) -> int:
    """Take turns at every server for each of `conversations`; return the most that ever had theirs together."""
    now = most = 0

    async def turn(server: Locks, conversation: str) -> None:
        nonlocal now, most
        async with server.lock(conversation):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1

    await asyncio.gather(*(turn(server, conversation) for server in servers for conversation in conversations))
    return most


async def test_a_conversation_has_one_turn_at_a_time_over_all_servers(servers: list[Locks]) -> None:
    assert await _at_once(servers, [WHO] * 3) == 1


async def test_conversations_do_not_wait_for_each_other(servers: list[Locks]) -> None:
    assert await _at_once(servers[:1], [WHO, "web-two", "web-three"]) == 3


async def test_whoever_waits_too_long_is_told(servers: list[Locks], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_store, "WAITS", 0.1)
    async with servers[0].lock(WHO):
        with pytest.raises(LockError):
            async with servers[1].lock(WHO):
                pass


async def test_a_server_that_was_killed_does_not_silence_a_conversation_for_long(
    servers: list[Locks], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_store, "HELD_AT_MOST", 0.2)
    holding = servers[0].lock(WHO)
    await holding.__aenter__()  # and never goes on
    async with servers[1].lock(WHO):
        pass


async def test_without_redis_a_server_orders_its_own(servers: list[Locks], redis_server: Server) -> None:
    redis_server.stop()
    assert await _at_once(servers[:1], [WHO] * 3) == 1


async def test_a_burst_is_served_in_its_order_without_second_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTHC_REDIS_URL", raising=False)
    monkeypatch.setattr(lock_store, "WAITS", 2.0)
    assert await _at_once([Locks()], [WHO] * 10) == 1


async def test_without_redis_whoever_waits_too_long_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTHC_REDIS_URL", raising=False)
    monkeypatch.setattr(lock_store, "WAITS", 0.1)
    server = Locks()
    async with server.lock(WHO):
        with pytest.raises(LockError):
            async with server.lock(WHO):
                pass
    async with server.lock(WHO):  # who gave up left no ticket behind
        pass


async def test_redis_stopped_in_the_middle_of_a_turn_breaks_nothing(servers: list[Locks], redis_server: Server) -> None:
    async with servers[0].lock(WHO):
        redis_server.stop()
    async with servers[0].lock(WHO):
        pass


def test_rasa_makes_it_from_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTHC_REDIS_URL", raising=False)
    assert isinstance(LockStore.create(EndpointConfig(type="bot.serving.lock_store.Locks")), Locks)
