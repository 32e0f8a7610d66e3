"""The questions' table, in SQLite or PostgreSQL. Nothing in it tells who asked: no session, no chat, no order within an hour."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot import database
from bot.questions.question import HOUR, KEPT_DAYS, Question

READ_AT_ONCE = 5_000  # rows
_tables = sa.MetaData()
_questions = sa.Table(
    "questions", _tables,
    sa.Column("id", sa.String(32), primary_key=True), sa.Column("hour", sa.BigInteger, nullable=False, index=True),
    sa.Column("channel", sa.String(16), nullable=False), sa.Column("text", sa.Text, nullable=False), sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("codes", sa.Text, nullable=False), sa.Column("confidence", sa.Float), sa.Column("aspects", sa.Text, nullable=False),
    sa.Column("duration", sa.Integer, nullable=False), sa.Column("tapped", sa.SmallInteger, nullable=False),
    sa.Column("settled", sa.SmallInteger, nullable=False), sa.Column("thumb", sa.String(4)), sa.Column("comment", sa.Text, nullable=False),
    sqlite_with_rowid=False,  # a row number would tell in which order questions came, and so which came together
)  # fmt: skip


@dataclass(frozen=True)
class Thumb:
    """What somebody thinks of the reply to the question `id`; the last word counts."""

    id: str
    thumb: str
    comment: str


class QuestionsFailed(Exception):
    """The questions cannot be read or written; the message is the kind of error."""


class QuestionStore:
    """The questions in the database at `url`. Its methods wait for the database, and raise QuestionsFailed when it does not do."""

    def __init__(self, url: str) -> None:
        self._engine = database.shared(url)
        self._made = False
        self._making = threading.Lock()
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete=ON"))

    def write(self, questions: Sequence[Question], settled: Sequence[str] = (), thumbs: Sequence[Thumb] = ()) -> None:
        """Keep `questions`, in no order; note which were `settled` and what was thought of replies. One transaction."""
        rows = [_row(question) for question in questions]
        random.shuffle(rows)
        with self._begin() as db:
            if rows:
                db.execute(sa.insert(_questions), rows)
            if settled:
                db.execute(sa.update(_questions).where(_questions.c.id.in_(settled)).values(settled=1))
            for thumb in thumbs:
                db.execute(sa.update(_questions).where(_questions.c.id == thumb.id).values(thumb=thumb.thumb, comment=thumb.comment))

    def forget(self, ids: Sequence[str]) -> None:
        """Delete the questions `ids`."""
        with self._begin() as db:
            db.execute(sa.delete(_questions).where(_questions.c.id.in_(ids)))

    def between(self, since: int, until: int) -> Iterator[Question]:
        """Yield the questions asked from `since` to before `until` (seconds since 1970), in no order."""
        wanted = sa.select(_questions).where(_questions.c.hour >= since, _questions.c.hour < until)
        with self._begin() as db:
            for part in db.execution_options(stream_results=True).execute(wanted).partitions(READ_AT_ONCE):
                yield from map(_question, part)

    def tidy(self, now: float | None = None) -> int:
        """Delete the questions older than `KEPT_DAYS` days; return how many."""
        oldest = (time.time() if now is None else now) - KEPT_DAYS * 24 * HOUR
        with self._begin() as db:
            return int(db.execute(sa.delete(_questions).where(_questions.c.hour < oldest)).rowcount)

    def close(self) -> None:
        """Close the database's connections."""
        self._engine.dispose()

    def _begin(self) -> _Transaction:
        return _Transaction(self)

    def make(self) -> None:
        """Make the table where there is none; raises what SQLAlchemy raises."""
        with self._making:
            if self._made:
                return
            try:
                _tables.create_all(self._engine)
            except SQLAlchemyError:
                _tables.create_all(self._engine)  # another process made it at the same moment
            self._made = True

    def connection(self) -> Any:
        """Return a transaction of the database."""
        return self._engine.begin()


class _Transaction:
    """One transaction whose errors are QuestionsFailed."""

    def __init__(self, store: QuestionStore) -> None:
        self._store = store

    def __enter__(self) -> sa.engine.Connection:
        try:
            self._store.make()
            self._inner = self._store.connection()
            entered: sa.engine.Connection = self._inner.__enter__()
            return entered
        except SQLAlchemyError as error:
            raise QuestionsFailed(type(error).__name__) from None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self._inner.__exit__(kind, error, trace)
        except SQLAlchemyError as failed:
            raise QuestionsFailed(type(failed).__name__) from None
        if isinstance(error, SQLAlchemyError):
            raise QuestionsFailed(type(error).__name__) from None


def _row(question: Question) -> dict[str, Any]:
    return {
        "id": question.id, "hour": question.hour, "channel": question.channel, "text": question.text.replace("\x00", ""), "kind": question.kind,
        "codes": json.dumps(question.codes), "confidence": question.confidence, "aspects": json.dumps(question.aspects),
        "duration": question.duration, "tapped": int(question.tapped), "settled": int(question.settled), "thumb": question.thumb,
        "comment": question.comment,
    }  # fmt: skip


def _question(row: Any) -> Question:
    return Question(
        row.id, row.hour, row.channel, row.text, row.kind, tuple(json.loads(row.codes)), row.confidence, tuple(json.loads(row.aspects)),
        row.duration, bool(row.tapped), bool(row.settled), row.thumb, row.comment,
    )  # fmt: skip
