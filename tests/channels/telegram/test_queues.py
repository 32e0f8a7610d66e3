"""Queues: a chat's updates in the order of their ids, even when they come in another; different chats at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.channels.telegram.queues import FIRST, GAP, Arrivals, Queues

pytestmark = pytest.mark.asyncio


class Record:
    """What was done, in order."""

    def __init__(self, *, seen: tuple[int, ...] = (0,), ordered: bool = False) -> None:
        self.done: list[str] = []
        self.arrivals = Arrivals(seen, ordered=ordered)
        self.arrivals._patient_until = 0.0  # as after the first moments
        self.queues = Queues(self.arrivals)

    def come(self, update_id: int, chat: str = "a", takes: float = 0.0) -> None:
        async def job() -> None:
            await asyncio.sleep(takes)
            self.done.append(f"{chat}{update_id}")

        self.arrivals.note(update_id)
        self.queues.put(chat, update_id, job)

    async def until(self, count: int) -> list[str]:
        for _ in range(300):
            if len(self.done) >= count:
                return self.done
            await asyncio.sleep(0.01)
        raise AssertionError(self.done)


async def test_updates_that_come_in_another_order_are_done_in_the_order_of_their_ids() -> None:
    record = Record()
    for update_id in (3, 1, 2):
        record.come(update_id)
        await asyncio.sleep(0.01)
    assert await record.until(3) == ["a1", "a2", "a3"]


async def test_an_update_of_another_chat_closes_a_gap() -> None:
    record = Record()
    record.come(2)
    await asyncio.sleep(0.01)
    assert record.done == []
    record.come(1, "b")
    assert sorted(await record.until(2)) == ["a2", "b1"]


async def test_one_that_never_comes_is_waited_for_only_a_moment_and_only_once() -> None:
    record = Record()
    started = time.monotonic()
    record.come(5)
    await record.until(1)
    assert GAP * 0.9 <= time.monotonic() - started < GAP + 0.5
    record.come(6, "b")
    await asyncio.sleep(0.02)
    assert record.done == ["a5", "b6"]


async def test_chats_do_not_wait_for_each_other() -> None:
    record = Record()
    record.come(1, "a", takes=0.3)
    record.come(2, "a")
    record.come(3, "b")
    assert await record.until(3) == ["b3", "a1", "a2"]


async def test_what_goes_first_goes_before_updates_that_wait() -> None:
    record = Record()
    record.come(1, takes=0.05)
    record.come(2)
    await asyncio.sleep(0.01)

    async def notice() -> None:
        record.done.append("notice")

    record.queues.put("a", FIRST, notice)
    assert await record.until(3) == ["a1", "notice", "a2"]


async def test_polled_updates_wait_for_nothing() -> None:
    record = Record(ordered=True)
    record.come(50)
    await asyncio.sleep(0.02)
    assert record.done == ["a50"]


async def test_a_gap_from_before_the_start_is_waited_for() -> None:
    record = Record(seen=(1, 2, 4))
    record.come(5)
    await asyncio.sleep(0.02)
    assert record.done == []
    record.come(3)
    assert await record.until(2) == ["a3", "a5"]


async def test_a_job_that_breaks_does_not_stop_the_next() -> None:
    record = Record()

    async def broken() -> None:
        raise RuntimeError

    record.queues.put("a", FIRST, broken)
    record.come(1)
    assert await record.until(1) == ["a1"]


async def test_when_stopping_nothing_new_is_begun_and_what_is_late_is_broken_off() -> None:
    record = Record()
    record.come(1, takes=0.05)
    record.come(2)
    record.come(3, "b", takes=5.0)
    await asyncio.sleep(0.01)
    await record.queues.finish(0.2)
    assert record.done == ["a1"]
