"""The recorder: takes questions from the hot path into a bounded queue and writes them in batches in the background.

When the queue is full or the database fails, questions are let go and counted: no citizen ever waits for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.questions.question import Question
from bot.questions.store import QuestionsFailed, QuestionStore, Thumb

ROOM = 10_000  # questions and thumbs that wait to be written
BATCH = 500  # written at once
WRITE_EVERY = 1.0  # seconds that a batch may gather
log = logging.getLogger(__name__)


class AskedBack(Protocol):
    """Remembers for some minutes which question of a conversation was asked back."""

    async def get(self, sender: str) -> str | None:
        """Return the id of the question, None when none was asked back."""

    async def put(self, sender: str, code: str | None) -> None:
        """Remember the id of the question, or (None) that none waits any more."""

    async def close(self) -> None:
        """Close what is held open."""


@dataclass
class _Batch:
    questions: list[Question] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    thumbs: list[Thumb] = field(default_factory=list)


class Recorder:
    """Writes to `store`. `let_go` counts what was not written. The name of a conversation is needed for a moment alone, and never written."""

    def __init__(self, store: QuestionStore, asked_back: AskedBack, room: int = ROOM) -> None:
        self.let_go = 0
        self._store = store
        self._asked_back = asked_back
        self._waiting: asyncio.Queue[tuple[str, Question] | Thumb] = asyncio.Queue(room)
        self._task: asyncio.Task[None] | None = None

    def note(self, sender: str, question: Question) -> None:
        """Have `question` of the conversation `sender` kept; returns at once."""
        self._put((sender, question))

    def thumb(self, thumb: Thumb) -> None:
        """Have `thumb` noted with its question; returns at once."""
        self._put(thumb)

    async def forget(self, ids: Sequence[str]) -> None:
        """Delete the questions `ids`, those still waiting to be written too; raises QuestionsFailed."""
        await self._write_all()
        if ids:
            await asyncio.to_thread(self._store.forget, ids)

    async def tidy(self) -> int:
        """Delete what is too old; return how many questions. Raises QuestionsFailed."""
        return await asyncio.to_thread(self._store.tidy)

    def start(self) -> None:
        """Begin writing, in the background."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Write what waits, then stop."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(QuestionsFailed):
            await self._write_all()
        await self._asked_back.close()
        await asyncio.to_thread(self._store.close)

    def _put(self, item: tuple[str, Question] | Thumb) -> None:
        try:
            self._waiting.put_nowait(item)
        except asyncio.QueueFull:
            self._lose(1)

    def _lose(self, count: int) -> None:
        before, self.let_go = self.let_go, self.let_go + count
        if before // ROOM != self.let_go // ROOM or before == 0:  # one line for many: the disk may be what is full
            log.error("questions: %d let go in all", self.let_go)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY)
            with contextlib.suppress(QuestionsFailed):
                await self._write_all()

    async def _write_all(self) -> None:
        """Write what waits now; raises QuestionsFailed, what could not be written being let go."""
        for _ in range(self._waiting.qsize() // BATCH + 1):
            batch = await self._batch()
            count = len(batch.questions) + len(batch.thumbs)
            if not count:
                return
            try:
                await asyncio.to_thread(self._store.write, batch.questions, batch.settled, batch.thumbs)
            except QuestionsFailed as error:
                log.error("questions: not written: %s", error)
                self._lose(count)
                raise

    async def _batch(self) -> _Batch:
        batch = _Batch()
        while len(batch.questions) + len(batch.thumbs) < BATCH and not self._waiting.empty():
            item = self._waiting.get_nowait()
            if isinstance(item, Thumb):
                batch.thumbs.append(item)
                continue
            sender, question = item
            batch.questions.append(question)
            before = await self._asked_back.get(sender)
            if before and question.kind == "answer":
                batch.settled.append(before)
            if question.kind == "clarify":
                await self._asked_back.put(sender, before or question.id)
            elif before:
                await self._asked_back.put(sender, None)
        return batch
