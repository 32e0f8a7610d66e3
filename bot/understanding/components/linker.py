"""ProcedureLinker: the published procedures a message may mean, with probabilities.

Looks messages up in the index of the snapshot that is served, and changes over by itself when another is published. Only the
weights of the likenesses are learnt at training (from the snapshot served then), so a new entry needs no retraining.
Leaves `procedures` {version, none, candidates: [{code, probability}], also: [code]} on the message.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import publish
from bot.knowledge.served import Served
from bot.settings import Settings
from bot.text import fold, normalise, syllables
from bot.understanding import index
from bot.understanding.components.codes import READING
from bot.understanding.learning import Example, Lessons, examples_of, fit, lessons, name_examples
from bot.understanding.linker import Linker, Weights
from bot.understanding.shelf import Shelf

PROCEDURES = "procedures"
NO_PROCEDURE = "none"
CITIZENS_COUNT = 4  # times as much as a sample question
log = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ProcedureLinker(GraphComponent):
    """Links messages to procedures; has no options: thresholds are the dialogue's (`bot/understanding/dialogue.py`)."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, weights: Weights | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._weights = weights
        self._served = Served(Settings.read().home, self._open)

    def _open(self, snapshot: publish.Snapshot) -> Linker | None:
        return Linker(*shelves(snapshot), self._weights) if self._weights else None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ProcedureLinker:
        """Return the untrained component (see the base class)."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the weights.

        Examples whose metadata say `procedure: none`, and all other intents, mean no procedure; those that name one are what people wrote who
        had not seen the entry, and count for more than its own sample questions.
        """
        self._weights = fit(all_lessons(training_data, *shelves(publish.open_snapshot(Settings.read().home))))
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "weights.json").write_text(json.dumps(self._weights.to_plain(), indent=1), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ProcedureLinker:
        """Return the trained component."""
        with model_storage.read_from(resource) as folder:
            plain = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
        return cls(model_storage, resource, Weights.from_plain(plain))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `procedures` on each message."""
        version, linker = self._served.get()
        for message in messages:
            links = linker.link(message.get(READING) or "") if linker else None
            candidates = [{"code": c.code, "probability": c.probability} for c in links.candidates] if links else []
            found = {
                "version": version,
                "none": links.none if links else 1.0,
                "candidates": candidates,
                "also": list(links.also) if links else [],
            }
            message.set(PROCEDURES, found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is."""
        return training_data


def all_lessons(training_data: TrainingData, entries: Shelf, rows: Shelf) -> Lessons:
    """Return what the weights are learnt from: the sample questions and the names of both shelves, and what `training_data` says beside."""
    told = [m for m in training_data.intent_examples if m.get(TEXT)]
    none = [m.get(TEXT) for m in told if m.get(INTENT) != "ask" or _procedure_of(m) == NO_PROCEDURE]
    written = {_bare(surface): at for at, surface in enumerate(entries.index.surfaces)}  # staff may have taken a citizen's question over
    asked = [
        Example(text, _procedure_of(m), written.get(_bare(text)), CITIZENS_COUNT)
        for m in told
        if _procedure_of(m) not in (None, NO_PROCEDURE)
        for text in _typed(m.get(TEXT))
    ]
    return lessons(entries, rows, [*examples_of(entries.index), *asked, *name_examples(entries.index), *name_examples(rows.index)], none)


def shelves(snapshot: publish.Snapshot) -> tuple[Shelf, Shelf]:
    """Return the entries in full and the rows of the catalogue of `snapshot`; raises as `index.load` does."""
    return Shelf(index.load(snapshot.folder)), Shelf(index.load(snapshot.folder, index.ROWS))


def _procedure_of(message: Message) -> str | None:
    """Return the procedure an example names in its metadata (its own, else that of its block), or None when it names none."""
    metadata = message.get("metadata") or {}
    for level in ("example", "intent"):
        named: str | None = (metadata.get(level) or {}).get("procedure")
        if named:
            return named
    return None


def _typed(text: str) -> list[str]:
    text = normalise(text)
    return list(dict.fromkeys((text, fold(text))))


def _bare(text: str) -> str:
    """Return `text` as it is compared with the surfaces: without diacritics and marks of punctuation."""
    return " ".join(syllables(fold(text)))
