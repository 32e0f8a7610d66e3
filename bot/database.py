"""Databases: SQLite where nothing is set, PostgreSQL in service. Engines and migrations."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

POOL = 8  # connections a process holds at most
POOL_WITHIN = 1.0  # seconds one waits for a connection of the pool
CONNECT_WITHIN = 2  # seconds
ANSWER_WITHIN_MS = 2000  # milliseconds a statement for a citizen may take
IN_ALL_WITHIN = POOL_WITHIN + CONNECT_WITHIN + ANSWER_WITHIN_MS / 1000  # seconds one statement for a citizen may take, all told
SILENT_AT_MOST_MS = 3000  # milliseconds a server may leave what was sent to it unacknowledged; then the connection is given up
BUSY_WITHIN = 5.0  # seconds SQLite waits for a writer
LOG_PAGES = 4000  # pages of 4 KiB that a write-ahead log of one process grows to before it is carried over, which waits for the disk
_SERVERS_KEEPALIVES = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"  # seconds, seconds, times
_MIGRATIONS = Path(__file__).parent / "dossiers" / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # alembic keeps what it is doing in the module: two threads would undo each other
_MIGRATORS_LOCK = 0x74746864  # the advisory lock of PostgreSQL that migrating processes take


@dataclass(frozen=True)
class Schema:
    """Tables that are migrated together: the folder of their migrations, and the table that tells which were applied."""

    folder: str
    version_table: str


DOSSIERS = Schema("versions", "alembic_version")
NOTICES = Schema("notices", "notices_version")


def engine(url: str, *, for_citizens: bool = False) -> sa.engine.Engine:
    """Return an engine on the database at `url`.

    `for_citizens`: it only reads, each statement by itself (a transaction would cost two more journeys to the server), and gives up those that take too long.
    """
    how: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if for_citizens else {}
    return _engine(sa.engine.make_url(url), within_ms=ANSWER_WITHIN_MS if for_citizens else None, **how)


def shared(url: str) -> sa.engine.Engine:
    """Return an engine on the database at `url` for short transactions that several processes make at once, in the style of SQLAlchemy 2.

    In SQLite each transaction is a writer from its beginning: one that reads first and writes later may find that another wrote in between, and fail.
    """
    made = _engine(sa.engine.make_url(url), within_ms=ANSWER_WITHIN_MS, future=True)
    if made.dialect.name == "sqlite":
        sa.event.listen(
            made, "connect", lambda connection, _: setattr(connection, "isolation_level", None)
        )  # the driver begins nothing of its own
        sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return made


def alone(url: str, schema: str) -> sa.engine.Engine:
    """Return an engine on the database at `url` for the one connection of a process that keeps others out, in the style of SQLAlchemy 2.

    A SQLite file, readable by us alone, is locked as long as the connection lasts, and what is deleted in it is overwritten; a second opener fails at once.
    In PostgreSQL names are those of `schema`, and the server ends the session of a machine that is silent for some ten seconds, which frees its locks.
    """
    made = sa.engine.make_url(url)
    if made.get_backend_name() == "sqlite":
        assert made.database
        Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        arguments: dict[str, Any] = {"timeout": 0, "check_same_thread": False, "isolation_level": None}
        lite = sa.create_engine(url, connect_args=arguments, poolclass=sa.pool.NullPool, future=True)
        sa.event.listen(lite, "connect", lambda connection, _: _lock_sqlite(connection, Path(made.database)))
        sa.event.listen(lite, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return lite
    options = f"-c statement_timeout={ANSWER_WITHIN_MS} -c search_path={schema} {_SERVERS_KEEPALIVES}"
    arguments = {"connect_timeout": CONNECT_WITHIN, "tcp_user_timeout": SILENT_AT_MOST_MS, "options": options}
    return sa.create_engine(made, connect_args={**arguments, "application_name": gethostname()}, poolclass=sa.pool.NullPool, future=True)


def _lock_sqlite(connection: Any, path: Path) -> None:
    path.chmod(0o600)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # one process answers; a second would break the order
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")


def _engine(url: sa.engine.URL, *, within_ms: int | None, **how: Any) -> sa.engine.Engine:
    if url.get_backend_name() == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        arguments: dict[str, Any] = {"timeout": BUSY_WITHIN, "check_same_thread": False}
        lite = sa.create_engine(url, connect_args=arguments, poolclass=sa.pool.QueuePool, pool_size=POOL, **how)
        sa.event.listen(lite, "connect", _prepare_sqlite)
        return lite
    arguments = {"connect_timeout": CONNECT_WITHIN, "tcp_user_timeout": SILENT_AT_MOST_MS}
    if within_ms is not None:
        arguments["options"] = f"-c statement_timeout={within_ms}"
    return sa.create_engine(
        url, connect_args=arguments, pool_size=POOL, max_overflow=0, pool_timeout=POOL_WITHIN, pool_pre_ping=True, **how
    )


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the importer
    connection.execute("PRAGMA synchronous=NORMAL")


def upgrade(url: str, what: Schema = DOSSIERS) -> None:
    """Bring the schema `what` of the database at `url` up to date, making it when there is none; processes that come at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(_MIGRATIONS / what.folder))
    reached = engine(url)
    try:
        with _ONE_AT_A_TIME, reached.begin() as connection:
            if reached.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATORS_LOCK})
            config.attributes.update(connection=connection, version_table=what.version_table)
            command.upgrade(config, "head")
    finally:
        reached.dispose()
