"""How time and memory of the look-up grow with the number of procedures: `python -m bench.growth`.

Procedures are made up from the halves of real ones: as rows of a catalogue (a name) up to 100,000, as entries written up in full (some twenty ways
of asking, and the classifier that is fitted at publication) up to 1,000. Each size is measured in a process of its own.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench import report, splits
from bench.understanding import read
from bot.knowledge import publish
from bot.knowledge.model import Knowledge, Procedure
from bot.settings import Settings
from bot.text import normalise
from bot.understanding import index
from bot.understanding.shelf import Shelf, readings

ROOT = Path(__file__).resolve().parents[1]
SIZES = {index.ROWS: (100, 1_000, 10_000, 100_000), index.ENTRIES: (100, 300, 1_000)}
ASKED = 200  # questions of the test split, as typed


def _mixed(one: str, other: str) -> str:
    """Return the first half of the words of `one` with the second half of those of `other`."""
    a, b = one.split(), other.split()
    return " ".join(a[: (len(a) + 1) // 2] + b[len(b) // 2 :])


def made_up(knowledge: Knowledge, count: int, in_full: bool) -> Knowledge:
    """Return knowledge of `count` procedures, each mixed from two of `knowledge`; the same arguments give the same procedures."""
    draw = random.Random(count)  # noqa: S311 - a draw that can be repeated
    real = [p for p in knowledge.procedures.values() if p.in_full == in_full]

    def another(number: int) -> Procedure:
        one, other = draw.sample(real, 2)
        ways = zip(one.sample_questions, other.sample_questions)
        return replace(
            one, code=f"9.{number:06d}", name=_mixed(one.name, other.name), sample_questions=tuple(_mixed(a, b) for a, b in ways), covers=()
        )

    return replace(knowledge, procedures={p.code: p for p in map(another, range(count))})


def measured(kind: str, count: int) -> dict[str, float]:
    """Return what an index of `count` procedures costs to build, to keep and to ask."""
    knowledge = publish.open_snapshot(Settings.read().home).knowledge
    started = time.perf_counter()
    built = index.build(made_up(knowledge, count, kind == index.ENTRIES), in_full=kind == index.ENTRIES)
    building = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        index.save(built, Path(folder), kind)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shelf = Shelf(built)
    times = _asked(shelf, [normalise(turn["q"]) for turn in read(splits.QUESTIONS)[:ASKED]])
    return {
        "built": building, "size": size, "surfaces": len(built.surfaces), "median": times[len(times) // 2], "p95": times[len(times) * 95 // 100],
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }  # fmt: skip


def _asked(shelf: Shelf, questions: Sequence[str]) -> list[float]:
    """Return the seconds of each look-up, the shortest first; the questions are asked once before."""
    times: list[float] = []
    for _ in range(2):
        times.clear()
        for question in questions:
            started = time.perf_counter()
            shelf.likeness(readings(question, shelf.index))
            times.append(time.perf_counter() - started)
    return sorted(times)


def measure() -> list[str]:
    """Return the lines of the report."""
    lines = [
        f"On {report.machine()}, one core. `python -m bench.growth`: {ASKED} questions looked up in one index, procedures mixed from real ones.",
    ]
    for kind, title in ((index.ROWS, "rows of the catalogue"), (index.ENTRIES, "entries in full")):
        lines += ["", f"| {title} | ways of asking | built | on disk | a look-up, median | p95 |", "|---|---|---|---|---|---|"]
        for count in SIZES[kind]:
            run = subprocess.run(
                [sys.executable, "-m", "bench.growth", kind, str(count)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
            )
            found = json.loads(run.stdout)
            lines.append(
                f"| {count:,} | {found['surfaces']:,} | {found['built']:.1f} s | {found['size'] / 2**20:.1f} MiB "
                f"| {1000 * found['median']:.2f} ms | {1000 * found['p95']:.2f} ms |"
            )
            print(lines[-1], flush=True)
    return lines


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
    else:
        report.write("Understanding: growth", measure())
