"""Tidying: every job has its turn, whatever becomes of the others, and what is old is deleted."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from bot.serving.tidying import Tidying, logs_tidied

DAY = 24 * 3600


async def test_a_job_that_fails_keeps_no_other_from_its_turn() -> None:
    async def fails() -> int:
        raise OSError

    async def deletes() -> int:
        return 3

    assert await Tidying({"a": fails, "b": deletes}).tidy() == {"a": -1, "b": 3}


async def test_it_tidies_at_its_start() -> None:
    done = asyncio.Event()

    async def job() -> None:
        done.set()

    tidying = Tidying({"a": job})
    tidying.start()
    await asyncio.wait_for(done.wait(), 5)
    await tidying.stop()


async def test_only_logs_that_nobody_wrote_to_for_ninety_days_are_deleted(tmp_path: Path) -> None:
    for name, days in (("old.log", 91), ("young.log", 89), ("old.txt", 91)):
        (tmp_path / name).write_text("x", encoding="ascii")
        os.utime(tmp_path / name, (time.time() - days * DAY,) * 2)
    assert await logs_tidied(tmp_path)() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.txt", "young.log"]
