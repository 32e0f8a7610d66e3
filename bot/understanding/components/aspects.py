"""AspectClassifier: which aspects a question asks for, many at once, learnt from examples.

Each example of the intent `ask` names its aspects in its metadata. One logistic regression an aspect stands on the sparse features of
the featurizers before it. Questions are composed at training: from pairs of examples, so that "cần giấy tờ gì, hết bao nhiêu tiền" is seen
although nobody wrote it, and from an example and the name of a procedure, so that no subject speaks for an aspect or against one. Copies of them lose
some of their features, as a slip of the thumb takes a word and leaves most of its letters: the word must not carry an aspect alone.
Leaves `aspects` [{name, confidence}] on the message, all of them, most likely first.
"""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from bot.knowledge.model import ASPECTS
from bot.understanding.components.row import sentence_row

ASPECTS_KEY = "aspects"


def aspects_of(example: Message) -> list[str] | None:
    """Return the aspects a training example names in its metadata (its own, else those of its block), or None when it names none."""
    metadata = example.get(METADATA) or {}
    for level in ("example", "intent"):
        named = (metadata.get(level) or {}).get(ASPECTS_KEY)
        if named is not None:
            return list(named)
    return None


def _with_loss(row: csr_matrix, share: float, chance: np.random.Generator) -> csr_matrix:
    """Return `row` without about `share` of its features."""
    kept = row.copy()
    kept.data = np.where(chance.random(len(kept.data)) < share, 0.0, kept.data)
    kept.eliminate_zeros()
    return kept


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AspectClassifier(GraphComponent):
    """Multi-label classifier; options: see `get_default_config`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._weights = np.zeros((0, len(ASPECTS)))
        self._bias = np.zeros(len(ASPECTS))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options: `pairs`, `subjects` composed examples of either kind for a written one; `slipped` the share of all that are copied with
        `lost`, a share, of their features gone; `strength` C of the regression; `seed`."""
        return {"pairs": 2, "subjects": 3, "slipped": 0.5, "lost": 0.4, "strength": 3.0, "seed": 7}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> AspectClassifier:
        """Return the untrained component (see the base class)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of `ask`; the others teach that no aspect is asked."""
        # A question whose aspects nobody wrote down (a sample question of an entry) teaches nothing about them.
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and (m.get(INTENT) != "ask" or aspects_of(m) is not None)]
        rows = [sentence_row(m) for m in examples]
        labels = [set(aspects_of(m) or ()) for m in examples]
        asking = [i for i, m in enumerate(examples) if m.get(INTENT) == "ask" and labels[i]]
        draw = random.Random(self._config["seed"])  # noqa: S311 - composes examples
        for i in asking * int(self._config["pairs"]):
            other = draw.choice(asking)
            both = csr_matrix(rows[i] + rows[other])
            rows.append(both)
            labels.append(labels[i] | labels[other])
        subjects = [i for i, m in enumerate(examples) if aspects_of(m) == []]  # names of procedures, and situations told without a question
        for i in asking * int(self._config["subjects"]) if subjects else ():
            rows.append(csr_matrix(rows[i] + rows[draw.choice(subjects)]))
            labels.append(labels[i])
        chance = np.random.default_rng(self._config["seed"])
        for i in draw.sample(range(len(rows)), int(len(rows) * self._config["slipped"])):
            rows.append(_with_loss(rows[i], self._config["lost"], chance))
            labels.append(labels[i])
        features = vstack(rows).tocsr()
        target = np.array([[a in named for a in ASPECTS] for named in labels])
        self._weights = np.zeros((features.shape[1], len(ASPECTS)))
        self._bias = np.full(len(ASPECTS), -10.0)
        for column in range(len(ASPECTS)):
            if not target[:, column].any():
                continue
            learner = LogisticRegression(C=self._config["strength"], solver="liblinear", max_iter=300)
            learner.fit(features, target[:, column])
            self._weights[:, column] = learner.coef_[0]
            self._bias[column] = learner.intercept_[0]
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "aspects.npz", weights=self._weights.astype(np.float32), bias=self._bias)
            (folder / "aspects.json").write_text(json.dumps(list(ASPECTS)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AspectClassifier:
        """Return the trained component; raises ValueError when the model's aspects are not this program's."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if json.loads((folder / "aspects.json").read_text(encoding="utf-8")) != list(ASPECTS):
                raise ValueError("the model was trained with other aspects: train it again")
            with np.load(folder / "aspects.npz") as arrays:
                # As precise as the features are: else SciPy makes them so, all of them, for every message.
                component._weights, component._bias = arrays["weights"].astype(np.float64), arrays["bias"]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `aspects` on each message."""
        for message in messages:
            chances = self.chances(sentence_row(message))
            order = np.argsort(-chances, kind="stable")
            found = [{"name": ASPECTS[i], "confidence": float(chances[i])} for i in order]
            message.set(ASPECTS_KEY, found, add_to_output=True)
        return messages

    def chances(self, features: csr_matrix) -> npt.NDArray[np.float64]:
        """Return the probability of each aspect, shape (len(ASPECTS),), for one row of features."""
        scores = np.asarray(features @ self._weights).ravel() + self._bias
        return np.asarray(1 / (1 + np.exp(-scores)), np.float64)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is: nothing after this component learns from aspects."""
        return training_data
