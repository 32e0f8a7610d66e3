"""Notices of change: who wants to be told of which dossier, and what is still to be told. Kept in a database, so that both survive restarts.

A watch remembers the status last told. When a dossier is seen in another status, the watch moves on and a notice is written in the same
transaction: each change makes one notice, however many processes look. A notice is gone once it is handed over. Conversations are known
by the names the channels give them (no telephone, no account); watches of dossiers that stay silent are forgotten.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import database

T = TypeVar("T")
FORGOTTEN_AFTER = dt.timedelta(days=180)  # since the dossier last changed
MOST_WATCHED = 20  # dossiers a conversation may watch
LEASE = dt.timedelta(minutes=5)  # a notice that was being handed over when the process ended is handed over again after this
CLOSED = (3, 7, 8, 10)  # statuses after which nothing more comes: the watch ends with its last notice

_tables = sa.MetaData()
_watches = sa.Table(
    "watches", _tables,
    sa.Column("conversation", sa.String(128), primary_key=True),
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("status", sa.Integer),
    sa.Column("status_text", sa.Text, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
    sa.Column("looked", sa.DateTime, nullable=False),
)  # fmt: skip
_notices = sa.Table(
    "notices", _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(128), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("claimed", sa.DateTime),
)  # fmt: skip
_read_up_to = sa.Table(
    "read_up_to", _tables, sa.Column("place", sa.String(64), primary_key=True), sa.Column("change", sa.BigInteger, nullable=False)
)
_turns = sa.Table(
    "turns", _tables, sa.Column("place", sa.String(64), primary_key=True), sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("until", sa.DateTime, nullable=False),
)  # fmt: skip


class NoticesFailed(Exception):
    """The notices cannot be read or written; the message is the kind of error."""


@dataclass(frozen=True)
class Notice:
    """A change of the dossier `code` that `conversation` is still to be told."""

    id: int
    conversation: str
    code: str


class Notices:
    """The watches and notices in the database at `url`. Every method raises NoticesFailed when the database does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = database.shared(url)
        self._reading = database.engine(url, for_citizens=True)
        self._made = False
        self._insert: Any = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert

    async def watch(self, conversation: str, code: str, status: int | None, status_text: str) -> None:
        """Tell `conversation` from now on when `code` leaves this status; the oldest watch gives way when there are too many."""

        def put(db: Connection) -> None:
            row = {"conversation": conversation, "code": code, "status": status, "status_text": status_text}
            anew = {"status": status, "status_text": status_text, "changed": _now(), "looked": _now()}
            new = self._insert(_watches).values(**row, changed=_now(), looked=_now())
            db.execute(new.on_conflict_do_update(index_elements=["conversation", "code"], set_=anew))
            mine = _watches.c.conversation == conversation
            kept = db.execute(sa.select(_watches.c.code).where(mine).order_by(_watches.c.changed.desc())).scalars().all()
            db.execute(sa.delete(_watches).where(mine, _watches.c.code.in_(kept[MOST_WATCHED:])))

        await self._do(put)

    async def watched_by(self, conversation: str) -> Sequence[str]:
        """Return the codes that `conversation` watches, the oldest first."""
        wanted = sa.select(_watches.c.code).where(_watches.c.conversation == conversation).order_by(_watches.c.changed)
        return await self._do(lambda db: list(db.execute(wanted).scalars()))

    async def wanted(self, conversation: str) -> bool:
        """Tell whether `conversation` watches any dossier."""
        return bool(await self.watched_by(conversation))

    async def end(self, conversation: str) -> None:
        """Forget every watch and notice of `conversation`."""

        def forget(db: Connection) -> None:
            for table in (_watches, _notices):
                db.execute(sa.delete(table).where(table.c.conversation == conversation))

        await self._do(forget)

    async def to_look_at(self, most: int, since: dt.datetime) -> Sequence[str]:
        """Return up to `most` watched codes that were not looked at `since`, the longest ago first; each counts as looked at now."""

        def take(db: Connection) -> Sequence[str]:
            db.execute(sa.delete(_watches).where(_watches.c.changed < _now() - FORGOTTEN_AFTER))
            looked = sa.func.min(_watches.c.looked)
            wanted = sa.select(_watches.c.code).where(_watches.c.looked < since).group_by(_watches.c.code).order_by(looked).limit(most)
            codes = list(db.execute(wanted).scalars())
            db.execute(sa.update(_watches).where(_watches.c.code.in_(codes)).values(looked=_now()))
            return codes

        return await self._do(take)

    async def watched_of(self, codes: Collection[str]) -> Sequence[str]:
        """Return those of `codes` that somebody watches."""
        wanted = sa.select(_watches.c.code).distinct().where(_watches.c.code.in_(codes))
        return await self._do(lambda db: list(db.execute(wanted).scalars())) if codes else []

    async def read_up_to(self, place: str) -> int | None:
        """Return up to which change `place` was read, None when it never was."""
        wanted = sa.select(_read_up_to.c.change).where(_read_up_to.c.place == place)
        found: int | None = await self._do(lambda db: db.execute(wanted).scalar_one_or_none())
        return found

    async def note_read(self, place: str, change: int) -> None:
        """Remember up to which change `place` was read; who read less far does not undo it."""
        new = self._insert(_read_up_to).values(place=place, change=change)
        farther = new.on_conflict_do_update(index_elements=["place"], set_={"change": change}, where=_read_up_to.c.change < change)
        await self._do(lambda db: db.execute(farther))

    async def take_turn(self, place: str, holder: str, lasts: dt.timedelta) -> bool:
        """Tell whether `holder` is the one to look after `place` for the time `lasts`: nobody else was, or not any more."""
        until = _now() + lasts
        new = self._insert(_turns).values(place=place, holder=holder, until=until)
        free = sa.or_(_turns.c.holder == holder, _turns.c.until < _now())
        mine = new.on_conflict_do_update(index_elements=["place"], set_={"holder": holder, "until": until}, where=free)
        return bool(await self._do(lambda db: db.execute(mine).rowcount))

    async def end_turn(self, place: str, holder: str) -> None:
        """Let another look after `place` from now on, if it was `holder`."""
        await self._do(lambda db: db.execute(sa.delete(_turns).where(_turns.c.place == place, _turns.c.holder == holder)))

    async def seen(self, code: str, status: int | None, status_text: str) -> int:
        """Write a notice for every watch of `code` that knows another status; return how many."""

        def tell(db: Connection) -> int:
            same = sa.and_(
                _watches.c.status.is_(status) if status is None else _watches.c.status == status, _watches.c.status_text == status_text
            )
            others = db.execute(sa.select(_watches).where(_watches.c.code == code, sa.not_(sa.func.coalesce(same, False)))).mappings().all()
            return sum(_moved_on(db, watch, status, status_text) for watch in others)

        return await self._do(tell)

    async def claim(self, most: int, prefix: str) -> Sequence[Notice]:
        """Take up to `most` notices of conversations named with `prefix`; each is `done` or given `back`, else taken again after the lease."""

        def take(db: Connection) -> Sequence[Notice]:
            free = _free()
            found = db.execute(
                sa.select(_notices).where(free, _notices.c.conversation.startswith(prefix)).order_by(_notices.c.id).limit(most)
            )
            taken = []
            for row in found.mappings().all():
                mine = db.execute(sa.update(_notices).where(_notices.c.id == row["id"], free).values(claimed=_now()))
                if mine.rowcount:
                    taken.append(Notice(row["id"], row["conversation"], row["code"]))
            return taken

        return await self._do(take)

    async def done(self, notice: Notice) -> bool:
        """Forget a notice that was handed over; tells whether it was still there, so that of two who hand over one is right."""
        gone = await self._do(lambda db: db.execute(sa.delete(_notices).where(_notices.c.id == notice.id)).rowcount)
        return bool(gone)

    async def back(self, notice: Notice) -> None:
        """Give back a notice that could not be handed over now."""
        await self._do(lambda db: db.execute(sa.update(_notices).where(_notices.c.id == notice.id).values(claimed=None)))

    async def take_for(self, conversation: str) -> Sequence[str]:
        """Return the codes of the notices of `conversation`, who is here now, and forget them; those just being handed over are left out."""
        mine = sa.and_(_notices.c.conversation == conversation, _free())

        def any_there() -> bool:
            with self._reading.connect() as db:
                return db.execute(sa.select(_notices.c.id).where(mine).limit(1)).first() is not None

        def take(db: Connection) -> Sequence[str]:
            found = db.execute(sa.select(_notices.c.id, _notices.c.code).where(mine).order_by(_notices.c.id)).all()
            return [code for number, code in found if db.execute(sa.delete(_notices).where(_notices.c.id == number)).rowcount]

        # Asked at every message, and nearly always in vain: only who finds something becomes a writer, for whom others would wait.
        return await self._do(take) if await self._in_thread(any_there) else []

    async def tidy(self) -> int:
        """Forget watches whose dossier has not changed for `FORGOTTEN_AFTER`; return how many."""

        def delete(db: Connection) -> int:
            return int(db.execute(sa.delete(_watches).where(_watches.c.changed < _now() - FORGOTTEN_AFTER)).rowcount)

        return await self._do(delete)

    async def close(self) -> None:
        """Close the database's connections."""
        await asyncio.to_thread(self._engine.dispose)
        await asyncio.to_thread(self._reading.dispose)

    async def _do(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, in a thread."""

        def transaction() -> T:
            with self._engine.begin() as db:
                return work(db)

        return await self._in_thread(transaction)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Do `work` in a thread, the tables being there."""

        def run() -> T:
            try:
                self._make()
                return work()
            except SQLAlchemyError as error:
                raise NoticesFailed(type(error).__name__) from error

        return await asyncio.to_thread(run)

    def _make(self) -> None:
        if self._made:
            return
        try:
            database.upgrade(self._url, database.NOTICES)
        except SQLAlchemyError:
            database.upgrade(self._url, database.NOTICES)  # another process did so at the same moment, in SQLite
        self._made = True


def _free() -> Any:
    """Return the condition of a notice that nobody is handing over; one claimed in the future was so before the clock was put back."""
    return sa.or_(_notices.c.claimed.is_(None), _notices.c.claimed < _now() - LEASE, _notices.c.claimed > _now() + LEASE)


def _moved_on(db: Connection, watch: Any, status: int | None, status_text: str) -> bool:
    """Let `watch` know the new status and write its notice; False when another process has just done so."""
    mine = sa.and_(
        _watches.c.conversation == watch["conversation"], _watches.c.code == watch["code"], _watches.c.changed == watch["changed"]
    )
    if status in CLOSED:
        moved = db.execute(sa.delete(_watches).where(mine))
    else:
        moved = db.execute(sa.update(_watches).where(mine).values(status=status, status_text=status_text, changed=_now()))
    if moved.rowcount:
        db.execute(sa.insert(_notices).values(conversation=watch["conversation"], code=watch["code"]))
    return bool(moved.rowcount)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
