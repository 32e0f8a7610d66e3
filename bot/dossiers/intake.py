"""Dossiers from a file into the database: batch by batch, taken up where it stopped, the same file never twice.

A big file is read by a process of its own while the batches before are written: reading and checking cost as much as writing, and two threads of one
process would only take turns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import multiprocessing
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

import sqlalchemy as sa

from bot.dossiers.model import HANOI
from bot.dossiers.record import Row, to_row
from bot.dossiers.sheet import Fault, Sheet, SheetError
from bot.dossiers.store import Store, Written
from bot.dossiers.tables import imports

BATCH = 30_000  # rows a transaction: what an import that was cut short does again at most
READ_APART = 4 << 20  # bytes from which a file is read by a process of its own, which takes a second to begin
READER_LOOKED_AFTER = 1.0  # seconds
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
    on_rows(report.before)
    with closing(_batches(sheet, report.before)) as batches:
        for batch in batches:
            for bad in batch.bad:
                on_bad(bad)
            written = progress.write(batch.rows, batch.looked_at, len(batch.bad))
            report.read += batch.looked_at
            report.bad += len(batch.bad)
            report.written += written.written
            report.passed_over += written.passed_over
            on_rows(batch.looked_at)
    progress.finish()
    return report


@dataclass(frozen=True)
class _Batch:
    """Some rows of a file, read: how many were looked at, those that can be written, and the others."""

    looked_at: int
    rows: list[Row]
    bad: list[BadRow]


def _read(sheet: Sheet, after: int, size: int) -> Iterator[_Batch]:
    """Yield batches of `size` rows of `sheet` after its first `after` rows; raises SheetError."""
    lines = islice(sheet.rows(), after, None)
    while some := list(islice(lines, size)):
        rows, bad = [], []
        for line, cells in some:
            try:
                rows.append(to_row(sheet.record(cells)))
            except Fault as fault:
                bad.append(BadRow(line, fault))
        yield _Batch(len(some), rows, bad)


def _batches(sheet: Sheet, after: int) -> Generator[_Batch, None, None]:
    """Yield what `_read` does, of a big file read by a process of its own, one batch ahead of what is written. Raises SheetError."""
    if sheet.path.stat().st_size < READ_APART:
        yield from _read(sheet, after, BATCH)
        return
    apart = multiprocessing.get_context("spawn")
    ahead: Queue[_Batch | SheetError | None] = apart.Queue(1)
    reader = apart.Process(target=_read_apart, args=(sheet, after, BATCH, ahead), daemon=True)
    reader.start()
    try:
        while (batch := _next(ahead, reader)) is not None:
            if isinstance(batch, SheetError):
                raise batch
            yield batch
    finally:
        reader.terminate()
        reader.join()


def _read_apart(sheet: Sheet, after: int, size: int, ahead: Queue[_Batch | SheetError | None]) -> None:
    """Put what `_read` yields into `ahead`, then None; an error of the file in their place."""
    try:
        for batch in _read(sheet, after, size):
            ahead.put(batch)
        ahead.put(None)
    except SheetError as error:
        ahead.put(error)


def _next(ahead: Queue[_Batch | SheetError | None], reader: BaseProcess) -> _Batch | SheetError | None:
    while True:
        try:
            return ahead.get(timeout=READER_LOOKED_AFTER)
        except Empty:
            if not reader.is_alive() and ahead.empty():
                raise SheetError("Tiến trình đọc tệp đã dừng giữa chừng. Chạy lại lệnh này: nhập tiếp từ chỗ đã xong.") from None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file at `path`, by which an import is known again."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


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
