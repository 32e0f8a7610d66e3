"""The splits of the benchmark's questions, fixed by a hash of the procedure: nobody's test questions are trained on.

`python -m bench.splits` writes the training split as training data, nlu_data/citizens.yml; a test compares the two.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.text import fold

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests/benchmark/questions.jsonl"
TRAINING_DATA = ROOT / "nlu_data/citizens.yml"
HEAD = """version: "3.1"
# What citizens might write, the training split of tests/benchmark/questions.jsonl. Made by `python -m bench.splits`: change that file, not this one.
"""

Split = Literal["train", "validation", "test"]
TRAIN, VALIDATION = 0.5, 0.2  # shares of the procedures; the rest is for the test


def split_of(turn: Mapping[str, Any]) -> Split:
    """Return the split of `turn`: by the procedure it means best, or by its own id when it means none."""
    key = turn["codes"][0] if turn["codes"] else turn["id"]
    share = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 10 / 10
    return "train" if share < TRAIN else "validation" if share < TRAIN + VALIDATION else "test"


def read(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    """Return the turns of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def training_data(turns: Iterable[Mapping[str, Any]]) -> str:
    """Return the training split of `turns` as Rasa's training data; every second question without diacritics.

    A question that can only be asked back is left out: it names no procedure of its own.
    """
    examples: dict[str, list[dict[str, Any]]] = {"ask": [], "out_of_scope": []}
    for n, turn in enumerate(t for t in turns if split_of(t) == "train" and t["expect"] != "clarify"):
        text = turn["q"] if n % 2 else fold(turn["q"])
        metadata = {"procedure": turn["codes"][0]} if turn["codes"] else {}
        asked = {"aspects": turn["aspects"]} if turn["aspects"] else {}
        example = {"text": f"{text}\n", "metadata": metadata | asked} if metadata or asked else {"text": f"{text}\n"}
        examples["ask" if turn["expect"] == "answer" else "out_of_scope"].append(example)
    blocks = [{"intent": intent, "examples": told} for intent, told in examples.items()]
    return HEAD + yaml.safe_dump({"nlu": blocks}, allow_unicode=True, sort_keys=False, width=200)


if __name__ == "__main__":
    TRAINING_DATA.write_text(training_data(read()), encoding="utf-8")
    print(f"{TRAINING_DATA.relative_to(ROOT)} written")
