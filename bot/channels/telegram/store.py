"""What Telegram's side of the assistant must not lose when its process ends: updates seen, questions not answered yet, letters not sent yet, buttons.

One SQLite file in write-ahead mode. A write is in the file's log when the call returns, so killing the process loses nothing; a power cut may lose the
last moments (synchronous=NORMAL), never the file. Calls take well under a millisecond and are made from the event loop. Chats stand in it under a keyed
hash, bodies are sealed, and what is deleted is overwritten.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from bot.channels.telegram.keyboards import Keyboard
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.seal import Seal, Unsealed

SEEN_FOR = 3 * 24 * 3600.0  # seconds an update id is remembered; Telegram keeps what it could not deliver for 24 hours
KEYBOARDS_FOR = 7 * 24 * 3600.0  # seconds the buttons of a message work
UNITS_FOR = 30 * 24 * 3600.0  # seconds the ward of a link is remembered
NOTICES_FOR = 30 * 24 * 3600.0  # seconds it is remembered that a notice was sent
LOG_PAGES = 4000  # pages of 4 KiB that the write-ahead log grows to before it is carried over, which waits for the disk
LAST_UPDATES = 200  # ids looked at for gaps after a start: more than Telegram delivers at once
WAIT_FOR_LOCK = 20.0  # seconds, for another process to end

_TABLES = """
CREATE TABLE IF NOT EXISTS updates (id INTEGER PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY, chat TEXT NOT NULL, body BLOB NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, body BLOB NOT NULL, after INTEGER);
CREATE TABLE IF NOT EXISTS keyboards (id TEXT PRIMARY KEY, chat TEXT NOT NULL, body BLOB NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS units (chat TEXT PRIMARY KEY, unit TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS addresses (chat TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notices (key TEXT PRIMARY KEY, chat TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keyboards_by_chat ON keyboards (chat);
"""
_OF_A_CHAT = ("inbox", "outbox", "keyboards", "units", "addresses", "notices")  # tables whose rows belong to a chat


@dataclass(frozen=True)
class Waiting:
    """An update that was taken and is not answered yet; `told`: its citizen knows that the answer will take a while."""

    id: int
    chat: str
    update: dict[str, Any]
    told: bool


class Store(Protocol):
    """What a store keeps. Chats are names made by `Seal.chat`; times are seconds since the epoch."""

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
        """Close the store."""


class SqliteStore:
    """The store in one SQLite file; see `Store`."""

    def __init__(self, path: Path, seal: Seal) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._seal = seal
        # Opened where the application is made, used in its event loop alone, which may run in another thread.
        self._base = sqlite3.connect(path, timeout=WAIT_FOR_LOCK, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        self._base.execute("PRAGMA locking_mode = EXCLUSIVE")  # one process answers; a second would break the order
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.execute("PRAGMA secure_delete = ON")
        self._base.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        self._base.executescript(_TABLES)
        self.expire()

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[sqlite3.Connection]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield self._base
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def take(self, update_id: int, chat: str | None, update: dict[str, Any] | None) -> bool:
        """See `Store`."""
        with self._all_or_nothing() as base:
            new = base.execute("INSERT OR IGNORE INTO updates VALUES (?, ?)", (update_id, time.time())).rowcount == 1
            if new and chat is not None and update is not None:
                base.execute("INSERT INTO inbox (id, chat, body) VALUES (?, ?, ?)", (update_id, chat, self._seal.close(update)))
        return new

    def told(self, update_id: int, letters: Sequence[Letter], chat: str) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            base.execute("UPDATE inbox SET told = 1 WHERE id = ?", (update_id,))
            return self._keep(base, chat, letters, ())

    def answered(self, update_id: int, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard]) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            base.execute("DELETE FROM inbox WHERE id = ?", (update_id,))
            return self._keep(base, chat, letters, keyboards)

    def post(self, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard], key: str) -> list[Letter]:
        """See `Store`."""
        with self._all_or_nothing() as base:
            row = (self._seal.digest(key), chat, time.time())
            if base.execute("INSERT OR IGNORE INTO notices VALUES (?, ?, ?)", row).rowcount == 0:
                return []
            return self._keep(base, chat, letters, keyboards)

    def _keep(self, base: sqlite3.Connection, chat: str, letters: Sequence[Letter], keyboards: Iterable[Keyboard]) -> list[Letter]:
        for keyboard in keyboards:
            self._keep_keyboard(base, chat, keyboard)
        numbered = []
        for letter in letters:
            row = (chat, self._seal.close(letter.to_plain()))
            number = base.execute("INSERT INTO outbox (chat, body) VALUES (?, ?)", row).lastrowid
            numbered.append(replace(letter, number=number or 0))
        return numbered

    def unpost(self, key: str) -> None:
        """See `Store`."""
        self._base.execute("DELETE FROM notices WHERE key = ?", (self._seal.digest(key),))

    def sending(self, number: int, after: int) -> None:
        """See `Store`."""
        self._base.execute("UPDATE outbox SET after = ? WHERE number = ?", (after, number))

    def sent(self, number: int) -> None:
        """See `Store`."""
        self._base.execute("DELETE FROM outbox WHERE number = ?", (number,))

    def unfinished(self) -> tuple[list[tuple[str, Letter]], list[Waiting]]:
        """See `Store`. Bodies sealed with another secret are deleted: nobody can open them any more."""
        letters, waiting = [], []
        for number, chat, body, after in self._base.execute("SELECT number, chat, body, after FROM outbox ORDER BY number").fetchall():
            try:
                letters.append((chat, Letter.from_plain(self._seal.open(body), number, after)))
            except (Unsealed, KeyError, TypeError):
                self._base.execute("DELETE FROM outbox WHERE number = ?", (number,))
        for id_, chat, body, told in self._base.execute("SELECT id, chat, body, told FROM inbox ORDER BY id").fetchall():
            try:
                waiting.append(Waiting(id_, chat, self._seal.open(body), bool(told)))
            except Unsealed:
                self._base.execute("DELETE FROM inbox WHERE id = ?", (id_,))
        return letters, waiting

    def last_updates(self) -> list[int]:
        """See `Store`."""
        return [row[0] for row in self._base.execute("SELECT id FROM updates ORDER BY id DESC LIMIT ?", (LAST_UPDATES,))]

    def keyboard(self, chat: str, id_: str) -> Keyboard | None:
        """See `Store`."""
        row = self._base.execute("SELECT body FROM keyboards WHERE id = ? AND chat = ?", (id_, chat)).fetchone()
        try:
            return Keyboard.from_plain(self._seal.open(row[0])) if row else None
        except (Unsealed, KeyError, TypeError):
            return None

    def keep_keyboard(self, chat: str, keyboard: Keyboard) -> None:
        """See `Store`."""
        self._keep_keyboard(self._base, chat, keyboard)

    def _keep_keyboard(self, base: sqlite3.Connection, chat: str, keyboard: Keyboard) -> None:
        row = (keyboard.id, chat, self._seal.close(keyboard.to_plain()), time.time())
        base.execute("INSERT OR REPLACE INTO keyboards VALUES (?, ?, ?, ?)", row)

    def unit(self, chat: str) -> str | None:
        """See `Store`."""
        row = self._base.execute("SELECT unit FROM units WHERE chat = ?", (chat,)).fetchone()
        return row[0] if row else None

    def keep_unit(self, chat: str, unit: str | None) -> None:
        """See `Store`."""
        if unit is None:
            self._base.execute("DELETE FROM units WHERE chat = ?", (chat,))
        else:
            self._base.execute("INSERT OR REPLACE INTO units VALUES (?, ?, ?)", (chat, unit, time.time()))

    def address(self, chat: str) -> int | None:
        """See `Store`."""
        row = self._base.execute("SELECT body FROM addresses WHERE chat = ?", (chat,)).fetchone()
        try:
            return int(self._seal.open(row[0])) if row else None
        except Unsealed:
            return None

    def keep_address(self, chat: str, chat_id: int | None) -> None:
        """See `Store`."""
        if chat_id is None:
            self._base.execute("DELETE FROM addresses WHERE chat = ?", (chat,))
        elif self.address(chat) is None:
            self._base.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?)", (chat, self._seal.close(chat_id)))

    def addressed(self) -> list[str]:
        """See `Store`."""
        return [row[0] for row in self._base.execute("SELECT chat FROM addresses")]

    def forget(self, chat: str) -> None:
        """See `Store`. The write-ahead log, which still holds what was written before, is emptied."""
        with self._all_or_nothing() as base:
            for table in _OF_A_CHAT:
                base.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,))  # noqa: S608 - a name of our own
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def expire(self) -> None:
        """See `Store`."""
        now = time.time()
        with self._all_or_nothing() as base:
            for table, kept_for in (("updates", SEEN_FOR), ("keyboards", KEYBOARDS_FOR), ("units", UNITS_FOR), ("notices", NOTICES_FOR)):
                base.execute(f"DELETE FROM {table} WHERE at < ?", (now - kept_for,))  # noqa: S608 - a name of our own

    def close(self) -> None:
        """See `Store`."""
        self._base.close()
