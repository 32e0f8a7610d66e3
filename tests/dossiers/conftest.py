"""A database for the tests of dossiers: SQLite, and a real PostgreSQL where it is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database whose schema is up to date, with nothing in it."""
    where = f"sqlite:///{tmp_path / 'dossiers.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    database.upgrade(where)
    yield where
    engine = database.engine(where)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def alone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, not even those of other tests."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'alone.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    with sa.create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text("CREATE DATABASE alone"))
        yield server.rpartition("/")[0] + "/alone"
        connection.execute(sa.text("DROP DATABASE alone WITH (FORCE)"))
