"""What recording a question costs a message, and how long the gaps of 100,000 questions take. `python -m bench.questions`."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import report
from bot.answers.reply import Reply
from bot.knowledge.model import Contact
from bot.knowledge.publish import open_snapshot
from bot.questions.figures import Figures, counted
from bot.questions.gaps import gaps
from bot.questions.recorder import Recorder
from bot.questions.report import page
from bot.questions.store import QuestionStore
from bot.serving.awaited import AwaitedHere
from bot.serving.recorded import Recorded
from bot.settings import Settings
from bot.understanding.search import Search
from tests.questions.building import NOON, many

MESSAGES = 5_000
QUESTIONS = 100_000
SAID = "Cho em hỏi làm giấy khai sinh cho con cần giấy tờ gì, số của em là 0912 345 678 ạ"


class Silent:
    """An assistant that takes no time."""

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return an empty answer."""
        return Reply("answer", (), codes=("1.001193",), scores=(0.9,))

    async def ready(self) -> bool:
        """Return True."""
        return True

    async def forget(self, sender: str) -> None:
        """Do nothing."""


async def each(assistant: Silent | Recorded, contact: Contact) -> list[float]:
    """Return the microseconds each of `MESSAGES` messages takes `assistant`."""
    took = []
    for number in range(MESSAGES):
        began = time.perf_counter()
        await assistant.reply(f"web-{number % 500}", SAID, {}, contact)
        took.append((time.perf_counter() - began) * 1e6)
        await asyncio.sleep(0)
    return took


async def recording(folder: Path, contact: Contact) -> tuple[list[float], list[float], int, float]:
    """Return what messages take without and with recording, how many were let go, and the seconds all took to be written."""
    without = await each(Silent(), contact)
    recorder = Recorder(QuestionStore(f"sqlite:///{folder / 'recorded.sqlite3'}"), AwaitedHere())
    recorder.start()
    recorded = await each(Recorded(Silent(), recorder), contact)
    began = time.perf_counter()
    await recorder.stop()
    return without, recorded, recorder.let_go, time.perf_counter() - began


def measure() -> Iterator[str]:
    """Yield the lines of the report."""
    search = Search.open(open_snapshot(Settings.read().home))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        without, recorded, let_go, written = asyncio.run(recording(folder, search.knowledge.contact))
        yield f"{report.machine()}. SQLite. `python -m bench.questions` prints it."
        yield ""
        yield "| what | measured |"
        yield "|---|---|"
        median, tail = (statistics.quantiles(recorded, n=100)[at] - statistics.quantiles(without, n=100)[at] for at in (49, 98))
        yield f"| what recording adds to a message, median of {MESSAGES:,} | {median:.0f} µs |"
        yield f"| the same, 99th percentile | {tail:.0f} µs |"
        yield f"| questions let go | {let_go} |"
        yield f"| writing what still waited at the stop | {written:.2f} s |"
        store = QuestionStore(f"sqlite:///{folder / 'many.sqlite3'}")
        store.write(many(QUESTIONS))
        figures, began = Figures(), time.perf_counter()
        asked = list(counted(store.between(0, NOON * 2), figures))
        read = time.perf_counter()
        found = gaps(asked, search)
        grouped = time.perf_counter()
        days = sorted(figures.days)
        size = len(page(days[0], days[-1], figures, found, search.knowledge))
        yield f"| reading and counting {QUESTIONS:,} questions | {read - began:.1f} s |"
        yield f"| grouping the {sum(q.is_gap for q in asked):,} left without a good answer, the {len(found)} largest groups told | {grouped - read:.1f} s |"
        yield f"| writing the report, {size / 1024:.0f} KiB | {time.perf_counter() - grouped:.1f} s |"
        store.close()


if __name__ == "__main__":
    report.write("Questions kept", measure())
