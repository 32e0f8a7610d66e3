"""What the web's side must not lose: what was said and replied in each session, so that an id is answered once and a page can catch up.

Kept as long as a session lasts, in SQLite or PostgreSQL. Texts are kept as Rasa may see them: without personal numbers and digits of proof.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot import database
from bot.channels.web.sessions import SESSION_LASTS

LEASE = 26.0  # seconds after which a question whose answering was cut off may be answered anew; longer than an answer may take
MOST_REPLAYED = 50
T = TypeVar("T")
_tables = sa.MetaData()
_messages = sa.Table(
    "web_messages", _tables,
    sa.Column("sender", sa.String(64), primary_key=True), sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(64)), sa.Column("said", sa.Text), sa.Column("reply", sa.Text), sa.Column("at", sa.Float, nullable=False, index=True),
    sa.UniqueConstraint("sender", "id"),
)  # fmt: skip
_gone = sa.Table(
    "web_gone", _tables, sa.Column("sender", sa.String(64), primary_key=True), sa.Column("at", sa.Float, nullable=False, index=True)
)
_feedback = sa.Table(
    "web_feedback", _tables,
    sa.Column("sender", sa.String(64), primary_key=True), sa.Column("seq", sa.Integer, primary_key=True), sa.Column("thumb", sa.String(4), nullable=False),
    sa.Column("comment", sa.Text, nullable=False), sa.Column("at", sa.Float, nullable=False, index=True),
)  # fmt: skip
# Which kept question (bot/questions) a message was: forgotten with the session, after which nothing leads from one to the other.
_questions = sa.Table(
    "web_questions", _tables,
    sa.Column("sender", sa.String(64), primary_key=True), sa.Column("seq", sa.Integer, primary_key=True), sa.Column("question", sa.String(32), nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)  # fmt: skip
_OF_A_SESSION = (_messages, _feedback, _gone, _questions)


@dataclass(frozen=True)
class Message:
    """One turn of a session: `said` is None for what came unasked, `reply` for what is still being answered."""

    seq: int
    id: str | None
    said: str | None
    reply: dict[str, Any] | None
    mine: bool = False  # it is now for whoever asked to answer it


class WebStore:
    """The sessions' messages in the database at `url`. Every method raises what SQLAlchemy raises when the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._engine = database.shared(url)
        self._made = False

    async def begin(self, sender: str, ident: str, said: str) -> Message:
        """Note that `sender` says something under `ident`; return its message: new (`mine`), answered, or being answered by someone else."""

        def put(db: Connection) -> Message:
            found = db.execute(sa.select(_messages).where(_messages.c.sender == sender, _messages.c.id == ident)).mappings().first()
            now = time.time()
            if found is None:
                seq = 1 + (db.execute(sa.select(sa.func.max(_messages.c.seq)).where(_messages.c.sender == sender)).scalar() or 0)
                db.execute(sa.insert(_messages).values(sender=sender, seq=seq, id=ident, said=said, reply=None, at=now))
                return Message(seq, ident, said, None, mine=True)
            # One from the future was begun before the clock was put back: how long ago, nobody knows.
            if found["reply"] is None and abs(now - found["at"]) > LEASE:
                taken = _messages.c.at == found["at"]
                mine = db.execute(sa.update(_messages).where(_messages.c.sender == sender, _messages.c.id == ident, taken).values(at=now))
                return Message(found["seq"], ident, said, None, mine=bool(mine.rowcount))
            return _message(found)

        try:
            return await self._do(put)
        except IntegrityError:  # the same id, or another message of the session, came at the same moment elsewhere
            return await self._do(put)

    async def answered(self, sender: str, seq: int, reply: dict[str, Any], question: str | None = None) -> None:
        """Keep the reply to the message `seq`, and under which id it is kept as a `question`."""
        body = json.dumps(reply, ensure_ascii=False)

        def put(db: Connection) -> None:
            kept = db.execute(sa.update(_messages).where(_messages.c.sender == sender, _messages.c.seq == seq).values(reply=body))
            if question and kept.rowcount:
                db.execute(sa.delete(_questions).where(_questions.c.sender == sender, _questions.c.seq == seq))
                db.execute(sa.insert(_questions).values(sender=sender, seq=seq, question=question, at=time.time()))

        await self._do(put)

    async def questions(self, sender: str, seq: int | None = None) -> Sequence[str]:
        """Return under which ids what `sender` asked is kept: of the message `seq`, or of the whole session."""
        mine = _questions.c.sender == sender
        wanted = sa.select(_questions.c.question).where(mine if seq is None else sa.and_(mine, _questions.c.seq == seq))
        return await self._do(lambda db: list(db.execute(wanted).scalars()))

    async def unanswered(self, sender: str, seq: int) -> None:
        """Forget the message `seq`, which could not be answered: said again, it is asked again."""
        await self._do(lambda db: db.execute(sa.delete(_messages).where(_messages.c.sender == sender, _messages.c.seq == seq)))

    async def tell(self, sender: str, key: str, reply: dict[str, Any]) -> None:
        """Leave something unasked for `sender`, once for each `key`."""

        def put(db: Connection) -> None:
            mine = _messages.c.sender == sender
            if db.execute(sa.select(_messages.c.seq).where(mine, _messages.c.id == key)).first():
                return
            seq = 1 + (db.execute(sa.select(sa.func.max(_messages.c.seq)).where(mine)).scalar() or 0)
            body = json.dumps(reply, ensure_ascii=False)
            db.execute(sa.insert(_messages).values(sender=sender, seq=seq, id=key, said=None, reply=body, at=time.time()))

        await self._do(put)

    async def after(self, sender: str, seq: int, *, unasked: bool = False) -> Sequence[Message]:
        """Return what was answered in the session of `sender` after `seq`, the last `MOST_REPLAYED` at most; `unasked`: what came so alone."""
        mine = sa.and_(_messages.c.sender == sender, _messages.c.seq > seq, _messages.c.reply.is_not(None))
        wanted = sa.and_(mine, _messages.c.said.is_(None)) if unasked else mine
        query = sa.select(_messages).where(wanted).order_by(_messages.c.seq.desc()).limit(MOST_REPLAYED)
        return await self._do(lambda db: [_message(row) for row in reversed(db.execute(query).mappings().all())])

    async def known(self, sender: str) -> bool:
        """Tell whether the session of `sender` said anything that is still kept."""
        query = sa.select(_messages.c.seq).where(_messages.c.sender == sender).limit(1)
        return await self._do(lambda db: db.execute(query).first() is not None)

    async def is_gone(self, sender: str) -> bool:
        """Tell whether the session of `sender` was deleted."""
        query = sa.select(_gone.c.sender).where(_gone.c.sender == sender)
        return await self._do(lambda db: db.execute(query).first() is not None)

    async def note_feedback(self, sender: str, seq: int, thumb: str, comment: str) -> bool:
        """Keep what `sender` thinks of the reply `seq`, the last word counting; tells whether there is such a reply."""

        def put(db: Connection) -> bool:
            if not db.execute(sa.select(_messages.c.seq).where(_messages.c.sender == sender, _messages.c.seq == seq)).first():
                return False
            db.execute(sa.delete(_feedback).where(_feedback.c.sender == sender, _feedback.c.seq == seq))
            db.execute(sa.insert(_feedback).values(sender=sender, seq=seq, thumb=thumb, comment=comment, at=time.time()))
            return True

        return await self._do(put)

    async def forget(self, sender: str) -> None:
        """Delete all of the session of `sender`, and remember only that it is over."""

        def delete(db: Connection) -> None:
            for table in _OF_A_SESSION:
                db.execute(sa.delete(table).where(table.c.sender == sender))
            db.execute(sa.insert(_gone).values(sender=sender, at=time.time()))

        await self._do(delete)

    async def tidy(self) -> None:
        """Delete what belongs to sessions that are too old to go on."""

        def delete(db: Connection) -> None:
            for table in _OF_A_SESSION:
                db.execute(sa.delete(table).where(table.c.at < time.time() - SESSION_LASTS))

        await self._do(delete)

    async def close(self) -> None:
        """Close the database's connections."""
        await asyncio.to_thread(self._engine.dispose)

    async def _do(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, in a thread."""

        def run() -> T:
            if not self._made:
                with self._engine.begin() as db:
                    _tables.create_all(db)
                self._made = True
            with self._engine.begin() as db:
                return work(db)

        return await asyncio.to_thread(run)


def _message(row: Any) -> Message:
    return Message(row["seq"], row["id"], row["said"], json.loads(row["reply"]) if row["reply"] else None)
