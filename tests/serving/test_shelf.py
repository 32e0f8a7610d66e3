"""Shelves keep the last turns of conversations for half an hour, for all servers that share a database, and go on when it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot import database
from bot.serving import shelf as module
from bot.serving.shelf import FORGOTTEN_AFTER, Shelf, ShelfHere, ShelfInDatabase, shelf

WHO, OTHER = "web-one", "web-two"
NOBODY = "postgresql://nobody:hidden@127.0.0.1:1/none"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    where = f"sqlite:///{tmp_path / 'conversations.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    yield where
    engine = database.shared(where)
    with engine.begin() as db:
        module._tables.drop_all(db)
    engine.dispose()


@pytest.fixture(params=["here", "database"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return ShelfHere() if request.param == "here" else ShelfInDatabase(f"sqlite:///{tmp_path / 'kept.sqlite3'}")


async def test_the_last_is_kept_and_another_conversation_is_another(kept: Shelf) -> None:
    assert await kept.get(WHO) is None
    for body in ("một", "hai"):
        await kept.put(WHO, body)
    assert (await kept.get(WHO), await kept.get(OTHER)) == ("hai", None)
    await kept.remove(WHO)
    assert await kept.get(WHO) is None


async def test_servers_share_a_database(url: str) -> None:
    one, other = ShelfInDatabase(url), ShelfInDatabase(url)
    await one.put(WHO, "một")
    assert await other.get(WHO) == "một"
    await other.put(WHO, "hai")
    assert await one.get(WHO) == "hai"


async def test_half_an_hour_later_nothing_is_left(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ShelfInDatabase(url)
    await kept.put(WHO, "một")
    now = module.time.time()
    monkeypatch.setattr(module.time, "time", lambda: now + FORGOTTEN_AFTER + 1)
    assert await kept.get(WHO) is None
    await kept.put(OTHER, "hai")  # whoever writes tidies up
    engine = database.shared(url)
    with engine.begin() as db:
        assert db.execute(sa.select(module._conversations.c.sender)).scalars().all() == [OTHER]
    engine.dispose()


async def test_while_the_database_is_away_a_conversation_goes_on_here() -> None:
    kept = ShelfInDatabase(NOBODY)
    assert await kept.get(WHO) is None
    await kept.put(WHO, "một")
    assert await kept.get(WHO) == "một"


async def test_forgetting_is_not_said_to_be_done_when_it_is_not() -> None:
    with pytest.raises(SQLAlchemyError):
        await ShelfInDatabase(NOBODY).remove(WHO)


async def test_what_was_kept_meanwhile_gives_way_when_the_database_is_back(url: str) -> None:
    kept = ShelfInDatabase(url)
    await kept._meanwhile.put(WHO, "một")
    await kept.put(WHO, "hai")
    assert (await kept._meanwhile.get(WHO), await kept.get(WHO)) == (None, "hai")


def test_without_an_address_it_is_kept_here() -> None:
    assert isinstance(shelf(None), ShelfHere)


async def test_a_turn_does_not_wait_for_a_database_that_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = ShelfInDatabase(f"sqlite:///{tmp_path / 'slow.sqlite3'}")
    monkeypatch.setattr(module, "REACHED_WITHIN", 0.05)
    monkeypatch.setattr(slow, "_do", lambda work: asyncio.sleep(60))
    await slow.put(WHO, "một")
    assert (await slow.get(WHO), await slow.get(OTHER)) == ("một", None)
