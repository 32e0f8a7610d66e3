"""What being seen costs a message in the gateway: its numbers, its id, the look at the switch, its line in the log. Rasa is left out.

`python -m bench.seen` writes its section of docs/benchmarks.md.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest

from bench import report
from bot.answers.reply import Block, Reply
from bot.knowledge.model import Contact
from bot.serving import logs
from bot.serving.answering import Answering
from bot.serving.metrics import Metrics, Stage
from bot.serving.pause import Switch

MESSAGES, ROUNDS, SCRAPES = 20_000, 5, 50
STAGES: tuple[Stage, ...] = ("door", "rasa", "render")  # those that every message passes
SENDER = "web-0000"
CONTACT = Contact(hotlines=(), portal="https://example.vn", source="none")
REPLY = Reply("answer", (Block("text", "…"),), ("1.001193",), (0.9,))


class Silent:
    """An assistant that takes no time."""

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return always the same."""
        return REPLY

    async def ready(self) -> bool:
        """Tell that it works."""
        return True

    async def forget(self, sender: str) -> None:
        """Forget nothing: it remembers nothing."""


@dataclass(frozen=True)
class Cost:
    """Microseconds a message: numbers, id and switch; the stages; the line in the log. And milliseconds a reading of the metrics takes."""

    numbers: float
    stages: float
    line: float
    reading: float

    @property
    def whole(self) -> float:
        """Microseconds a message in all."""
        return self.numbers + self.stages + self.line


async def _microseconds(ask: Callable[[], Awaitable[Any]], messages: int) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(messages):
            await ask()
        taken.append((time.perf_counter() - began) / messages * 1e6)
    return statistics.median(taken)


async def measured(messages: int, folder: Path) -> Cost:
    """Return what `messages` messages cost each; the log is written to a file in `folder`."""
    silent, metrics = Silent(), Metrics()
    seen = Answering(silent, Switch(folder), metrics)

    async def bare() -> None:
        await silent.reply(SENDER, "", {}, CONTACT)

    async def answered() -> None:
        await seen.reply(SENDER, "", {}, CONTACT)

    async def staged() -> None:
        for stage in STAGES:
            with metrics.stage(stage):
                pass

    ours = logging.getLogger("bot")
    handler = logging.StreamHandler((folder / "gateway.log").open("w", encoding="utf-8"))
    handler.setFormatter(logs.formatter("gateway", "json"))
    before = ours.level, ours.propagate
    ours.addHandler(handler)
    ours.propagate = False
    try:
        ours.setLevel(logging.CRITICAL)
        nothing, quiet = await _microseconds(bare, messages), await _microseconds(answered, messages)
        ours.setLevel(logging.INFO)
        logged = await _microseconds(answered, messages)
    finally:
        ours.removeHandler(handler)
        handler.stream.close()
        ours.level, ours.propagate = before
    stages = await _microseconds(staged, messages)
    began = time.perf_counter()
    for _ in range(SCRAPES):
        generate_latest(metrics.registry)
    return Cost(quiet - nothing, stages, logged - quiet, (time.perf_counter() - began) / SCRAPES * 1e3)


def main() -> None:
    """Measure and write the section."""
    with tempfile.TemporaryDirectory() as folder:
        cost = asyncio.run(measured(MESSAGES, Path(folder)))
    report.write(
        "Being seen",
        [
            f"{report.machine()}. `python -m bench.seen`: {MESSAGES:,} messages, median of {ROUNDS} rounds,",
            "in the gateway alone, beside an assistant that takes no time.",
            "",
            "| what | µs a message |",
            "|---|---|",
            f"| counting, timing, id, the look at the switch | {cost.numbers:.0f} |",
            f"| the stages {', '.join(STAGES)} | {cost.stages:.0f} |",
            f"| the line in the log, written to a file | {cost.line:.0f} |",
            f"| in all | {cost.whole:.0f} |",
            "",
            f"A reading of these metrics takes {cost.reading:.1f} ms.",
        ],
    )


if __name__ == "__main__":
    main()
