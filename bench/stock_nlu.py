"""Stock Rasa ways of understanding, trained on the same sentences and asked the same questions: `python -m bench.stock_nlu`.

Each procedure written up in full is an intent of its own; its examples are its names, its sample questions and the citizens' training split: what
the assistant itself learns from. Two recipes: Rasa's own default pipeline, and that of FAQ bots (underthesea's words, runs of letters, DIET and a
response selector). A section apart from `bench.understanding`, because training takes most of half an hour.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bench import report, splits
from bench.asking import as_variant
from bench.understanding import PEERS_ASKED, peer_table, ranks, read
from bot.knowledge import publish
from bot.knowledge.model import Knowledge
from bot.settings import Settings
from bot.text import compose
from bot.understanding.index import surfaces_of

EPOCHS = 10  # of DIET and of the selector: what could be trained in the time; one takes more than a minute
FAQ = "faq"  # the retrieval intent of the second recipe
LETTERS = {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
DIET = {
    "name": "DIETClassifier",
    "epochs": EPOCHS,
    "constrain_similarities": True,
    "random_seed": 1,
    "entity_recognition": False,
}
SELECTOR = {
    "name": "ResponseSelector",
    "epochs": EPOCHS,
    "constrain_similarities": True,
    "random_seed": 1,
    "retrieval_intent": FAQ,
}
RECIPES: dict[str, list[dict[str, Any]]] = {
    "DIET, one intent a procedure (Rasa's default pipeline)": [
        {"name": "WhitespaceTokenizer"}, {"name": "RegexFeaturizer"}, {"name": "LexicalSyntacticFeaturizer"}, {"name": "CountVectorsFeaturizer"},
        LETTERS, DIET,
    ],
    "FAQ recipe: underthesea words, letters 1-4, DIET, ResponseSelector": [
        {"name": "bench.word_tokenizer.UndertheseaTokenizer"}, {"name": "CountVectorsFeaturizer"}, LETTERS, DIET, SELECTOR,
    ],
}  # fmt: skip


def examples(knowledge: Knowledge) -> dict[str, list[str]]:
    """Return what each procedure in full is called and asked for, and the questions of the training split about it."""
    told = {code: [s for part in surfaces_of(p) for s in part] for code, p in knowledge.procedures.items() if p.in_full}
    for turn in splits.read():
        if splits.split_of(turn) == "train" and turn["expect"] == "answer" and turn["codes"][0] in told:
            told[turn["codes"][0]].append(turn["q"])
    return {code: list(dict.fromkeys(" ".join(said.split()) for said in all_of_it)) for code, all_of_it in told.items()}


def project(folder: Path, pipeline: list[dict[str, Any]], told: dict[str, list[str]]) -> None:
    """Write a Rasa project of `pipeline` into `folder` whose intents are the procedures of `told`."""
    selects = any(part["name"] == "ResponseSelector" for part in pipeline)
    intent = f"{FAQ}/{{}}" if selects else "{}"
    nlu: list[dict[str, Any]] = [
        {"intent": intent.format(code), "examples": [{"text": said} for said in all_of_it]} for code, all_of_it in told.items()
    ]
    # A pipeline with one intent only teaches DIET nothing: small talk stands beside the questions.
    nlu += [{"intent": "other", "examples": [{"text": said} for said in ("xin chào", "cảm ơn", "tạm biệt")]}] if selects else []
    data: dict[str, Any] = {"version": "3.1", "nlu": nlu}
    if selects:
        data["responses"] = {f"utter_{intent.format(code)}": [{"text": code}] for code in told}
    (folder / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (folder / "config.yml").write_text(yaml.safe_dump({"recipe": "default.v1", "language": "vi", "pipeline": pipeline}), encoding="utf-8")
    intents = sorted({FAQ, "other"}) if selects else list(told)
    (folder / "domain.yml").write_text(yaml.safe_dump({"version": "3.1", "intents": intents}), encoding="utf-8")


def ranked(parsed: dict[str, Any]) -> list[str]:
    """Return the procedures of a message that was parsed, best first."""
    selected = parsed.get("response_selector", {}).get(FAQ)
    if selected:
        return [one["intent_response_key"].partition("/")[2] for one in selected["ranking"]]
    return [one["name"] for one in parsed["intent_ranking"]]


async def asked(model: Path, known: frozenset[str]) -> tuple[dict[str, dict[str, float]], float]:
    """Return how well `model` ranks the test split in each variant, and the milliseconds a question took."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog()
    agent = Agent.load(str(model))
    reached, took, count = {}, 0.0, 0
    for variant in PEERS_ASKED:
        turns = as_variant(read(splits.QUESTIONS), variant)
        started = time.perf_counter()
        codes: list[Sequence[str]] = [ranked(dict(await agent.parse_message(turn["q"]))) for turn in turns]
        took, count = took + time.perf_counter() - started, count + len(turns)
        reached[variant] = ranks(turns, codes, known)
    return reached, 1000 * took / count


def measure() -> list[str]:
    """Return the lines of the report."""
    knowledge = publish.open_snapshot(Settings.read().home).knowledge
    told = {code: [compose(said) for said in all_of_it] for code, all_of_it in examples(knowledge).items()}
    known = frozenset(told)
    found, costs = {}, []
    for who, pipeline in RECIPES.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            project(folder, pipeline, told)
            command = (
                "train",
                "nlu",
                "--nlu",
                "nlu.yml",
                "--config",
                "config.yml",
                "--domain",
                "domain.yml",
                "--out",
                ".",
                "--fixed-model-name",
                "stock",
            )
            started = time.perf_counter()
            with open(folder / "log", "w", encoding="utf-8") as log:
                environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
                subprocess.run([sys.executable, "-m", "rasa", *command], cwd=folder, env=environment, stdout=log, stderr=log, check=True)
            trained = time.perf_counter() - started
            found[who], each = asyncio.run(asked(folder / "stock.tar.gz", known))
            costs.append(f"{who}: trained in {trained / 60:.1f} minutes, {each:.1f} ms a question.")
            print(costs[-1], found[who], flush=True)
    return [
        f"On {report.machine()}; {len(told)} procedures, {sum(map(len, told.values()))} examples, {EPOCHS} epochs, over these procedures only:",
        "the assistant, in the table above, chooses among all published ones. `python -m bench.stock_nlu`.",
        "", *peer_table(found), "", *costs,
    ]  # fmt: skip


if __name__ == "__main__":
    report.write("Understanding: stock Rasa", measure())
