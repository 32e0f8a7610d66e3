"""A published snapshot reaches every machine whole, rollbacks too; a shelf that is away or damaged changes nothing anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.knowledge import publish, shared
from bot.knowledge.files import load
from bot.knowledge.publish import SnapshotError, current_version, open_snapshot
from bot.knowledge.shared import KEPT, Shelf
from bot.understanding import index
from tests.building import BIRTH, folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    where = f"sqlite:///{tmp_path / 'shelf.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    yield where
    engine = database.shared(where)
    with engine.begin() as db:
        shared._tables.drop_all(db)
    engine.dispose()


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "publishing", tmp_path / "following"


def published(home: Path, at: Path, url: str, summary: str = "Ghi nhận việc sinh.") -> str:
    changed = load(folder(at, **{"procedures/ho-tich/1.000001.yml": BIRTH.replace("Ghi nhận việc sinh.", summary)})).knowledge
    version = publish.publish(changed, home, index.write).version
    Shelf(url).put(home, version)
    return version


def test_a_publication_reaches_the_other_machine_whole(url: str, homes: tuple[Path, Path], tmp_path: Path) -> None:
    here, there = homes
    version = published(here, tmp_path / "k", url)
    shelf = Shelf(url)
    assert [shelf.follow(there), shelf.follow(there)] == [version, None]
    assert open_snapshot(there).knowledge == open_snapshot(here).knowledge


def test_a_rollback_travels_too_and_fetches_nothing_twice(url: str, homes: tuple[Path, Path], tmp_path: Path) -> None:
    here, there = homes
    first = published(here, tmp_path / "one", url, "Một.")
    Shelf(url).follow(there)
    published(here, tmp_path / "two", url, "Hai.")
    Shelf(url).follow(there)
    Shelf(url).put(here, publish.rollback(here))
    assert Shelf(url).follow(there) == first == current_version(there)


def test_before_anything_is_published_there_is_nothing_to_follow(url: str, homes: tuple[Path, Path]) -> None:
    assert Shelf(url).follow(homes[1]) is None


def test_what_arrives_damaged_is_not_served(url: str, homes: tuple[Path, Path], tmp_path: Path) -> None:
    here, there = homes
    first = published(here, tmp_path / "one", url, "Một.")
    Shelf(url).follow(there)
    published(here, tmp_path / "two", url, "Hai.")
    engine = database.shared(url)
    with engine.begin() as db:
        db.execute(sa.update(shared._snapshots).where(shared._snapshots.c.version != first).values(body=b"damaged"))
    engine.dispose()
    with pytest.raises(SnapshotError, match="hỏng"):
        Shelf(url).follow(there)
    assert current_version(there) == first


def test_the_shelf_keeps_the_latest(url: str, homes: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "KEPT", 2)
    versions = [published(homes[0], tmp_path / str(n), url, f"Lần {n}.") for n in range(4)]
    engine = database.shared(url)
    with engine.begin() as db:
        assert sorted(db.execute(sa.select(shared._snapshots.c.version)).scalars()) == versions[-2:]
    engine.dispose()
    assert KEPT > 2


def test_a_database_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(SnapshotError, match="TTHC_SNAPSHOTS_URL") as told:
        Shelf("postgresql://nobody:hidden@127.0.0.1:1/none").served()
    assert "hidden" not in str(told.value)


def test_an_archive_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    with pytest.raises(SnapshotError, match="tệp lạ"):
        shared._unpack(shared._packed(inside), tmp_path / "out")
