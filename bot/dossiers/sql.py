"""Dossiers kept in our own database, SQLite or PostgreSQL, behind the gateway's face."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

from bot import database
from bot.dossiers.gateway import Unreachable, refusal
from bot.dossiers.model import Dossier
from bot.dossiers.proofs import proves
from bot.dossiers.record import from_row
from bot.dossiers.tables import changes, dossiers

T = TypeVar("T")
_DOSSIER = sa.select(dossiers).where(dossiers.c.code == sa.bindparam("code"))
_CHANGES = sa.select(changes).where(changes.c.code == sa.bindparam("code")).order_by(changes.c.id)

_CHANGED_AFTER = sa.select(changes.c.id, changes.c.code).where(changes.c.id > sa.bindparam("last")).order_by(changes.c.id)
_LAST_CHANGE = sa.select(sa.func.coalesce(sa.func.max(changes.c.id), 0))


class SqlGateway:
    """Looks dossiers up in the database at `url`; `key` is that of the proofs. Statements run in threads, as many as there are connections."""

    def __init__(self, url: str, key: bytes) -> None:
        self._engine = database.engine(url, for_citizens=True)
        self._key = key
        self._threads = ThreadPoolExecutor(database.POOL, thread_name_prefix="dossiers")

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        """See DossierGateway: every refusal comes at the same moment after the question."""
        asked_at = time.perf_counter()
        found = await self._in_thread(lambda: self._look_up(code, digits))
        if found is None:
            await refusal(asked_at)
        return found

    async def fetch(self, code: str) -> Dossier | None:
        """See DossierGateway."""
        return await self._in_thread(lambda: self._fetch(code))

    async def changed_after(self, last: int, most: int) -> tuple[int, frozenset[str]]:
        """Return up to which change it was read, beginning after change `last` and reading at most `most`, and the codes changed. Raises Unreachable."""
        found = await self._in_thread(lambda: self._changed_after(last, most))
        return (found[-1][0] if found else last), frozenset(code for _, code in found)

    async def last_change(self) -> int:
        """Return the number of the latest change, 0 when there is none; raises Unreachable."""
        return await self._in_thread(self._last_change)

    async def close(self) -> None:
        """See DossierGateway."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except sa.exc.SQLAlchemyError as error:  # its text may hold the parameters of the statement
            raise Unreachable(f"dossiers' database: {type(error).__name__}") from None

    def _look_up(self, code: str, digits: str) -> Dossier | None:
        with self._engine.connect() as connection:
            row = _row(connection, code)
            kept = (row["phone_proof"], row["id_proof"]) if row else (None, None)
            return _dossier(connection, row) if proves(self._key, code, digits, *kept) and row else None

    def _fetch(self, code: str) -> Dossier | None:
        with self._engine.connect() as connection:
            row = _row(connection, code)
            return _dossier(connection, row) if row else None

    def _changed_after(self, last: int, most: int) -> list[tuple[int, str]]:
        with self._engine.connect() as connection:
            return [(row.id, row.code) for row in connection.execute(_CHANGED_AFTER.limit(most), {"last": last})]

    def _last_change(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(_LAST_CHANGE).scalar_one())


def _row(connection: sa.engine.Connection, code: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = connection.execute(_DOSSIER, {"code": code}).mappings().one_or_none()
    return found


def _dossier(connection: sa.engine.Connection, row: Mapping[str, Any]) -> Dossier:
    return from_row(row, connection.execute(_CHANGES, {"code": row["code"]}).mappings())
