"""IntentClassifier: Rasa's logistic regression, its weights laid out so that a message costs what its own words cost.

scikit-learn multiplies a message with the transposed weights, and SciPy copies the whole of them first unless the transposed stand row by row in
memory: some megabytes for every message, which here is done once, when the model is loaded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, vstack

from bot.understanding.components.row import sentence_row


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """Tells the intent of a message; options are those of Rasa's LogisticRegressionClassifier."""

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Return the trained component."""
        component = super().load(config, model_storage, resource, execution_context, **kwargs)
        component.clf.coef_ = np.asfortranarray(component.clf.coef_)
        return component  # type: ignore[no-any-return]

    def _create_X(self, messages: list[Message]) -> csr_matrix:
        """Return the features of `messages`, shape (messages, features); there are no dense ones here."""
        rows = [sentence_row(message) for message in messages]
        return rows[0] if len(rows) == 1 else vstack(rows, format="csr")
