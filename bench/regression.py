"""A small slice of the benchmark that is asked at every change, and the figures recorded for it: tests/benchmark/recorded.json.

`python -m bench.regression` asks it and records what is reached; a test fails when a figure falls by more than `ALLOWED` below its record.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

from bench import splits
from bench.asking import Turn, as_variant, ask, assistant
from bench.score import score
from bot.knowledge import publish
from bot.serving.conversations import InProcess
from bot.settings import Settings

RECORDED = Path(__file__).resolve().parents[1] / "tests/benchmark/recorded.json"
VARIANTS = ("as typed", "no diacritics", "thumb slips")
TURNS = 150
FIGURES = {"answer": ("first", "first_three", "answered", "aspects"), "out_of_scope": ("refused",)}
ALLOWED = 0.02  # a share

Figures = dict[str, dict[str, float]]  # for each variant, «expected.figure»: a share


def slice_of(turns: list[Turn]) -> list[Turn]:
    """Return the `TURNS` turns of the test split whose ids hash lowest: the same ones as long as the file keeps them."""
    test = [turn for turn in turns if splits.split_of(turn) == "test"]
    return sorted(test, key=lambda turn: hashlib.sha256(turn["id"].encode()).hexdigest())[:TURNS]


async def measure(conversations: InProcess) -> Figures:
    """Return what the assistant reaches on the slice, rounded to thousandths."""
    known = frozenset(publish.open_snapshot(Settings.read().home).knowledge.procedures)
    found: Figures = {}
    for variant in VARIANTS:
        turns = as_variant(slice_of(splits.read()), variant)
        said = await ask(conversations, turns, f"slice-{variant}")
        reached = score(turns, said, known)
        found[variant] = {f"{want}.{name}": round(reached[want][name], 3) for want, names in FIGURES.items() for name in names}
    return found


def fallen(recorded: Figures, reached: Figures) -> list[str]:
    """Return a line for each figure that fell by more than is allowed, none when all stand."""
    return [
        f"{variant}: {name} fell from {figure:.3f} to {reached[variant][name]:.3f}"
        for variant, figures in recorded.items()
        for name, figure in figures.items()
        if reached[variant][name] < figure - ALLOWED
    ]


async def _record() -> None:
    RECORDED.write_text(json.dumps(await measure(await assistant()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(RECORDED.read_text(encoding="utf-8"))


if __name__ == "__main__":
    asyncio.run(_record())
