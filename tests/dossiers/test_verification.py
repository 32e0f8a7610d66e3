"""Only the owner passes; whoever tries too often is stopped; a refusal tells nothing, also by its time."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.dossiers import verification
from bot.dossiers.token import Tokens
from bot.dossiers.tries import ADDRESS_TRIES, LOCKED_FOR, SESSION_TRIES, WRONG_A_DAY, WRONG_TRIES, Tries
from bot.dossiers.verification import Proof, Verification
from tests.dossiers.kept import CODE, DIGITS, NO_CODE, OTHER_CODE, Kept

KEY = b"a key"
WRONG = "0000"
MINUTE = 60


class Clock:
    """The time that the counts go by."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr("limits.storage.memory.time.time", lambda: self.now)

    def minutes_pass(self, minutes: float) -> None:
        self.now += minutes * MINUTE


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Refusals are prompt, except where their time is the question."""
    if "time" not in request.node.name:
        monkeypatch.setattr(verification, "REFUSED_AT", 0.001)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def desk(kept: Kept) -> Verification:
    return Verification(kept, Tokens(KEY), Tries(KEY))


async def wrong(desk: Verification, times: int, code: str = CODE, sender: str = "s{}", address: str | None = None) -> list[Proof]:
    return [await desk.prove(sender.format(n), address, code, WRONG) for n in range(times)]


async def test_the_owner_is_given_a_token_that_holds(desk: Verification) -> None:
    proof = await desk.prove("one", None, CODE, DIGITS)
    assert proof.refused is None
    assert Tokens(KEY).holds(proof.token, "one", CODE)


async def test_wrong_digits_and_no_such_code_are_one_refusal(desk: Verification) -> None:
    assert await desk.prove("one", None, CODE, WRONG) == await desk.prove("one", None, NO_CODE, DIGITS) == Proof(refused="wrong")


async def test_five_wrong_tries_from_anywhere_lock_the_code_for_its_owner_too(desk: Verification) -> None:
    await wrong(desk, WRONG_TRIES)
    assert (await desk.prove("owner", None, CODE, DIGITS)).refused == "locked"
    assert (await desk.prove("owner", None, OTHER_CODE, DIGITS)).token


async def test_a_code_nobody_has_is_locked_alike(desk: Verification) -> None:
    assert await wrong(desk, WRONG_TRIES + 1, NO_CODE) == await wrong(desk, WRONG_TRIES + 1, CODE)


async def test_the_lock_lasts_its_minutes_from_the_last_wrong_try(desk: Verification, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    await wrong(desk, WRONG_TRIES - 1)
    clock.minutes_pass(LOCKED_FOR - 1)
    await wrong(desk, 1)
    clock.minutes_pass(LOCKED_FOR - 1)
    assert (await desk.prove("owner", None, CODE, DIGITS)).refused == "locked"
    clock.minutes_pass(2)
    assert (await desk.prove("owner", None, CODE, DIGITS)).token


async def test_tries_at_the_same_moment_are_no_more_than_one_after_another(desk: Verification, kept: Kept) -> None:
    await asyncio.gather(*(desk.prove(f"s{n}", None, CODE, f"{n:04}") for n in range(100)))
    assert len(kept.looked_up) <= WRONG_TRIES


async def test_a_right_try_forgets_the_wrong_ones(desk: Verification) -> None:
    await wrong(desk, WRONG_TRIES - 1)
    await desk.prove("owner", None, CODE, DIGITS)
    assert [p.refused for p in await wrong(desk, WRONG_TRIES - 1)] == ["wrong"] * (WRONG_TRIES - 1)


async def test_right_tries_are_not_counted_so_that_a_ward_office_may_share_an_address(desk: Verification) -> None:
    answers = [await desk.prove("a kiosk", "10.0.0.7", CODE, DIGITS) for _ in range(2 * ADDRESS_TRIES)]
    assert all(answer.token for answer in answers)


async def test_a_patient_guesser_is_stopped_for_the_day(desk: Verification, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    for _ in range(20):
        await wrong(desk, WRONG_TRIES)
        clock.minutes_pass(LOCKED_FOR + 1)
    assert len(kept.looked_up) == WRONG_A_DAY


async def test_a_session_that_tries_many_codes_is_stopped_and_locks_none_of_them(desk: Verification, kept: Kept) -> None:
    tries = [await desk.prove("guesser", None, f"H26.15-261103-{n:04}", WRONG) for n in range(SESSION_TRIES + 5)]
    assert [p.refused for p in tries] == ["wrong"] * SESSION_TRIES + ["locked"] * 5
    assert (await desk.prove("owner", None, CODE, DIGITS)).token


@pytest.mark.parametrize("addresses", ["10.0.0.7", "2001:db8:1:2::{}"])  # the owner of an IPv6 site has as many addresses as they like
async def test_an_address_that_tries_from_many_sessions_is_stopped(desk: Verification, kept: Kept, addresses: str) -> None:
    for n in range(ADDRESS_TRIES + 5):
        await desk.prove(f"s{n}", addresses.format(n), f"H26.15-261103-{n:04}", WRONG)
    assert len(kept.looked_up) == ADDRESS_TRIES
    assert (await desk.prove("owner", "10.0.0.8", CODE, DIGITS)).token


async def test_what_cannot_be_reached_uses_up_no_tries(desk: Verification, kept: Kept) -> None:
    kept.down = True
    assert {p.refused for p in await wrong(desk, 2 * WRONG_TRIES, sender="owner")} == {"unreachable"}
    kept.down = False
    assert (await desk.prove("owner", None, CODE, DIGITS)).token


async def test_without_a_count_nobody_may_try(kept: Kept) -> None:
    desk = Verification(kept, Tokens(KEY), Tries(KEY, "redis://127.0.0.1:9/0"))  # nobody listens there
    assert (await desk.prove("owner", None, CODE, DIGITS)).refused == "unreachable"
    assert kept.looked_up == []


async def test_every_refusal_takes_the_same_time_however_long_the_look_up_took(
    desk: Verification, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = kept.look_up

    async def look_up(code: str, digits: str) -> object:
        await asyncio.sleep(0.12 if code == CODE else 0.0)
        return await slow(code, digits)

    monkeypatch.setattr(kept, "look_up", look_up)
    took = {}
    for code in (CODE, NO_CODE):
        began = time.perf_counter()
        await desk.prove("one", None, code, WRONG)
        took[code] = time.perf_counter() - began
    assert took[CODE] == pytest.approx(verification.REFUSED_AT, abs=0.05)
    assert took[CODE] == pytest.approx(took[NO_CODE], abs=0.05)


def test_what_is_counted_is_named_by_hashes() -> None:
    one = Tries(KEY).named("web-abc", "10.0.0.7", CODE)
    assert not any(said in f"{one}" for said in ("web-abc", "10.0.0.7", CODE))
