"""Tries counted in Redis: by several gateways together, under no name that tells anything, and never done without."""

from __future__ import annotations

import pytest
import redis as client

from bench.redis import Server
from bot.dossiers import verification
from bot.dossiers.token import Tokens
from bot.dossiers.tries import WRONG_TRIES, Tries
from bot.dossiers.verification import Verification
from tests.dossiers.kept import CODE, DIGITS, Kept

KEY = b"a key"
WRONG = "0000"
ADDRESS = "10.0.0.7"


@pytest.fixture
def desks(redis_server: Server, monkeypatch: pytest.MonkeyPatch) -> list[Verification]:
    """The desks of two gateways that count in one Redis."""
    monkeypatch.setattr(verification, "REFUSED_AT", 0.001)
    return [Verification(Kept(), Tokens(KEY), Tries(KEY, redis_server.url)) for _ in range(2)]


async def test_wrong_tries_at_two_gateways_lock_a_code_at_both(desks: list[Verification]) -> None:
    for n in range(WRONG_TRIES):
        assert (await desks[n % 2].prove(f"s{n}", None, CODE, WRONG)).refused == "wrong"
    assert [(await desk.prove("owner", None, CODE, DIGITS)).refused for desk in desks] == ["locked", "locked"]


async def test_the_owner_passes_at_any_gateway_with_a_token_that_holds_at_all(desks: list[Verification]) -> None:
    proof = await desks[0].prove("owner", None, CODE, DIGITS)
    assert Tokens(KEY).holds(proof.token, "owner", CODE)


async def test_redis_is_told_no_code_no_sender_and_no_address(desks: list[Verification], redis_server: Server) -> None:
    await desks[0].prove("someone", ADDRESS, CODE, WRONG)
    names = " ".join(key.decode() for key in client.Redis.from_url(redis_server.url).keys("*"))
    assert names and not any(told in names for told in (CODE, "someone", ADDRESS, WRONG))


async def test_when_redis_forgets_the_count_begins_anew_and_wrong_digits_stay_wrong(
    desks: list[Verification], redis_server: Server
) -> None:
    for n in range(WRONG_TRIES + 1):
        last = await desks[0].prove(f"s{n}", None, CODE, WRONG)
    assert last.refused == "locked"
    client.Redis.from_url(redis_server.url).flushall()
    assert (await desks[0].prove("s", None, CODE, WRONG)).refused == "wrong"
    assert (await desks[1].prove("owner", None, CODE, DIGITS)).token


async def test_when_redis_stops_nobody_may_try(desks: list[Verification], redis_server: Server) -> None:
    assert (await desks[0].prove("owner", None, CODE, DIGITS)).token
    redis_server.stop()
    assert [(await desk.prove("owner", None, CODE, DIGITS)).refused for desk in desks] == ["unreachable", "unreachable"]


@pytest.mark.parametrize("digits", [DIGITS, WRONG])
async def test_when_redis_stops_during_a_look_up_nothing_is_told(
    redis_server: Server, digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "REFUSED_AT", 0.001)
    kept = Kept()
    found = kept.look_up

    async def look_up(code: str, digits: str) -> object:
        redis_server.stop()
        return await found(code, digits)

    monkeypatch.setattr(kept, "look_up", look_up)
    desk = Verification(kept, Tokens(KEY), Tries(KEY, redis_server.url))
    assert (await desk.prove("owner", None, CODE, digits)).refused == "unreachable"
