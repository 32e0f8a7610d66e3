"""Writing dossiers, many at a time: each batch with its figures of the months and its changes of status is one transaction.

A dossier is written when it is new or its `as_of` is later than the one kept, so writing the same again changes nothing. Writers wait for one another:
the ids of `changes` are then in the order in which they can be seen, and whoever reads on from an id misses none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.dossiers.record import Record, Row, to_row
from bot.dossiers.tables import CITY, COLUMNS, dossiers

_WRITERS_LOCK = 0x74746863  # "tthc": the advisory lock of PostgreSQL that writers take
_ALL = ", ".join(COLUMNS)
# CROSS JOIN makes SQLite go through the batch, not through all dossiers; to PostgreSQL it is a join like any other.
_KEPT = (
    f"INSERT INTO kept ({_ALL}) SELECT {', '.join(f'd.{c}' for c in COLUMNS)} FROM incoming i CROSS JOIN dossiers d WHERE d.code = i.code"  # noqa: S608
)
_STALE = "DELETE FROM incoming WHERE EXISTS (SELECT 1 FROM kept k WHERE k.code = incoming.code AND k.as_of >= incoming.as_of)"
_UNTOUCHED = "DELETE FROM kept WHERE NOT EXISTS (SELECT 1 FROM incoming i WHERE i.code = kept.code)"
_CHANGED = """
    INSERT INTO changes (code, status, status_text, at)
    SELECT i.code, i.status, i.status_text, i.as_of FROM incoming i JOIN kept k ON k.code = i.code
    WHERE i.status IS DISTINCT FROM k.status OR (i.status IS NULL AND i.status_text <> k.status_text)
    ORDER BY i.as_of, i.code"""
# What each incoming row adds to the months of its unit, and what the row it replaces had added to them.
_ADDED = """
    SELECT sample, received_month AS month, unit, field, {sign} AS received, 0 AS finished, 0 AS judged, 0 AS on_time FROM {rows}
    UNION ALL
    SELECT sample, finished_month, unit, field, 0, {sign}, CASE WHEN on_time IS NULL THEN 0 ELSE {sign} END, {sign} * COALESCE(on_time, 0)
    FROM {rows} WHERE finished_month IS NOT NULL"""
_SUMS = "SUM(received) AS received, SUM(finished) AS finished, SUM(judged) AS judged, SUM(on_time) AS on_time"
_MONTHS = f"""
    WITH added AS (
        SELECT sample, month, unit, field, {_SUMS}
        FROM ({_ADDED.format(sign="1", rows="incoming")} UNION ALL {_ADDED.format(sign="-1", rows="kept")}) one GROUP BY sample, month, unit, field)
    INSERT INTO monthly (sample, month, unit, field, received, finished, judged, on_time)
    SELECT sample, month, unit, field, received, finished, judged, on_time FROM added WHERE true
    UNION ALL SELECT sample, month, '{CITY}', field, {_SUMS} FROM added WHERE true GROUP BY sample, month, field
    ON CONFLICT (sample, month, unit, field) DO UPDATE SET received = monthly.received + excluded.received,
        finished = monthly.finished + excluded.finished, judged = monthly.judged + excluded.judged, on_time = monthly.on_time + excluded.on_time
"""  # noqa: S608 - made of constants only
_MERGED = (
    f"INSERT INTO dossiers ({_ALL}) SELECT {_ALL} FROM incoming WHERE true "  # noqa: S608 - made of constants only
    f"ON CONFLICT (code) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in COLUMNS if c != 'code')}"
)
_BATCH_TABLES = ("incoming", "kept")  # the batch, and what is kept of the same codes
_BLOCK = 1 << 20  # characters handed over at once: for each block the interpreter's lock is taken from whoever reads the next batch
_BYTES = tuple(at for at, column in enumerate(dossiers.c) if isinstance(column.type, sa.LargeBinary))
# Texts that are never unknown: nothing written between two commas is an empty text there, not NULL.
_TEXTS = ", ".join(column.name for column in dossiers.c if isinstance(column.type, sa.String) and not column.nullable)


@dataclass(frozen=True)
class Written:
    """What a batch did: dossiers that were new or newer, and those passed over since what is kept is as new."""

    written: int
    passed_over: int


class Store:
    """The writer of the database at `url`."""

    def __init__(self, url: str) -> None:
        self.engine = database.engine(url)
        self._postgres = self.engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Let go of connections."""
        self.engine.dispose()

    def write(self, records: Iterable[Record]) -> Written:
        """Write `records` in one transaction; of two with one code the later `as_of` counts."""
        with self.engine.begin() as connection:
            return self.write_rows(connection, [to_row(record) for record in records])

    def write_rows(self, connection: sa.engine.Connection, rows: list[Row]) -> Written:
        """Write `rows` (record.to_row) inside the transaction of `connection`."""
        if not rows:
            return Written(0, 0)
        latest: dict[str, Row] = {}
        for row in rows:
            kept = latest.get(row[0])
            if kept is None or row[-1] >= kept[-1]:  # as_of is the last column
                latest[row[0]] = row
        if self._postgres:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS_LOCK})
            for table in _BATCH_TABLES:
                connection.execute(sa.text(f"CREATE TEMP TABLE IF NOT EXISTS {table} (LIKE dossiers) ON COMMIT DELETE ROWS"))
            _copy(connection, latest.values())
            connection.execute(sa.text("ANALYZE incoming"))
        else:
            for table in _BATCH_TABLES:
                connection.execute(sa.text(f"CREATE TEMP TABLE IF NOT EXISTS {table} AS SELECT * FROM dossiers LIMIT 0"))  # noqa: S608
                connection.execute(sa.text(f"CREATE UNIQUE INDEX IF NOT EXISTS temp.{table}_by_code ON {table} (code)"))
                connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - constants
            marks = ", ".join("?" * len(COLUMNS))
            connection.exec_driver_sql(f"INSERT INTO incoming ({_ALL}) VALUES ({marks})", list(latest.values()))  # noqa: S608 - constants
        self._find_kept(connection)
        stale = connection.execute(sa.text(_STALE)).rowcount
        for statement in (_UNTOUCHED, _CHANGED, _MONTHS, _MERGED):
            connection.execute(sa.text(statement))
        return Written(len(latest) - stale, len(rows) - len(latest) + stale)

    def _find_kept(self, connection: sa.engine.Connection) -> None:
        """Fill the table kept. Every code is looked up through the index: PostgreSQL would rather read a million dossiers than ask for thousands one by one."""
        if self._postgres:
            connection.execute(sa.text("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"))
        connection.execute(sa.text(_KEPT))
        if self._postgres:
            connection.execute(sa.text("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"))


def _copy(connection: sa.engine.Connection, rows: Iterable[Row]) -> None:
    """Send `rows` to the table incoming by COPY, as CSV: the csv module writes it several times as fast as Python's own loops could."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(map(_with_bytes_written, rows))
    lines.seek(0)
    connection.connection.cursor().copy_expert(f"COPY incoming ({_ALL}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_TEXTS}))", lines, _BLOCK)


def _with_bytes_written(row: Row) -> list[Any]:
    """Return `row` with its bytes as PostgreSQL reads them; a None is left to the csv module, which writes nothing for it: NULL."""
    cells = list(row)
    for at in _BYTES:
        value = cells[at]
        if value is not None:
            cells[at] = f"\\x{value.hex()}"
    return cells


assert COLUMNS[0] == dossiers.c.code.name and COLUMNS[-1] == dossiers.c.as_of.name  # write_rows counts on it
