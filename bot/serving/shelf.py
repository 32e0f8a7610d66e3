"""Shelves: where the last turns of conversations lie for half an hour, in this process or in a database for several Rasa servers together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from cachetools import TTLCache
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import database

FORGOTTEN_AFTER = 35 * 60  # seconds; a little longer than the session of domain.yml
MOST_CONVERSATIONS = 50_000  # in one process
TIDIED_EVERY = 60.0  # seconds
REACHED_WITHIN = 1.5  # seconds a turn waits for the database, reading and again writing; then it goes on without
T = TypeVar("T")
log = logging.getLogger(__name__)
_tables = sa.MetaData()
_conversations = sa.Table(
    "conversations", _tables,
    sa.Column("sender", sa.String(128), primary_key=True), sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)  # fmt: skip


class Shelf(Protocol):
    """Keeps one text a conversation."""

    async def get(self, sender: str) -> str | None:
        """Return what is kept of `sender`."""

    async def put(self, sender: str, body: str) -> None:
        """Keep `body` in place of what was kept of `sender`."""

    async def remove(self, sender: str) -> None:
        """Delete what is kept of `sender`."""


class ShelfHere:
    """Keeps in this process."""

    def __init__(self) -> None:
        self.kept: TTLCache[str, str] = TTLCache(MOST_CONVERSATIONS, FORGOTTEN_AFTER)

    async def get(self, sender: str) -> str | None:
        """See `Shelf`."""
        return self.kept.get(sender)

    async def put(self, sender: str, body: str) -> None:
        """See `Shelf`."""
        self.kept[sender] = body

    async def remove(self, sender: str) -> None:
        """See `Shelf`."""
        self.kept.pop(sender, None)


class ShelfInDatabase:
    """Keeps in the database at `url`. While that cannot be reached conversations go on from what this process has heard of them since."""

    def __init__(self, url: str) -> None:
        self._engine = database.shared(url)
        self._meanwhile = ShelfHere()
        self._insert: Any = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        self._made = False
        self._tidied = 0.0

    async def get(self, sender: str) -> str | None:
        """See `Shelf`."""
        wanted = sa.select(_conversations.c.body).where(
            _conversations.c.sender == sender, _conversations.c.at > time.time() - FORGOTTEN_AFTER
        )
        meanwhile = await self._meanwhile.get(sender)
        if meanwhile is not None:
            return meanwhile
        try:
            return await asyncio.wait_for(self._do(lambda db: db.execute(wanted).scalar_one_or_none()), REACHED_WITHIN)
        except (SQLAlchemyError, asyncio.TimeoutError) as error:
            log.error("conversations: not read: %s", type(error).__name__)
            return None

    async def put(self, sender: str, body: str) -> None:
        """See `Shelf`."""
        now = time.time()
        new = self._insert(_conversations).values(sender=sender, body=body, at=now)
        anew = new.on_conflict_do_update(index_elements=["sender"], set_={"body": body, "at": now})

        def write(db: Connection) -> None:
            db.execute(anew)
            if now - self._tidied > TIDIED_EVERY:
                db.execute(sa.delete(_conversations).where(_conversations.c.at < now - FORGOTTEN_AFTER))
                self._tidied = now

        try:
            await asyncio.wait_for(self._do(write), REACHED_WITHIN)
            await self._meanwhile.remove(sender)
        except (SQLAlchemyError, asyncio.TimeoutError) as error:
            log.error("conversations: not written: %s", type(error).__name__)
            await self._meanwhile.put(sender, body)

    async def remove(self, sender: str) -> None:
        """See `Shelf`. Raises what SQLAlchemy raises: who wants to be forgotten is not told that all is well when it is not."""
        await self._meanwhile.remove(sender)
        await self._do(lambda db: db.execute(sa.delete(_conversations).where(_conversations.c.sender == sender)))

    async def _do(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, in a thread."""

        def run() -> T:
            if not self._made:
                _tables.create_all(self._engine)
                self._made = True
            with self._engine.begin() as db:
                return work(db)

        return await asyncio.to_thread(run)


def shelf(url: str | None) -> Shelf:
    """Return the shelf in the database at `url`, or here where there is none."""
    return ShelfInDatabase(url) if url else ShelfHere()
