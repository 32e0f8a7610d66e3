"""SampleQuestions: lends the sample questions of the published entries to the training data, as examples of `ask`.

Staff write how citizens ask, entry by entry; the intent classifier learns from all of it that this is how procedures are asked for. Each is lent with
diacritics and without, and so is what is written for the other intents: were these unaccented less often, the lack of diacritics alone would speak for
a question. At run time it does nothing. A new entry still needs no training: its questions then help at the next one.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.publish import open_snapshot
from bot.settings import Settings
from bot.text import fold

ASKS_NOTHING: dict[str, list[str]] = {"aspects": []}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SampleQuestions(GraphComponent):
    """Adds examples at training; has no options."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SampleQuestions:
        """Return the component (see the base class)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Leave messages as they are."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with every name and sample question, and the examples of other intents, as written and without diacritics.

        A name asks for no aspect.
        """
        procedures = [p for p in open_snapshot(Settings.read().home).knowledge.procedures.values() if p.in_full]
        names = {t for p in procedures for n in (p.name, *p.other_names) for t in (n, fold(n))}
        questions = {t for p in procedures for q in p.sample_questions for t in (q, fold(q))}
        written = {m.get(TEXT) for m in training_data.training_examples}
        added = [
            Message.build(text=t, intent="ask", example_metadata=ASKS_NOTHING if t in names else None)
            for t in sorted((names | questions) - written)
        ]
        others = {fold(m.get(TEXT)): m.get(INTENT) for m in training_data.intent_examples if m.get(INTENT) != "ask"}
        added += [Message.build(text=t, intent=others[t]) for t in sorted(set(others) - written - names - questions)]
        return training_data.merge(TrainingData(added))
