"""The procedure linker: which published procedures a question may mean, with calibrated probabilities.

For each candidate a handful of likenesses between question and procedure is measured; a conditional logit over the candidates, and over the
possibility that no procedure is meant, turns them into probabilities. Its weights (`learning.py`) speak of likeness only, so a new entry needs
no retraining.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from bot.text import fold, is_accented, normalise, syllables
from bot.understanding.classifier import Classifier
from bot.understanding.index import Index
from bot.understanding.lexicon import turns
from bot.understanding.views import Floats, letter_features, word_features

CANDIDATES = 24  # procedures that are weighed closely; the right one was among the first 24 for all but a few of the samples
SET_APART = 8  # and as many that the classifier finds likeliest, however faint the likeness
ALSO_FROM = 0.8  # clauses that each name another procedure as surely as this ask two things at once
LONG = 8  # syllables from which a question is also read clause by clause
UNSURE = 0.25  # a whole question whose first candidate is less likely is read clause by clause
CLAUSE_FROM = 0.5  # and a clause counts when its first candidate is at least this likely
PLAUSIBLE = 3  # and among the first of the whole
SHORTEST_CLAUSE = 3  # syllables; shorter ones are particles and calls ("chị ơi")
SHOWN = 10  # candidates handed on
LETTERS_WEIGH = 0.5  # what a likeness of letters weighs beside one of words when candidates are looked up
LOOK_FURTHER_FROM = 0.02  # the rows are looked through when the entries leave at least this much open

FEATURES = (
    "words",  # best cosine of word uni- and bigrams over all surfaces
    "word_names",  # the same over names only
    "letters",  # best cosine of character trigrams
    "letter_names",
    "set_apart",  # how much the question speaks for the procedure rather than for those like it (`classifier.py`)
    "second_surface",  # second best surface: a procedure matched in two ways is likelier
    "all_surfaces",  # sum of the cosines over all surfaces, by the root of their number: many faint likenesses together
    "all_letters",
    "named",  # best token-set ratio with a name, folded (rapidfuzz)
    "contained",  # share of a name of two or more syllables that the question holds, weighed by what the name weighs
    "turns_missing",  # turns ("again", "abroad") that the procedure's own name takes and the question does not speak of
    "turns_extra",  # and those the question speaks of that none of its names takes
    "misread",  # share of the accented question that a procedure holds only without its accents: "thuê nhà" is no "thuế nhà"
    "length",  # log of the number of different syllables asked: a long question is less like anything, whether it means a procedure or not
)


@dataclass(frozen=True)
class Candidate:
    """A procedure a question may mean, with the probability that it does."""

    code: str
    probability: float


@dataclass(frozen=True)
class Links:
    """What the linker found: candidates, best first, and the probability that no published procedure is meant."""

    candidates: tuple[Candidate, ...]
    none: float
    also: tuple[str, ...] = ()  # procedures that other clauses of the text surely name


@dataclass(frozen=True)
class Weights:
    """The learnt logit: one weight a feature, and the standing of «none of these»: a bias, and what it gains as the other shelf comes near."""

    features: tuple[float, ...]
    none_bias: float
    none_elsewhere: float = 0.0

    def to_plain(self) -> dict[str, object]:
        """Return the weights as JSON-ready values."""
        return {"features": dict(zip(FEATURES, self.features)), "none_bias": self.none_bias, "none_elsewhere": self.none_elsewhere}

    @staticmethod
    def from_plain(plain: dict[str, object]) -> Weights:
        """Return what `to_plain` made; raises KeyError when a feature is missing."""
        features = plain["features"]
        assert isinstance(features, dict)
        none = (float(plain[name]) for name in ("none_bias", "none_elsewhere"))  # type: ignore[arg-type]
        return Weights(tuple(float(features[f]) for f in FEATURES), *none)


def _likeliest(links: Links) -> float:
    return links.candidates[0].probability if links.candidates else 0.0


class Shelf:
    """One index with the weights learnt for it: the entries in full, or the rows of the catalogue."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self.index = index
        self.weights = weights
        self._features = np.array(weights.features)
        self._measure = Measure(index)

    def nearness(self, text: str) -> float:
        """Return how near normalised `text` comes to a surface of this shelf, from 0 to 1."""
        return self._measure.nearness(text)

    def weigh(self, text: str, elsewhere: float = 0.0) -> tuple[list[Candidate], float]:
        """Return the procedures that normalised `text` may mean, best first, and the probability that it means none of them.

        `elsewhere` is how near the text comes to another shelf.
        """
        rows, likeness = self._measure.likeness(text)
        if not len(rows):
            return [], 1.0
        none = self.weights.none_bias + self.weights.none_elsewhere * elsewhere
        scores = np.append(likeness @ self._features, none)
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        order = np.argsort(-chances[:-1], kind="stable")[:SHOWN]
        return [Candidate(self.index.codes[rows[i]], float(chances[i])) for i in order], float(chances[-1])


class Linker:
    """Links questions to published procedures: first to the entries in full, and as far as none of those is meant, to the rows."""

    def __init__(self, entries: Shelf, rows: Shelf | None = None) -> None:
        self.entries = entries
        self.rows = rows

    def link(self, text: str) -> Links:
        """Return the procedures that `text` (as typed) may mean.

        A long text that names none as a whole is read clause by clause, and the clause that is surest of one counts.
        """
        text = normalise(text)
        whole = self._link(text)
        parts = [self._link(c) for c in clauses(text)]
        chosen = whole
        if _likeliest(whole) < UNSURE:
            surest = max([whole, *parts], key=_likeliest)
            plausible = {c.code for c in whole.candidates[:PLAUSIBLE]}
            if _likeliest(surest) >= CLAUSE_FROM and surest.candidates[0].code in plausible:
                chosen = surest
        sure = dict.fromkeys(p.candidates[0].code for p in parts if _likeliest(p) >= ALSO_FROM)
        also = tuple(c for c in sure if c != chosen.candidates[0].code) if len(sure) > 1 and chosen.candidates else ()
        return Links(chosen.candidates, chosen.none, also)

    def _link(self, text: str) -> Links:
        found, none = self.entries.weigh(text, self.rows.nearness(text) if self.rows else 0.0)
        if self.rows and none > LOOK_FURTHER_FROM:
            further, nothing = self.rows.weigh(text)
            found = sorted([*found, *(Candidate(c.code, c.probability * none) for c in further)], key=lambda c: -c.probability)
            none *= nothing
        return Links(tuple(found[:SHOWN]), none)


def clauses(text: str) -> list[str]:
    """Return the clauses of a long `text`, without the shortest: in a rambling question one clause names what is wanted."""
    if len(syllables(text)) < LONG:
        return []
    return [
        c for c in re.split(r"[,.;:?!\n]+|(?<!\w)(?:với|voi|và|va|rồi|roi|nhưng|nhung)(?!\w)", text) if len(syllables(c)) >= SHORTEST_CLAUSE
    ]


class Measure:
    """Measures how alike a question and the procedures of an index are."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._folded = [fold(s) for s in index.surfaces]
        self._ends = np.append(index.first[1:], len(index.surfaces))
        is_name = np.zeros(len(index.surfaces), bool)
        for start, count in zip(index.first, index.names):
            is_name[start : start + count] = True
        self._is_name = is_name
        self._own_turns = [turns(index.surfaces[start]) for start in index.first]
        self._all_turns = [
            frozenset().union(*(turns(index.surfaces[s]) for s in range(start, start + count)))
            for start, count in zip(index.first, index.names)
        ]
        spans = [range(start, end) for start, end in zip(index.first, self._ends)]
        self._marked = [frozenset(w for s in span for w in syllables(index.surfaces[s])) for span in spans]
        self._plain = [frozenset(w for s in span for w in self._folded[s].split()) for span in spans]
        words = index.views["words"]
        self._name_words: dict[int, frozenset[str]] = {}
        self._name_weight: dict[int, float] = {}
        for at in np.flatnonzero(is_name):
            own = frozenset(f for f in word_features(index.surfaces[at]) if " " not in f)
            self._name_words[int(at)] = own
            self._name_weight[int(at)] = sum(float(words.idf[words.ids[f]]) for f in own)

    def likeness(
        self, text: str, left_out: int | None = None, judge: Classifier | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return candidate rows, shape (k,), and their features, shape (k, len(FEATURES)), for normalised `text`.

        `left_out` is a surface to do as if it were not there: a sample question must not be found by itself; `judge` is then a classifier
        that never saw it.
        """
        rewritten = self.index.rewrite(text)
        readings = [(r, self._cosines(r, left_out)) for r in ((text, rewritten) if rewritten else (text,))]
        judge = judge or self.index.classifier
        apart = judge.scores(text) if judge else np.zeros(len(self.index.codes), np.float32)
        rows = np.unique(np.concatenate([*(self._nearest(*cosines) for _, cosines in readings), self._likeliest(apart)]))
        if not len(rows):
            return rows, np.zeros((0, len(FEATURES)))
        return rows, np.maximum.reduce([self._weigh(reading, *cosines, apart, rows, left_out) for reading, cosines in readings])

    def nearness(self, text: str) -> float:
        """Return the best mean of the cosines of words and of letters with a surface, from 0 to 1."""
        words, letters = self._cosines(text, None)
        return float((words + letters).max(initial=0.0)) / 2

    def _cosines(self, text: str, left_out: int | None) -> tuple[Floats, Floats]:
        count = len(self.index.surfaces)
        words = self.index.views["words"].cosine(word_features(text), count)
        letters = self.index.views["letters"].cosine(letter_features(text), count)
        if left_out is not None:
            words[left_out] = letters[left_out] = 0
        return words, letters

    def _nearest(self, words: Floats, letters: Floats) -> npt.NDArray[np.int64]:
        best = np.maximum.reduceat(words + LETTERS_WEIGH * letters, self.index.first)
        order = np.argsort(-best, kind="stable")[:CANDIDATES]
        found: npt.NDArray[np.int64] = order[best[order] > 0]
        return found

    def _likeliest(self, apart: Floats) -> npt.NDArray[np.int64]:
        return np.argsort(-apart, kind="stable")[:SET_APART] if apart.any() else np.zeros(0, np.int64)

    def _weigh(
        self, text: str, words: Floats, letters: Floats, apart: Floats, rows: npt.NDArray[np.int64], left_out: int | None
    ) -> npt.NDArray[np.float64]:
        folded = fold(text)
        asked = word_features(text)
        view = self.index.views["words"]
        singles = {f for f in asked if " " not in f}
        weight_of = {f: view.weight(f) for f in singles}
        total = sum(weight_of.values()) or 1.0
        turns_asked = turns(text)
        accented = is_accented(text)
        marked = [(w, view.weight(fold(w))) for w in dict.fromkeys(syllables(text))] if accented else []
        table = np.zeros((len(rows), len(FEATURES)))
        for at, row in enumerate(rows):
            own = slice(int(self.index.first[row]), int(self._ends[row]))
            names = slice(own.start, own.start + int(self.index.names[row]))
            ranked = np.sort(words[own])
            contained = 0.0
            for name in range(names.start, names.stop):
                parts = self._name_words[name]
                if len(parts) >= 2 and name != left_out:
                    held = sum(weight_of[f] for f in parts & singles)
                    contained = max(contained, (held / self._name_weight[name]) ** 2 * min(1.0, held / total * 1.5))
            table[at] = (
                words[own].max(), words[names].max(), letters[own].max(), letters[names].max(), apart[row],
                ranked[-2] if len(ranked) > 1 else 0.0,
                ranked.sum() / len(ranked) ** 0.5,
                letters[own].sum() / len(ranked) ** 0.5,
                max(fuzz.token_set_ratio(folded, self._folded[n]) for n in range(names.start, names.stop)) / 100,
                contained,
                len(self._own_turns[row] - turns_asked),
                len(turns_asked - self._all_turns[row]),
                sum(w for f, w in marked if f not in self._marked[row] and fold(f) in self._plain[row]) / total,
                math.log1p(len(singles)),
            )  # fmt: skip
        return table
