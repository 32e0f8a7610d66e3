"""IntentGate: the last word on the intent, where codes and links know better than the words of the sentence.

A dossier code makes it `dossier`, a procedure code or a tapped choice `ask`; a bare number or an ordinal is a `choose`; letters that make no
syllables are `nonsense`; a question the linker is sure of is an `ask` whatever it sounded like. Leaves the final `intent` on the message.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.components.aspects import ASPECTS_KEY
from bot.understanding.components.codes import CODES, READING
from bot.understanding.components.linker import PROCEDURES
from bot.understanding.gate import settle


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentGate(GraphComponent):
    """Settles the intent; has no options."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentGate:
        """Return the component (see the base class)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Settle the intent of each message; its confidence is what the classifier gave it."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            name = settle(
                message.get(READING) or "", ranking, message.get(CODES) or {}, message.get(PROCEDURES) or {}, message.get(ASPECTS_KEY) or ()
            )
            heard = {r["name"]: r["confidence"] for r in ranking}
            message.set(INTENT, {"name": name, "confidence": heard.get(name, 1.0)}, add_to_output=True)
        return messages
