"""A clock that is put forward or back by an hour: nobody is locked out for it, nobody waits for it, no question is answered twice."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels.web.pace import Pace
from bot.channels.web.problems import BadRequest
from bot.channels.web.sessions import Sessions
from bot.channels.web.store import LEASE, WebStore
from bot.dossiers import verification
from bot.dossiers.token import TOKEN_LASTS, Tokens
from bot.dossiers.tries import LOCKED_FOR, WRONG_TRIES, Tries
from bot.dossiers.verification import Verification
from tests.dossiers.kept import CODE, DIGITS, Kept

HOUR = 3600.0
RATE = 3
Step = Callable[[float], None]


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Iterator[Step]:
    """Return what puts this process's wall clock forward by so many seconds (back by negative ones); time that only runs on is left alone."""
    true, stepped = time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: true() + stepped)

    def put(by: float) -> None:
        nonlocal stepped
        stepped += by

    yield put


async def refused(pace: Pace) -> int:
    """Return how long `pace` lets somebody wait now, 0 when the message is let in."""
    try:
        await pace.check("web-one", None)
    except BadRequest as error:
        return error.retry_after or 0
    return 0


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_pace_makes_nobody_wait_for_the_clock(step: Step, by: float) -> None:
    pace = Pace(RATE, RATE)
    waits = [await refused(pace) for _ in range(RATE + 1)]
    assert waits[:RATE] == [0] * RATE
    assert 0 < waits[RATE] <= 61
    step(by)
    assert await refused(pace) == 0


async def test_a_rate_still_holds_after_the_clock_was_put_back(step: Step) -> None:
    pace = Pace(RATE, RATE)
    for _ in range(RATE):
        await refused(pace)
    step(-HOUR)
    waits = [await refused(pace) for _ in range(3 * RATE)]
    assert 0 < max(waits) <= 61
    assert waits.count(0) <= RATE


async def test_a_code_locked_before_the_clock_was_put_back_is_locked_for_no_longer_than_usual(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "REFUSED_AT", 0.001)
    desk = Verification(Kept(), Tokens(b"a key"), Tries(b"a key"))
    names = map(str, itertools.count())
    for _ in range(WRONG_TRIES):
        assert (await desk.prove(next(names), None, CODE, "0000")).refused == "wrong"
    step(-HOUR)
    assert (await desk.prove("owner", None, CODE, DIGITS)).refused == "locked", "a step lifts no lock"
    step(LOCKED_FOR * 60 + 1)
    assert (await desk.prove("owner", None, CODE, DIGITS)).token


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_session_goes_on(step: Step, by: float) -> None:
    sessions = Sessions("a secret")
    session = sessions.issue()
    step(by)
    assert sessions.read(session).sender


def test_a_session_of_a_day_that_has_not_come_is_none(step: Step) -> None:
    sessions = Sessions("a secret")
    step(24 * HOUR)
    session = sessions.issue()
    step(-24 * HOUR)
    with pytest.raises(BadRequest):
        sessions.read(session)


def test_a_token_holds_between_machines_whose_clocks_differ_by_seconds(step: Step) -> None:
    tokens = Tokens(b"a key")
    token = tokens.issue("one", CODE)
    step(-5)
    assert tokens.holds(token, "one", CODE)
    step(-HOUR)
    assert not tokens.holds(token, "one", CODE), "the digits are asked for again"
    step(HOUR + TOKEN_LASTS + 10)
    assert not tokens.holds(token, "one", CODE)


async def test_a_question_cut_off_before_the_clock_was_put_back_is_answered_at_once(step: Step, tmp_path: Path) -> None:
    store = WebStore(f"sqlite:///{tmp_path / 'web.sqlite3'}")
    assert (await store.begin("web-one", "m1", "xin chào")).mine
    assert not (await store.begin("web-one", "m1", "xin chào")).mine
    step(-HOUR)
    assert (await store.begin("web-one", "m1", "xin chào")).mine
    await store.close()


async def test_a_question_answered_is_answered_once_whatever_the_clock_says(step: Step, tmp_path: Path) -> None:
    store = WebStore(f"sqlite:///{tmp_path / 'web.sqlite3'}")
    message = await store.begin("web-one", "m1", "xin chào")
    await store.answered("web-one", message.seq, {"text": "chào bạn"})
    for by in (HOUR, -2 * HOUR, LEASE):
        step(by)
        again = await store.begin("web-one", "m1", "xin chào")
        assert (again.mine, again.reply) == (False, {"text": "chào bạn"})
    await store.close()
