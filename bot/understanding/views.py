"""Views: inverted indexes of texts by their features, so that a look-up touches only the postings of the query's own features.

What a text's features are stands here too: folded words and letters, the same with diacritics and without. Pure functions and plain arrays.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.text import fold, syllables
from bot.understanding.lexicon import is_particle

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

PARTICLE_WEIGHT = 0.5  # what a particle ("ạ", "thì", "cho em hỏi") weighs beside a word of the same rarity


def word_features(text: str) -> list[str]:
    """Return the folded syllables of normalised `text` and their bigrams."""
    words = syllables(fold(text))
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def letter_features(text: str) -> list[str]:
    """Return the trigrams of letters of normalised `text`, folded, word by word with its edges."""
    grams: list[str] = []
    for word in syllables(fold(text)):
        edged = f"<{word}>"
        grams += [edged[i : i + 3] for i in range(max(1, len(edged) - 2))]
    return grams


FEATURES: dict[str, Callable[[str], list[str]]] = {"words": word_features, "letters": letter_features}


@dataclass(frozen=True)
class View:
    """One inverted index: for feature f, the surfaces `rows[starts[f]:starts[f+1]]` hold it with `weights` (unit-length rows)."""

    ids: dict[str, int]
    idf: Floats  # (features,)
    starts: npt.NDArray[np.int64]  # (features + 1,)
    rows: Ints  # (postings,)
    weights: Floats  # (postings,)
    unknown_idf: float  # what a feature that no surface holds weighs in a query

    def weight(self, feature: str) -> float:
        """Return what `feature` weighs in a query: its idf, or what an unknown one weighs."""
        at = self.ids.get(feature)
        return float(self.idf[at]) if at is not None else self.unknown_idf * (PARTICLE_WEIGHT if is_particle(feature) else 1.0)

    def cosine(self, features: Sequence[str], surfaces: int) -> Floats:
        """Return the cosine of the query's features with each surface, shape (surfaces,)."""
        found, weights, norm = self._weigh(features)
        if not found or norm == 0:
            return np.zeros(surfaces, np.float32)
        spans = [slice(self.starts[f], self.starts[f + 1]) for f in found]
        rows = np.concatenate([self.rows[s] for s in spans])
        parts = np.concatenate([self.weights[s] * (w / norm) for s, w in zip(spans, weights)])
        return np.bincount(rows, parts, surfaces).astype(np.float32)

    def _weigh(self, features: Sequence[str]) -> tuple[list[int], list[float], float]:
        found, weights, square = [], [], 0.0
        for feature, count in Counter(features).items():
            at = self.ids.get(feature)
            weight = (1 + math.log(count)) * self.weight(feature)
            square += weight * weight
            if at is not None:
                found.append(at)
                weights.append(weight)
        return found, weights, math.sqrt(square)


def build_view(documents: Sequence[Sequence[str]], owner: Sequence[int], procedures: int) -> View:
    """Return the view of `documents`, each the features of a surface of the procedure `owner` names; a feature weighs by how few procedures have it."""
    holders: dict[str, set[int]] = {}
    for features, row in zip(documents, owner):
        for feature in features:
            holders.setdefault(feature, set()).add(row)
    ids = {feature: i for i, feature in enumerate(sorted(holders))}
    spread = np.array([len(holders[f]) for f in ids], np.float32)
    idf = np.log1p((procedures - spread + 0.5) / (spread + 0.5)).astype(np.float32)
    postings: list[list[tuple[int, float]]] = [[] for _ in ids]
    for surface, features in enumerate(documents):
        weighed = {ids[f]: (1 + math.log(n)) * float(idf[ids[f]]) for f, n in Counter(features).items()}
        norm = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        for at, weight in weighed.items():
            postings[at].append((surface, weight / norm))
    starts = np.concatenate([[0], np.cumsum([len(p) for p in postings])]).astype(np.int64)
    rows = np.array([s for p in postings for s, _ in p], np.int32)
    weights = np.array([w for p in postings for _, w in p], np.float32)
    idf *= np.array([PARTICLE_WEIGHT if is_particle(f) else 1.0 for f in ids], np.float32)
    unknown = float(np.median(idf)) if len(idf) else 1.0
    return View(ids, idf, starts, rows, weights, unknown)
