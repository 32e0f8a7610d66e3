"""Tidying: what is too old is deleted once a day while a gateway runs, and by `tthc tidy`.

| what | kept for | deleted by |
|---|---|---|
| questions without their person | 90 days (bot/questions/question.py) | here |
| the web's sessions: messages, thumbs, which question each was | 24 hours (bot/channels/web/sessions.py) | here, and by the web every hour |
| wishes to be told of a dossier | 180 days without a change (bot/dossiers/notices.py) | here, and by whoever looks |
| Telegram: updates, buttons, wards, notices sent | 3, 7, 30, 30 days (bot/channels/telegram/store.py) | the bot, every hour |
| Telegram: ids of chats that want notices | as long as they want some | the bot, every hour |
| the last two turns of a conversation in Rasa | half an hour (bot/serving/shelf.py) | the shelf itself |
| which dossier's digits, or which yes, is waited for | 15 minutes (bot/serving/awaited.py) | itself |
| logs of the processes, which hold no personal data | 90 days after they were last written to | here |
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot.questions.question import KEPT_DAYS

EVERY = 24 * 3600.0  # seconds
Job = Callable[[], Awaitable[int | None]]
log = logging.getLogger(__name__)


class Tidying:
    """Does every one of `jobs` once a day, the first time at its start; each returns how many things it deleted, where it knows."""

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Stop."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def tidy(self) -> dict[str, int | None]:
        """Do every job once, whatever becomes of the others; return how many things each deleted, -1 for a job that failed."""
        done: dict[str, int | None] = {}
        for name, job in self._jobs.items():
            try:
                done[name] = await job()
            except Exception as error:  # tomorrow is another day for this one
                log.error("tidying: %s: %s", name, type(error).__name__)
                done[name] = -1
        return done

    async def _go_on(self) -> None:
        while True:
            log.info("tidying: %s", await self.tidy())
            await asyncio.sleep(EVERY)


def logs_tidied(folder: Path) -> Job:
    """Return the job that deletes the log files of `folder` that nobody has written to for `KEPT_DAYS` days."""

    def delete() -> int:
        oldest = time.time() - KEPT_DAYS * 24 * 3600
        old = [path for path in folder.glob("*.log*") if path.stat().st_mtime < oldest]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    return lambda: asyncio.to_thread(delete)
