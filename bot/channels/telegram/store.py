"""What Telegram's side of the assistant must not lose when its process ends: updates seen, questions not answered yet, letters not sent yet, buttons.

One database, held by one process at a time: a SQLite file in write-ahead mode, or the schema `telegram` of a PostgreSQL that several machines reach. The one
connection that everything is written through also holds the lock that makes its process the bot: whoever loses it can write no more, and so send no more.
In SQLite a write is in the file's log when the call returns, so killing the process loses nothing; a power cut may lose the last moments
(synchronous=NORMAL), never the file. Calls take a millisecond or less and are made from the event loop. Chats stand in it under a keyed hash, bodies are
sealed, and what is deleted from a file is overwritten.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import database
from bot.channels.telegram.keyboards import Keyboard
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.seal import Seal, Unsealed

SEEN_FOR = 3 * 24 * 3600.0  # seconds an update id is remembered; Telegram keeps what it could not deliver for 24 hours
KEYBOARDS_FOR = 7 * 24 * 3600.0  # seconds the buttons of a message work
UNITS_FOR = 30 * 24 * 3600.0  # seconds the ward of a link is remembered
NOTICES_FOR = 30 * 24 * 3600.0  # seconds it is remembered that a notice was sent
LAST_UPDATES = 200  # ids looked at for gaps after a start: more than Telegram delivers at once
SCHEMA = "telegram"  # of PostgreSQL; a file is ours alone and needs none

log = logging.getLogger(__name__)
_LOCK = 0x74746762  # the advisory lock of PostgreSQL that makes a process the bot
_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_tables = sa.MetaData()
for _name, *_columns in (
    ("updates", sa.Column("id", _Number, primary_key=True, autoincrement=False), sa.Column("at", sa.Float, nullable=False)),
    (
        "inbox", sa.Column("id", _Number, primary_key=True, autoincrement=False), sa.Column("chat", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False), sa.Column("told", sa.Integer, nullable=False, server_default="0"),
    ),
    (
        "outbox", sa.Column("number", _Number, primary_key=True), sa.Column("chat", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False), sa.Column("after", _Number),
    ),
    (
        "keyboards", sa.Column("id", sa.Text, primary_key=True), sa.Column("chat", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False), sa.Column("at", sa.Float, nullable=False), sa.Index("keyboards_by_chat", "chat"),
    ),
    (
        "units", sa.Column("chat", sa.Text, primary_key=True), sa.Column("unit", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    ),
    ("addresses", sa.Column("chat", sa.Text, primary_key=True), sa.Column("body", sa.LargeBinary, nullable=False)),
    (
        "notices", sa.Column("key", sa.Text, primary_key=True), sa.Column("chat", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    ),
):  # fmt: skip
    sa.Table(_name, _tables, *_columns, sqlite_autoincrement=_name == "outbox")
_OF_A_CHAT = ("inbox", "outbox", "keyboards", "units", "addresses", "notices")  # tables whose rows belong to a chat


class NotHeld(Exception):
    """This process does not hold the store, or has just lost it: another is the bot, or nobody until the database is back."""


@dataclass(frozen=True)
class Waiting:
    """An update that was taken and is not answered yet; `told`: its citizen knows that the answer will take a while."""

    id: int
    chat: str
    update: dict[str, Any]
    told: bool


class Store(Protocol):
    """What a store keeps. Chats are names made by `Seal.chat`; times are seconds since the epoch. What keeps or returns something raises NotHeld."""

    def hold(self) -> bool:
        """Try to become the one that holds the store, and return whether this process is. May wait for the database: for a thread."""

    def held(self) -> bool:
        """Return whether this process still holds the store; asks the database."""

    def take(self, update_id: int, chat: str | None, update: dict[str, Any] | None) -> bool:
        """Keep an update until it is answered (one without a body is only remembered); return False when it was taken before."""

    def told(self, update_id: int, letters: Sequence[Letter], chat: str) -> list[Letter]:
        """Remember that the citizen was told to wait, in `letters`; return these with their numbers."""

    def answered(self, update_id: int, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard]) -> list[Letter]:
        """Forget the update, keep the letters that answer it until they are sent, and their keyboards; return the letters with their numbers."""

    def post(self, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard], key: str) -> list[Letter]:
        """Keep letters nobody asked for; return them with their numbers, or nothing when `key` was posted before."""

    def unpost(self, key: str) -> None:
        """Forget that `key` was posted: it did not arrive."""

    def sending(self, number: int, after: int) -> None:
        """Remember that sending a letter begins, `after` being the highest message id known."""

    def sent(self, number: int) -> None:
        """Forget a letter: it was sent, or never can be."""

    def unfinished(self) -> tuple[list[tuple[str, Letter]], list[Waiting]]:
        """Return the letters not sent, each with its chat, and the updates not answered, in order."""

    def last_updates(self) -> list[int]:
        """Return the highest update ids seen, some hundred of them."""

    def keyboard(self, chat: str, id_: str) -> Keyboard | None:
        """Return a keyboard of `chat`, or None when it has expired or is another's."""

    def keep_keyboard(self, chat: str, keyboard: Keyboard) -> None:
        """Keep `keyboard` in place of the one with its id."""

    def unit(self, chat: str) -> str | None:
        """Return the key of the ward that a link named."""

    def keep_unit(self, chat: str, unit: str | None) -> None:
        """Keep the ward that a link named, or forget it."""

    def address(self, chat: str) -> int | None:
        """Return the id of a chat that wants notices."""

    def keep_address(self, chat: str, chat_id: int | None) -> None:
        """Keep the id of a chat that wants notices, or forget it."""

    def addressed(self) -> list[str]:
        """Return the chats whose ids are kept."""

    def forget(self, chat: str) -> None:
        """Delete everything held of `chat`; what is left of it in the file is overwritten."""

    def expire(self) -> None:
        """Delete what is too old."""

    def close(self) -> None:
        """Let go of the store and close it."""


class SqlStore:
    """The store in the database at `url`, a SQLite file or PostgreSQL, sealed by `seal`; see `Store`."""

    def __init__(self, url: str, seal: Seal) -> None:
        self._seal = seal
        self._engine = database.alone(url, SCHEMA)
        self._base: Connection | None = None
        self._told = False  # that the database cannot be used, in the log: once until it can

    def hold(self) -> bool:
        """See `Store`."""
        if self._base is not None:
            return True
        try:
            base = self._engine.connect()
        except SQLAlchemyError as error:
            return self._not_held(error)
        try:
            if base.dialect.name == "postgresql":
                mine = bool(base.execute(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar())
                base.commit()  # the lock is the session's, and stays
                if not mine:
                    base.close()
                    return False
                with base.begin():
                    base.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            with base.begin():
                _tables.create_all(base)
            self._base = base
            self.expire()
        except (SQLAlchemyError, NotHeld) as error:
            self._base = None
            with contextlib.suppress(SQLAlchemyError):
                base.close()
            return self._not_held(error)
        self._told = False
        return True

    def _not_held(self, error: Exception) -> bool:
        if not self._told:
            log.warning("telegram: the store cannot be held: %s", type(error).__name__)
        self._told = True
        return False

    def held(self) -> bool:
        """See `Store`."""
        with contextlib.suppress(NotHeld), self._all_or_nothing() as base:
            base.execute(sa.text("SELECT 1"))
        return self._base is not None

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[Connection]:
        """One transaction. When it fails for the database's sake the store is let go: whoever holds it next takes up what it says."""
        base = self._base
        if base is None:
            raise NotHeld
        try:
            with base.begin():
                yield base
        except SQLAlchemyError as error:
            log.error("telegram: the store is let go: %s", type(error).__name__)
            self._let_go()
            raise NotHeld from error

    def _let_go(self) -> None:
        """End the connection, and with it the lock: SQLAlchemy would else connect again, without the lock."""
        base, self._base = self._base, None
        if base is not None:
            with contextlib.suppress(SQLAlchemyError):
                base.close()

    def _do(self, statement: str, **values: Any) -> None:
        with self._all_or_nothing() as base:
            _rows(base, statement, **values)

    def _all(self, statement: str, **values: Any) -> list[Any]:
        with self._all_or_nothing() as base:
            return list(base.execute(sa.text(statement), values))

    def take(self, update_id: int, chat: str | None, update: dict[str, Any] | None) -> bool:
        """See `Store`."""
        with self._all_or_nothing() as base:
            new = _rows(base, "INSERT INTO updates (id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING", id=update_id, at=time.time()) == 1
            if new and chat is not None and update is not None:
                body = self._seal.close(update)
                _rows(base, "INSERT INTO inbox (id, chat, body) VALUES (:id, :chat, :body)", id=update_id, chat=chat, body=body)
        return new

    def told(self, update_id: int, letters: Sequence[Letter], chat: str) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            _rows(base, "UPDATE inbox SET told = 1 WHERE id = :id", id=update_id)
            return self._keep(base, chat, letters, ())

    def answered(self, update_id: int, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard]) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            _rows(base, "DELETE FROM inbox WHERE id = :id", id=update_id)
            return self._keep(base, chat, letters, keyboards)

    def post(self, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard], key: str) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            once = "INSERT INTO notices (key, chat, at) VALUES (:key, :chat, :at) ON CONFLICT DO NOTHING"
            if _rows(base, once, key=self._seal.digest(key), chat=chat, at=time.time()) == 0:
                return []
            return self._keep(base, chat, letters, keyboards)

    def _keep(self, base: Connection, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard]) -> list[Letter]:
        for keyboard in keyboards:
            self._keep_keyboard(base, chat, keyboard)
        numbered = []
        for letter in letters:
            row = {"chat": chat, "body": self._seal.close(letter.to_plain())}
            number = base.execute(sa.text("INSERT INTO outbox (chat, body) VALUES (:chat, :body) RETURNING number"), row).scalar_one()
            numbered.append(replace(letter, number=number))
        return numbered

    def unpost(self, key: str) -> None:
        """See `Store`."""
        self._do("DELETE FROM notices WHERE key = :key", key=self._seal.digest(key))

    def sending(self, number: int, after: int) -> None:
        """See `Store`."""
        self._do("UPDATE outbox SET after = :after WHERE number = :number", after=after, number=number)

    def sent(self, number: int) -> None:
        """See `Store`."""
        self._do("DELETE FROM outbox WHERE number = :number", number=number)

    def unfinished(self) -> tuple[list[tuple[str, Letter]], list[Waiting]]:
        """See `Store`. Bodies sealed with another secret are deleted: nobody can open them any more."""
        letters, waiting = [], []
        for number, chat, body, after in self._all("SELECT number, chat, body, after FROM outbox ORDER BY number"):
            try:
                letters.append((chat, Letter.from_plain(self._seal.open(bytes(body)), number, after)))
            except (Unsealed, KeyError, TypeError):
                self._do("DELETE FROM outbox WHERE number = :number", number=number)
        for id_, chat, body, told in self._all("SELECT id, chat, body, told FROM inbox ORDER BY id"):
            try:
                waiting.append(Waiting(id_, chat, self._seal.open(bytes(body)), bool(told)))
            except Unsealed:
                self._do("DELETE FROM inbox WHERE id = :id", id=id_)
        return letters, waiting

    def last_updates(self) -> list[int]:
        """See `Store`."""
        return [row[0] for row in self._all("SELECT id FROM updates ORDER BY id DESC LIMIT :most", most=LAST_UPDATES)]

    def keyboard(self, chat: str, id_: str) -> Keyboard | None:
        """See `Store`."""
        rows = self._all("SELECT body FROM keyboards WHERE id = :id AND chat = :chat", id=id_, chat=chat)
        try:
            return Keyboard.from_plain(self._seal.open(bytes(rows[0][0]))) if rows else None
        except (Unsealed, KeyError, TypeError):
            return None

    def keep_keyboard(self, chat: str, keyboard: Keyboard) -> None:
        """See `Store`."""
        with self._all_or_nothing() as base:
            self._keep_keyboard(base, chat, keyboard)

    def _keep_keyboard(self, base: Connection, chat: str, keyboard: Keyboard) -> None:
        statement = (
            "INSERT INTO keyboards (id, chat, body, at) VALUES (:id, :chat, :body, :at)"
            " ON CONFLICT (id) DO UPDATE SET chat = excluded.chat, body = excluded.body, at = excluded.at"
        )
        _rows(base, statement, id=keyboard.id, chat=chat, body=self._seal.close(keyboard.to_plain()), at=time.time())

    def unit(self, chat: str) -> str | None:
        """See `Store`."""
        rows = self._all("SELECT unit FROM units WHERE chat = :chat", chat=chat)
        return rows[0][0] if rows else None

    def keep_unit(self, chat: str, unit: str | None) -> None:
        """See `Store`."""
        if unit is None:
            self._do("DELETE FROM units WHERE chat = :chat", chat=chat)
        else:
            statement = (
                "INSERT INTO units (chat, unit, at) VALUES (:chat, :unit, :at)"
                " ON CONFLICT (chat) DO UPDATE SET unit = excluded.unit, at = excluded.at"
            )
            self._do(statement, chat=chat, unit=unit, at=time.time())

    def address(self, chat: str) -> int | None:
        """See `Store`."""
        rows = self._all("SELECT body FROM addresses WHERE chat = :chat", chat=chat)
        try:
            return int(self._seal.open(bytes(rows[0][0]))) if rows else None
        except Unsealed:
            return None

    def keep_address(self, chat: str, chat_id: int | None) -> None:
        """See `Store`."""
        if chat_id is None:
            self._do("DELETE FROM addresses WHERE chat = :chat", chat=chat)
        elif self.address(chat) is None:
            statement = "INSERT INTO addresses (chat, body) VALUES (:chat, :body) ON CONFLICT (chat) DO UPDATE SET body = excluded.body"
            self._do(statement, chat=chat, body=self._seal.close(chat_id))

    def addressed(self) -> list[str]:
        """See `Store`."""
        return [row[0] for row in self._all("SELECT chat FROM addresses")]

    def forget(self, chat: str) -> None:
        """See `Store`. A file's write-ahead log, which still holds what was written before, is emptied."""
        with self._all_or_nothing() as base:
            for table in _OF_A_CHAT:
                _rows(base, f"DELETE FROM {table} WHERE chat = :chat", chat=chat)  # noqa: S608 - a name of our own
        if self._base is not None and self._base.dialect.name == "sqlite":
            self._base.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # outside of any transaction

    def expire(self) -> None:
        """See `Store`."""
        now = time.time()
        with self._all_or_nothing() as base:
            for table, kept_for in (("updates", SEEN_FOR), ("keyboards", KEYBOARDS_FOR), ("units", UNITS_FOR), ("notices", NOTICES_FOR)):
                _rows(base, f"DELETE FROM {table} WHERE at < :since", since=now - kept_for)  # noqa: S608 - a name of our own

    def close(self) -> None:
        """See `Store`."""
        self._let_go()
        self._engine.dispose()


def _rows(base: Connection, statement: str, **values: Any) -> int:
    """Execute `statement` in the transaction of `base`; return how many rows it concerned."""
    return int(base.execute(sa.text(statement), values).rowcount)
