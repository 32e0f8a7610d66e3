"""What sets a procedure apart from those like it: one linear classifier a procedure, over the words and letters of all surfaces.

Likeness alone cannot tell that «lại» decides between two procedures and «giấy» between none; this does. It is fitted when knowledge is published
(some seconds), so that a new entry needs no training, and each procedure learns against its nearest neighbours only, so that the time grows with
the number of procedures and not with its square. A query touches only the postings of its own features, as in the views of the index.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from bot.text import fold, syllables
from bot.understanding.views import Floats, View, word_features

NEGATIVES = 800  # surfaces of others that a procedure learns against, the likest ones; 400 did worse, all no better
KEPT = 800  # features a procedure keeps, those that weigh most; all of them did no better
STRENGTH = 1.0  # C of the support vector machines; chosen on the validation split
LETTERS = (2, 3, 4)  # lengths of the runs of letters
RARE_LETTERS = 2  # surfaces that must hold a run of letters for it to count


def letter_runs(text: str) -> list[str]:
    """Return the runs of 2 to 4 letters of normalised `text`, folded, word by word with its edges."""
    words = [f" {word} " for word in syllables(fold(text))]
    return [word[i : i + n] for word in words for n in LETTERS for i in range(max(1, len(word) - n + 1))]


FEATURES: dict[str, Callable[[str], list[str]]] = {"words": word_features, "letters": letter_runs}


@dataclass(frozen=True)
class Classifier:
    """Weights of features for each procedure, as one view a kind of feature, and a bias for each procedure, shape (procedures,)."""

    views: dict[str, View]
    bias: Floats

    def scores(self, text: str) -> Floats:
        """Return for each procedure how much normalised `text` speaks for it rather than for those like it, shape (procedures,)."""
        total = self.bias.copy()
        for name, view in self.views.items():
            total += view.cosine(FEATURES[name](text), len(total))
        return total


def fit(surfaces: Sequence[str], owner: Sequence[int], procedures: int) -> Classifier:
    """Return the classifier of `surfaces` (normalised), each of the procedure (0 to `procedures` - 1) that `owner` names."""
    seen = {name: _matrix([features(s) for s in surfaces], name) for name, features in FEATURES.items()}
    weights, bias = _separate(csr_matrix(hstack([matrix for _, _, matrix in seen.values()])), np.array(owner), procedures)
    views, start = {}, 0
    for name, (ids, idf, _) in seen.items():
        columns = weights[:, start : start + len(ids)].tocsc()
        columns.sort_indices()
        starts, rows = columns.indptr.astype(np.int64), columns.indices.astype(np.int32)
        views[name] = View(ids, idf, starts, rows, columns.data.astype(np.float32), unknown_idf=0.0)
        start += len(ids)
    return Classifier(views, bias)


def _matrix(documents: Sequence[Sequence[str]], kind: str) -> tuple[dict[str, int], Floats, csr_matrix]:
    """Return the ids and the idf of the features of `documents`, and the documents as unit rows, shape (documents, features)."""
    spread = Counter(feature for document in documents for feature in set(document))
    fewest = RARE_LETTERS if kind == "letters" else 1
    ids = {feature: at for at, feature in enumerate(sorted(f for f, n in spread.items() if n >= fewest))}
    idf = np.array([math.log((1 + len(documents)) / (1 + spread[f])) + 1 for f in ids], np.float32)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, document in enumerate(documents):
        weighed = {ids[f]: (1 + math.log(n)) * float(idf[ids[f]]) for f, n in Counter(document).items() if f in ids}
        norm = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        rows += [row] * len(weighed)
        columns += weighed
        values += [w / norm for w in weighed.values()]
    return ids, idf, csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(documents), len(ids)))


def _separate(documents: csr_matrix, owner: npt.NDArray[np.int64], procedures: int) -> tuple[csr_matrix, Floats]:
    """Return the weights, shape (procedures, features), and the bias that set each procedure's documents apart from the likest others."""
    from sklearn.svm import LinearSVC  # here: who only reads snapshots does without it

    each = np.arange(len(owner))
    centres = csr_matrix((np.ones(len(owner), np.float32), (owner, each)), shape=(procedures, len(owner))) @ documents
    bias = np.zeros(procedures, np.float32)
    data: list[npt.NDArray[np.float64]] = []
    columns: list[npt.NDArray[np.int64]] = []
    ends = [0]
    for row in range(procedures if procedures > 1 else 0):
        likeness = np.asarray((documents @ centres[row].T).todense()).ravel()
        own = owner == row
        likeness[own] = -1.0
        others = np.argsort(-likeness, kind="stable")[: min(NEGATIVES, int((~own).sum()))]
        shown = np.concatenate([np.flatnonzero(own), others])
        machine = LinearSVC(C=STRENGTH, random_state=0).fit(documents[shown], own[shown])
        weight = machine.coef_[0]
        strongest = np.sort(np.argsort(-np.abs(weight), kind="stable")[:KEPT])
        strongest = strongest[weight[strongest] != 0]
        data.append(weight[strongest])
        columns.append(strongest)
        ends.append(ends[-1] + len(strongest))
        bias[row] = machine.intercept_[0]
    if not data:
        return csr_matrix((procedures, documents.shape[1]), dtype=np.float32), bias
    return csr_matrix((np.concatenate(data), np.concatenate(columns), ends), shape=(procedures, documents.shape[1])), bias
