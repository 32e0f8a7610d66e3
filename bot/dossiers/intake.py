"""Dossiers from a file into the database: batch by batch while the next is read, taken up where it stopped, the same file never twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from bot.dossiers.model import HANOI
from bot.dossiers.record import Row, to_row
from bot.dossiers.sheet import Fault, Sheet
from bot.dossiers.store import Store, Written
from bot.dossiers.tables import imports

BATCH = 50_000  # rows a transaction: what an import that was cut short does again at most
_BLOCK = 1 << 20  # bytes read at once


@dataclass(frozen=True)
class BadRow:
    """A row that was left out, with its line in the file."""

    line: int
    fault: Fault


@dataclass
class Report:
    """What an import did: rows looked at before (by an import cut short, or whole), read now, and what became of them."""

    before: int = 0
    read: int = 0
    written: int = 0
    passed_over: int = 0
    bad: int = 0


def take_in(
    path: Path,
    store: Store,
    key: bytes,
    *,
    as_of: dt.datetime | None = None,
    on_bad: Callable[[BadRow], None] = lambda bad: None,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Write the dossiers of the file at `path`; return the report.

    `as_of`: when the file was true, for rows that do not say (default: when it was last written). `on_bad` hears of each row left out,
    `on_rows` how many more rows are done with. Raises SheetError; what was written before stays.
    """
    moment = as_of or dt.datetime.fromtimestamp(path.stat().st_mtime, HANOI)
    sheet = Sheet(path, key, moment)
    progress = _Progress(store, digest_of(path), path.name)
    report = Report(before=progress.rows_done())
    rows = sheet.rows()
    skipped = sum(1 for _ in islice(rows, report.before))
    on_rows(skipped)
    with ThreadPoolExecutor(1) as writer:  # writes one batch while the next is read
        writing: Future[Written] | None = None
        while True:
            batch: list[Row] = []
            bad = 0
            looked_at = 0
            for line, cells in islice(rows, BATCH):
                looked_at += 1
                try:
                    batch.append(to_row(sheet.record(cells)))
                except Fault as fault:
                    bad += 1
                    on_bad(BadRow(line, fault))
            if writing:
                _add(report, writing.result())
            if not looked_at:
                break
            writing = writer.submit(progress.write, batch, looked_at, bad)
            report.read += looked_at
            report.bad += bad
            on_rows(looked_at)
    progress.finish()
    return report


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file at `path`, by which an import is known again."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _add(report: Report, written: Written) -> None:
    report.written += written.written
    report.passed_over += written.passed_over


class _Progress:
    """How far the import of one file has come, kept in the same transactions as its rows."""

    def __init__(self, store: Store, digest: str, file: str) -> None:
        self._store, self._digest = store, digest
        with store.engine.begin() as connection:
            if self._row(connection) is None:
                connection.execute(imports.insert().values(digest=digest, file=file, rows_done=0, bad_rows=0))

    def _row(self, connection: sa.engine.Connection) -> int | None:
        done: int | None = connection.execute(sa.select(imports.c.rows_done).where(imports.c.digest == self._digest)).scalar_one_or_none()
        return done

    def rows_done(self) -> int:
        with self._store.engine.connect() as connection:
            return self._row(connection) or 0

    def write(self, rows: list[Row], looked_at: int, bad: int) -> Written:
        with self._store.engine.begin() as connection:
            written = self._store.write_rows(connection, rows)
            more = {"rows_done": imports.c.rows_done + looked_at, "bad_rows": imports.c.bad_rows + bad}
            connection.execute(imports.update().where(imports.c.digest == self._digest).values(**more))
            return written

    def finish(self) -> None:
        with self._store.engine.begin() as connection:
            connection.execute(imports.update().where(imports.c.digest == self._digest).values(finished=int(time.time())))
