"""How well the assistant understands: questions through the trained model, rules and actions, scored and written to docs/benchmarks.md.

`make bench`. The questions of tests/benchmark/ were written by someone who had not seen the training data; the development questions are
reference data beside the project and are passed over, visibly, where they are absent.
"""

from __future__ import annotations

import asyncio
import time
import unicodedata
from pathlib import Path
from typing import Any

from bench import report, splits
from bench.score import score
from bot.channels.assistant import Unanswered
from bot.knowledge import publish
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.settings import Settings
from bot.text import fold

ROOT = Path(__file__).resolve().parents[1]
SETS = {
    "test split": splits.QUESTIONS,
    "conversations": ROOT / "tests/benchmark/conversations.jsonl",
    "held out": ROOT / "tests/benchmark/held_out.jsonl",
    "development": ROOT.parent / "shared/data/cau-hoi-dev.jsonl",
}
COLUMNS = ("n", "first", "first_three", "answered", "asked_back", "acceptable", "wrong", "refused", "aspects")


def read(path: Path, folded: bool) -> list[dict[str, Any]]:
    """Return the turns of a JSON Lines file, without diacritics when `folded`; of the questions that were split, the test's."""
    turns = splits.read(path)
    if path == splits.QUESTIONS:
        turns = [turn for turn in turns if splits.split_of(turn) == "test"]
    return [{**t, "q": fold(unicodedata.normalize("NFC", t["q"]))} for t in turns] if folded else turns


async def predict(conversations: InProcess, turns: list[dict[str, Any]], run: str) -> tuple[list[dict[str, Any]], float]:
    """Return the predictions for `turns` and the seconds they took."""
    contact = publish.open_snapshot(Settings.read().home).knowledge.contact
    said, started = [], time.perf_counter()
    for turn in turns:
        try:
            reply = await conversations.reply(f"{run}-{turn.get('conv', turn['id'])}", turn["q"], {}, contact)
        except Unanswered:
            said.append({"id": turn["id"], "turn": turn.get("turn", 1), "kind": "error", "codes": [], "aspects": []})
            continue
        said.append(
            {
                "id": turn["id"],
                "turn": turn.get("turn", 1),
                "kind": reply.kind,
                "codes": list(reply.codes),
                "aspects": list(reply.aspects),
            }
        )
    return said, time.perf_counter() - started


def table(scores: dict[str, dict[str, float]]) -> list[str]:
    """Return a Markdown table of `scores`."""
    lines = ["| expected | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for want, shares in scores.items():
        cells = [f"{shares[c]:.0f}" if c == "n" else f"{shares[c]:.3f}" if c in shares else "" for c in COLUMNS]
        lines.append(f"| {want} | " + " | ".join(cells) + " |")
    return lines


async def measure() -> list[str]:
    """Return the lines of the report."""
    settings = Settings.read()
    procedures = publish.open_snapshot(settings.home).knowledge.procedures
    known, in_full = frozenset(procedures), sum(p.in_full for p in procedures.values())
    started = time.perf_counter()
    conversations = await InProcess.load(settings.model, Reception())
    loading = time.perf_counter() - started
    lines = [
        f"On {report.machine()}; {len(known)} procedures, {in_full} of them in full; the model loads in {loading:.0f} s.",
        "Definitions are in `bench/score.py`: shares of turns, `first` = an accepted procedure named first, `wrong` = answered about another.",
        "No question of any set was trained on. The test split (`bench/splits.py`) is of procedures none of whose benchmark questions are; it and",
        "the conversations were written by someone who had seen no training data, and chose no threshold: theirs are the figures to trust. The",
        "development questions' errors were read while the knowledge and the dialogue were written, and they and one half of the held-out questions",
        "(by a hash of their ids) chose the thresholds. Some development turns count as out of scope what the city does carry out (passports,",
        "driving licences, companies).",
    ]
    for name, path in SETS.items():
        if not path.is_file():
            lines += ["", f"### {name}: passed over, its questions are not here"]
            continue
        for folded in (False, True):
            turns = read(path, folded)
            said, seconds = await predict(conversations, turns, f"{name}-{folded}")
            as_typed = "all diacritics taken off" if folded else "as typed"
            rate = 60 * len(turns) / seconds
            lines += [
                "",
                f"### {name}, {as_typed}: {len(turns)} turns, {rate:.0f} questions a minute",
                "",
                *table(score(turns, said, known)),
            ]
    return lines


if __name__ == "__main__":
    report.write("Understanding", asyncio.run(measure()))
