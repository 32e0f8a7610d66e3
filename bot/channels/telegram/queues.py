"""One queue a chat: what concerns a chat is done in order and one thing at a time, different chats at once."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
GAP = 1.0  # seconds an update waits for one with a lower id that has not come yet
GAP_AT_START = 5.0  # the same in the first moments: what the last run did not take, Telegram sends again a little later
FIRST = 0  # the order of what goes before any update

Job = Callable[[], Awaitable[None]]


class Arrivals:
    """Which update ids have come. Telegram numbers them one after another, so a gap means that one is still on its way.

    `seen` are the ids of the last updates that came before the start, in any order. `ordered`: updates come in the order of their ids in any case
    (polling), so nothing ever has to wait.
    """

    def __init__(self, seen: Collection[int], *, ordered: bool) -> None:
        self._next = min(seen) if seen else None  # the lowest id that has not come, once the gaps are closed up
        self._ahead = sorted(seen)
        self._ordered = ordered
        self._came = asyncio.Event()
        self._patient_until = time.monotonic() + GAP_AT_START
        self._close_up()

    def note(self, update_id: int) -> None:
        """Note that an update has come."""
        if self._next is None or self._ordered:
            self._next = update_id + 1
            return
        if update_id >= self._next:
            heapq.heappush(self._ahead, update_id)
            self._close_up()

    async def all_before(self, update_id: int, since: float) -> None:
        """Wait until all updates before `update_id` have come, at most until GAP seconds after `since` (time.monotonic)."""
        while self._next is not None and self._next < update_id:
            left = max(since + GAP, self._patient_until) - time.monotonic()
            if left <= 0:
                self._next = max(self._next, update_id)  # it will not come: nobody waits for it again
                self._close_up()
                return
            try:
                await asyncio.wait_for(self._came.wait(), left)
            except asyncio.TimeoutError:
                continue

    def _close_up(self) -> None:
        before = self._next
        while self._ahead and self._next is not None and self._ahead[0] <= self._next:
            self._next = max(self._next, heapq.heappop(self._ahead) + 1)
        if self._next != before:
            self._came.set()
            self._came = asyncio.Event()


@dataclass
class _Chat:
    jobs: list[tuple[int, int, float, Job]] = field(default_factory=list)  # heap: order, arrival, when it came, what to do
    task: asyncio.Task[None] | None = None


class Queues:
    """The queues of all chats."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._chats: dict[str, _Chat] = {}
        self._count = itertools.count()
        self._stopped = False

    def put(self, chat: str, order: int, job: Job) -> None:
        """Have `job` done in `chat` after everything of a lower `order` that has come or is about to come (an update's id, or FIRST)."""
        queue = self._chats.setdefault(chat, _Chat())
        heapq.heappush(queue.jobs, (order, next(self._count), time.monotonic(), job))
        if queue.task is None and not self._stopped:
            queue.task = asyncio.create_task(self._work(chat, queue))

    @property
    def waiting(self) -> int:
        """How many jobs wait in all chats together."""
        return sum(len(queue.jobs) for queue in self._chats.values())

    async def _work(self, chat: str, queue: _Chat) -> None:
        try:
            while queue.jobs and not self._stopped:
                order, _, since, _ = queue.jobs[0]
                await self._arrivals.all_before(order, since)
                job = heapq.heappop(queue.jobs)[-1]  # perhaps another than the one waited for: one of a lower order that came meanwhile
                try:
                    await job()
                except Exception as error:
                    log.error("telegram: a job failed: %s", type(error).__name__)
        finally:
            self._chats.pop(chat, None)

    async def finish(self, within: float) -> None:
        """Begin nothing new, wait at most `within` seconds for what is under way, then break it off; the store still holds it."""
        self._stopped = True
        tasks = [queue.task for queue in self._chats.values() if queue.task]
        if tasks:
            await asyncio.wait(tasks, timeout=within)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
