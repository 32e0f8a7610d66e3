"""CodeExtractor: takes dossier and procedure codes out of the message before it is split into words.

Leaves on the message: `codes` {dossiers, procedures, slips} (handed on to the actions) and `reading`, the normalised text without
codes, which the components after it read. A choice that was tapped comes as message metadata {"choice": code} and counts as a code.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.text import normalise
from bot.understanding.codes import take_codes

READING = "reading"
CODES = "codes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class CodeExtractor(GraphComponent):
    """Finds codes; has no options."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CodeExtractor:
        """Return the component (see the base class)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `codes` and `reading` on each message with text."""
        for message in messages:
            codes = take_codes(message.get(TEXT) or "")
            chosen = (message.get(METADATA) or {}).get("choice")
            procedures = ([chosen] if isinstance(chosen, str) else []) + list(codes.procedures)
            message.set(READING, normalise(codes.rest))
            slips = [dataclasses.asdict(slip) for slip in codes.slips]
            message.set(CODES, {"dossiers": list(codes.dossiers), "procedures": procedures, "slips": slips}, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Do the same to the training examples."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data
