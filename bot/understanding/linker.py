"""The procedure linker: which published procedures a question may mean, with calibrated probabilities.

For each candidate a handful of likenesses between question and procedure is measured; a conditional logit over the candidates, and over the
possibility that no procedure is meant, turns them into probabilities. Its weights (`learning.py`) speak of likeness only, so a new entry needs
no retraining.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

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
FEWEST_CONTAINED = 2  # different words a name has to be looked for in a question
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


ELSEWHERE = (
    "near",  # how near the question comes to a surface of the other shelf, from 0 to 1
    "contained",  # the greatest share of a name of that shelf that the question holds
    "nearer",  # how much nearer it comes to the other shelf than to this one
)


@dataclass(frozen=True)
class Weights:
    """The learnt logit: one weight a feature, and the standing of «none of these»: a bias, and what it gains as the other shelf comes near."""

    features: tuple[float, ...]
    none_bias: float
    none_elsewhere: tuple[float, ...] = (0.0,) * len(ELSEWHERE)

    def to_plain(self) -> dict[str, object]:
        """Return the weights as JSON-ready values."""
        elsewhere = dict(zip(ELSEWHERE, self.none_elsewhere))
        return {"features": dict(zip(FEATURES, self.features)), "none_bias": self.none_bias, "none_elsewhere": elsewhere}

    @staticmethod
    def from_plain(plain: dict[str, object]) -> Weights:
        """Return what `to_plain` made; raises KeyError when a feature is missing."""
        features, elsewhere, bias = plain["features"], plain["none_elsewhere"], plain["none_bias"]
        assert isinstance(features, dict) and isinstance(elsewhere, dict) and isinstance(bias, float)
        return Weights(tuple(float(features[f]) for f in FEATURES), bias, tuple(float(elsewhere[e]) for e in ELSEWHERE))


def _likeliest(links: Links) -> float:
    return links.candidates[0].probability if links.candidates else 0.0


class Shelf:
    """One index with the weights learnt for it: the entries in full, or the rows of the catalogue."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self.index = index
        self.weights = weights
        self._features = np.array(weights.features)
        self._measure = Measure(index)

    def nearness(self, text: str) -> tuple[float, float]:
        """Return how near normalised `text` comes to this shelf (see `Measure`)."""
        return self._measure.nearness(text)

    def weigh(self, text: str, elsewhere: tuple[float, float] = (0.0, 0.0)) -> tuple[list[Candidate], float]:
        """Return the procedures that normalised `text` may mean, best first, and the probability that it means none of them.

        `elsewhere` is how near the text comes to another shelf.
        """
        rows, likeness = self._measure.likeness(text)
        if not len(rows):
            return [], 1.0
        none = self.weights.none_bias + float(np.dot(self.weights.none_elsewhere, beside(elsewhere, likeness)))
        scores = np.append(likeness @ self._features, none)
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        order = np.argsort(-chances[:-1], kind="stable")[:SHOWN]
        return [Candidate(self.index.codes[rows[i]], float(chances[i])) for i in order], float(chances[-1])


def beside(elsewhere: tuple[float, float], likeness: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Return the values of `ELSEWHERE` for a question that comes so near to the other shelf and whose candidates here have this `likeness`."""
    near, contained = elsewhere
    here = float(likeness[:, _NEAR_BY].mean(axis=1).max(initial=0.0))
    return near, contained, max(0.0, near - here)


_NEAR_BY = [FEATURES.index(name) for name in ("words", "letters")]


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
        whole = self.link_whole(text)
        parts = [self.link_whole(c) for c in clauses(text)]
        chosen = whole
        if _likeliest(whole) < UNSURE:
            surest = max([whole, *parts], key=_likeliest)
            plausible = {c.code for c in whole.candidates[:PLAUSIBLE]}
            if _likeliest(surest) >= CLAUSE_FROM and surest.candidates[0].code in plausible:
                chosen = surest
        sure = dict.fromkeys(p.candidates[0].code for p in parts if _likeliest(p) >= ALSO_FROM)
        also = tuple(c for c in sure if c != chosen.candidates[0].code) if len(sure) > 1 and chosen.candidates else ()
        return Links(chosen.candidates, chosen.none, also)

    def link_whole(self, text: str) -> Links:
        """Return the procedures that normalised `text` may mean, read as one."""
        found, none = self.entries.weigh(text, self.rows.nearness(text) if self.rows else (0.0, 0.0))
        if self.rows and none > LOOK_FURTHER_FROM:
            further, nothing = self.rows.weigh(text)
            found = sorted([*found, *(Candidate(c.code, c.probability * none) for c in further)], key=lambda c: -c.probability)
            none *= nothing
        return Links(tuple(found[:SHOWN]), none)


def clauses(text: str) -> list[str]:
    """Return the clauses of a long `text`, without the shortest, none when it is one itself: in a rambling question one clause names what is wanted."""
    said = syllables(text)
    if len(said) < LONG:
        return []
    parts = re.split(r"[,.;:?!\n]+|(?<!\w)(?:với|voi|và|va|rồi|roi|nhưng|nhung)(?!\w)", text)
    return [part for part in parts if SHORTEST_CLAUSE <= len(syllables(part)) < len(said)]


class Measure:
    """Measures how alike a question and the procedures of an index are."""

    def __init__(self, index: Index) -> None:
        self.index = index
        folded = [fold(s) for s in index.surfaces]
        ends = np.append(index.first[1:], len(index.surfaces))
        spans = [range(start, end) for start, end in zip(index.first, ends)]
        named = [range(start, start + count) for start, count in zip(index.first, index.names)]
        self._sizes = np.sqrt(ends - index.first)
        self._own_turns = [turns(index.surfaces[start]) for start in index.first]
        self._all_turns = [frozenset().union(*(turns(index.surfaces[s]) for s in names)) for names in named]
        self._marked = [frozenset(w for s in span for w in syllables(index.surfaces[s])) for span in spans]
        self._plain = [frozenset(w for s in span for w in folded[s].split()) for span in spans]
        # Names stand by themselves too: the names of a procedure together, name by name in the order of the surfaces.
        self._name_at = np.array([s for names in named for s in names], np.int64)
        self._name_first = np.concatenate([[0], np.cumsum(index.names)[:-1]]).astype(np.int64) if len(named) else np.zeros(0, np.int64)
        self._folded_names = [folded[s] for s in self._name_at]
        words = index.views["words"]
        own_words = [frozenset(f for f in word_features(index.surfaces[s]) if " " not in f) for s in self._name_at]
        self._name_weight = np.array([sum(float(words.idf[words.ids[f]]) for f in own) for own in own_words])
        self._name_counts = np.array([len(own) >= FEWEST_CONTAINED for own in own_words], bool)
        holding: dict[str, list[int]] = {}
        for at, own in enumerate(own_words):
            for word in own:
                holding.setdefault(word, []).append(at)
        self._names_with = {word: np.array(names, np.int64) for word, names in holding.items()}

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

    def nearness(self, text: str) -> tuple[float, float]:
        """Return the best mean of the cosines of words and of letters with a surface, and the greatest share of a name that is held, 0 to 1."""
        words, letters = self._cosines(text, None)
        weight_of, total = self._weights_of(text)
        held = self._contained(weight_of, total, None)
        return float((words + letters).max(initial=0.0)) / 2, float(held.max(initial=0.0))

    def _weights_of(self, text: str) -> tuple[dict[str, float], float]:
        """Return what each different syllable of `text` weighs, and all of them together."""
        weight_of = {f: self.index.views["words"].weight(f) for f in dict.fromkeys(word_features(text)) if " " not in f}
        return weight_of, sum(weight_of.values()) or 1.0

    def _cosines(self, text: str, left_out: int | None) -> tuple[Floats, Floats]:
        count = len(self.index.surfaces)
        words = self.index.views["words"].cosine(word_features(text), count)
        letters = self.index.views["letters"].cosine(letter_features(text), count)
        if left_out is not None:
            words[left_out] = letters[left_out] = 0
        return words, letters

    def _nearest(self, words: Floats, letters: Floats) -> npt.NDArray[np.int64]:
        best = np.maximum.reduceat(words + LETTERS_WEIGH * letters, self.index.first)
        found = _first_of(best, CANDIDATES)
        near: npt.NDArray[np.int64] = found[best[found] > 0]
        return near

    def _likeliest(self, apart: Floats) -> npt.NDArray[np.int64]:
        return _first_of(apart, SET_APART) if apart.any() else np.zeros(0, np.int64)

    def _weigh(
        self, text: str, words: Floats, letters: Floats, apart: Floats, rows: npt.NDArray[np.int64], left_out: int | None
    ) -> npt.NDArray[np.float64]:
        first, turns_asked = self.index.first, turns(text)
        weight_of, total = self._weights_of(text)
        best, sizes = np.maximum.reduceat(words, first)[rows], self._sizes[rows]
        table = np.zeros((len(rows), len(FEATURES)))
        for at, column in enumerate((
            best, self._of_names(words, rows), np.maximum.reduceat(letters, first)[rows], self._of_names(letters, rows), apart[rows],
            self._second(words, rows),
            np.add.reduceat(words, first)[rows] / sizes,
            np.add.reduceat(letters, first)[rows] / sizes,
            self._named(fold(text), rows),
            self._contained(weight_of, total, left_out)[rows],
            [len(self._own_turns[row] - turns_asked) for row in rows],
            [len(turns_asked - self._all_turns[row]) for row in rows],
            self._misread(text, rows) / total,
            math.log1p(len(weight_of)),
        )):  # fmt: skip
            table[:, at] = column
        return table

    def _of_names(self, cosines: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        """Return the best of `cosines` over the names of each of `rows`."""
        best: Floats = np.maximum.reduceat(cosines[self._name_at], self._name_first)[rows]
        return best

    def _second(self, words: Floats, rows: npt.NDArray[np.int64]) -> list[float]:
        """Return the second best of `words` over the surfaces of each of `rows`, 0 where there is but one."""
        first = self.index.first
        spans = (words[first[row] : first[row + 1] if row + 1 < len(first) else None] for row in rows)
        return [float(np.partition(span, -2)[-2]) if len(span) > 1 else 0.0 for span in spans]

    def _named(self, folded: str, rows: npt.NDArray[np.int64]) -> list[float]:
        """Return the best token-set ratio of `folded` with a name of each of `rows`, from 0 to 1."""
        ends = np.append(self._name_first[1:], len(self._name_at))
        spans = [self._folded_names[self._name_first[row] : ends[row]] for row in rows]
        ratios = process.cdist([folded], [name for span in spans for name in span], scorer=fuzz.token_set_ratio)[0]
        starts = np.concatenate([[0], np.cumsum([len(span) for span in spans])[:-1]])
        best: list[float] = (np.maximum.reduceat(ratios, starts.astype(np.int64)) / 100).tolist()
        return best

    def _contained(self, weight_of: dict[str, float], total: float, left_out: int | None) -> npt.NDArray[np.float64]:
        """Return for each procedure the share of a name of it that the question's words hold, weighed, shape (procedures,)."""
        known = [(self._names_with[word], weight) for word, weight in weight_of.items() if word in self._names_with]
        if not known:
            return np.zeros(len(self.index.codes))
        holders, weights = (
            np.concatenate([names for names, _ in known]),
            np.repeat([w for _, w in known], [len(names) for names, _ in known]),
        )
        held = np.bincount(holders, weights, len(self._name_at))
        share = np.where(self._name_counts, (held / self._name_weight) ** 2 * np.minimum(1.0, held / total * 1.5), 0.0)
        if left_out is not None:
            share[self._name_at == left_out] = 0.0
        best: npt.NDArray[np.float64] = np.maximum.reduceat(share, self._name_first)
        return best

    def _misread(self, text: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return what the words of accented `text` weigh that each of `rows` holds only without their accents."""
        if not is_accented(text):
            return np.zeros(len(rows))
        words = [(w, plain, self.index.views["words"].weight(plain)) for w in dict.fromkeys(syllables(text)) if (plain := fold(w))]
        return np.array(
            [sum(weight for w, plain, weight in words if w not in self._marked[row] and plain in self._plain[row]) for row in rows]
        )


def _first_of(values: npt.NDArray[np.floating[Any]], most: int) -> npt.NDArray[np.int64]:
    """Return where the `most` greatest of `values` stand, the greatest first and of equals the first; looks at the rest only once."""
    if len(values) > most:
        least = np.partition(values, -most)[-most]
        near = np.flatnonzero(values >= least)
    else:
        near = np.arange(len(values))
    found: npt.NDArray[np.int64] = near[np.argsort(-values[near], kind="stable")][:most]
    return found
