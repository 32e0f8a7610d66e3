"""Notices: one for each change, handed over once, whoever looks and whatever is restarted."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.database import BUSY_WITHIN
from bot.dossiers import notices as module
from bot.dossiers.notices import FORGOTTEN_AFTER, LEASE, MOST_WATCHED, Notices, NoticesFailed
from tests.dossiers.kept import CODE, OTHER_CODE

WHO, OTHER = "web-one", "telegram-two"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with no notices in it."""
    where = f"sqlite:///{tmp_path / 'notices.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    yield where
    if request.param == "postgresql":
        engine = sa.create_engine(where)
        with engine.begin() as connection:
            for table in sa.inspect(connection).get_table_names():
                if table in module._tables.tables:
                    connection.execute(sa.delete(module._tables.tables[table]))
        engine.dispose()


@pytest.fixture
def notices(url: str) -> Notices:
    return Notices(url)


def days_pass(monkeypatch: pytest.MonkeyPatch, passed: dt.timedelta) -> None:
    later = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None) + passed
    monkeypatch.setattr(module, "_now", lambda: later)


async def test_a_change_is_told_once(notices: Notices) -> None:
    await notices.watch(WHO, CODE, 4, "")
    assert [await notices.seen(CODE, 5, "") for _ in range(3)] == [1, 0, 0]
    assert [list(await notices.take_for(WHO)) for _ in range(2)] == [[CODE], []]


async def test_no_change_is_no_notice(notices: Notices) -> None:
    await notices.watch(WHO, CODE, 4, "")
    assert await notices.seen(CODE, 4, "") == 0
    assert await notices.seen(OTHER_CODE, 5, "") == 0


async def test_a_status_without_a_number_changes_by_its_words(notices: Notices) -> None:
    await notices.watch(WHO, CODE, None, "Chờ ký")
    assert [await notices.seen(CODE, None, "Chờ ký"), await notices.seen(CODE, None, "Chờ đóng dấu"), await notices.seen(CODE, 9, "")] == [
        0,
        1,
        1,
    ]


async def test_watches_and_notices_survive_a_restart(notices: Notices, url: str) -> None:
    await notices.watch(WHO, CODE, 4, "")
    await notices.watch(WHO, OTHER_CODE, 4, "")
    await notices.seen(CODE, 5, "")
    await notices.close()
    again = Notices(url)
    assert await again.watched_by(WHO) == [OTHER_CODE, CODE]
    assert await again.take_for(WHO) == [CODE]


async def test_many_who_look_at_once_write_one_notice(url: str) -> None:
    desks = [Notices(url) for _ in range(8)]
    await desks[0].watch(WHO, CODE, 4, "")
    assert sum(await asyncio.gather(*(desk.seen(CODE, 5, "") for desk in desks))) == 1


async def test_many_who_hand_over_take_each_notice_once(url: str) -> None:
    desks = [Notices(url) for _ in range(8)]
    for n in range(10):
        await desks[0].watch(f"web-{n}", CODE, 4, "")
    await desks[0].seen(CODE, 5, "")
    taken = [notice.conversation for found in await asyncio.gather(*(desk.claim(5, "web-") for desk in desks)) for notice in found]
    assert sorted(taken) == sorted(f"web-{n}" for n in range(10))


async def test_of_many_one_has_the_turn_to_look_until_it_ends_or_gives_it_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = [Notices(url) for _ in range(8)]
    turns = await asyncio.gather(*(desk.take_turn("dossiers", str(n), LEASE) for n, desk in enumerate(desks)))
    assert sum(turns) == 1
    first = turns.index(True)
    other = (first + 1) % 8
    assert await desks[first].take_turn("dossiers", str(first), LEASE)  # again and again
    await desks[other].end_turn("dossiers", str(other))  # not its own
    assert not await desks[other].take_turn("dossiers", str(other), LEASE)
    await desks[first].end_turn("dossiers", str(first))
    assert await desks[other].take_turn("dossiers", str(other), LEASE)
    days_pass(monkeypatch, LEASE + dt.timedelta(seconds=1))
    assert await desks[first].take_turn("dossiers", str(first), LEASE)


async def test_who_read_less_far_does_not_undo_it(notices: Notices) -> None:
    for change in (5, 9, 7):
        await notices.note_read("dossiers", change)
    assert await notices.read_up_to("dossiers") == 9


async def test_asking_twice_at_the_same_moment_is_one_wish(url: str) -> None:
    desks = [Notices(url) for _ in range(8)]
    await asyncio.gather(*(desk.watch(WHO, CODE, 4, "") for desk in desks))
    assert await desks[0].watched_by(WHO) == [CODE]


async def test_tables_that_were_made_without_migrations_are_taken_over(tmp_path: Path) -> None:
    old = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    engine = sa.create_engine(old)
    module._tables.create_all(engine, tables=[module._watches, module._notices, module._read_up_to])
    engine.dispose()
    notices = Notices(old)
    await notices.watch(WHO, CODE, 4, "")
    assert await notices.watched_by(WHO) == [CODE]


async def test_a_notice_being_handed_over_is_nobody_elses_until_its_lease_ends(notices: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    await notices.watch(OTHER, CODE, 4, "")
    await notices.seen(CODE, 5, "")
    assert len(await notices.claim(10, "telegram-")) == 1
    assert (await notices.claim(10, "telegram-"), await notices.take_for(OTHER)) == ([], [])
    days_pass(monkeypatch, LEASE + dt.timedelta(seconds=1))
    (again,) = await notices.claim(10, "telegram-")
    assert [await notices.done(again), await notices.done(again)] == [True, False]


async def test_a_notice_claimed_before_the_clock_was_put_back_does_not_wait_for_that_hour(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    await notices.watch(OTHER, CODE, 4, "")
    await notices.seen(CODE, 5, "")
    days_pass(monkeypatch, dt.timedelta(hours=1))
    assert len(await notices.claim(10, "telegram-")) == 1
    days_pass(monkeypatch, dt.timedelta())
    assert len(await notices.claim(10, "telegram-")) == 1


async def test_a_channel_is_given_its_own_conversations(notices: Notices) -> None:
    await notices.watch(WHO, CODE, 4, "")
    await notices.seen(CODE, 5, "")
    assert await notices.claim(10, "telegram-") == []


async def test_the_last_notice_ends_the_watch(notices: Notices) -> None:
    await notices.watch(WHO, CODE, 9, "")
    await notices.seen(CODE, 10, "")
    assert (await notices.watched_by(WHO), await notices.take_for(WHO)) == ([], [CODE])


async def test_stopping_forgets_what_was_not_yet_told(notices: Notices) -> None:
    await notices.watch(WHO, CODE, 4, "")
    await notices.watch(OTHER, CODE, 4, "")
    await notices.seen(CODE, 5, "")
    await notices.end(WHO)
    assert (await notices.watched_by(WHO), await notices.take_for(WHO), await notices.take_for(OTHER)) == ([], [], [CODE])


async def test_the_oldest_watch_gives_way(notices: Notices) -> None:
    for n in range(MOST_WATCHED + 1):
        await notices.watch(WHO, f"H26.15-261103-{n:04}", 4, "")
    assert list(await notices.watched_by(WHO)) == [f"H26.15-261103-{n:04}" for n in range(1, MOST_WATCHED + 1)]


async def test_every_watched_dossier_has_its_turn(notices: Notices) -> None:
    for n in range(5):
        await notices.watch(WHO, f"H26.15-261103-{n:04}", 4, "")
    since = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    rounds = [list(await notices.to_look_at(2, since)) for _ in range(4)]
    assert [len(codes) for codes in rounds] == [2, 2, 1, 0]
    assert len({code for codes in rounds for code in codes}) == 5


async def test_a_dossier_that_stays_silent_is_forgotten(notices: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    await notices.watch(WHO, CODE, 4, "")
    days_pass(monkeypatch, FORGOTTEN_AFTER + dt.timedelta(days=1))
    assert await notices.to_look_at(10, module._now()) == []
    assert await notices.watched_by(WHO) == []


async def test_a_database_that_fails_is_named_by_its_error_alone(tmp_path: Path) -> None:
    (tmp_path / "notices.sqlite3").write_text("no database at all" * 100, encoding="ascii")
    with pytest.raises(NoticesFailed, match=r"^DatabaseError$"):
        await Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}").watched_by(WHO)


async def test_who_has_nothing_to_be_told_waits_for_no_writer(tmp_path: Path) -> None:
    notices = Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}")
    assert list(await notices.take_for(WHO)) == []  # the tables are there now
    writer = sqlite3.connect(tmp_path / "notices.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert list(await notices.take_for(WHO)) == []
    assert time.monotonic() - began < BUSY_WITHIN / 2
    writer.close()
    await notices.close()
