"""SampleQuestions: lends the sample questions of the published entries to the training data, as examples of `ask`.

Staff write how citizens ask, entry by entry; the intent classifier learns from all of it that this is how procedures are asked for. At run time it
does nothing. A new entry still needs no training: its questions then help at the next one.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.publish import open_snapshot
from bot.settings import Settings
from bot.text import fold


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
        """Return the training data with every sample question, as written and without diacritics."""
        procedures = open_snapshot(Settings.read().home).knowledge.procedures
        said = [q for p in procedures.values() if p.in_full for q in (p.name, *p.other_names, *p.sample_questions)]
        questions = {t for q in said for t in (q, fold(q))}
        written = {m.get(TEXT) for m in training_data.training_examples}
        added = [Message.build(text=q, intent="ask") for q in sorted(questions - written)]
        return training_data.merge(TrainingData(added))
