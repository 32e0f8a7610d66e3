"""A shelf: one index of a snapshot, and how alike a question and each of its procedures are.

A look-up touches the postings of the question's own features only; the few procedures that come near are weighed closely. Every likeness is a number
that speaks of likeness alone, so that a new procedure needs no training; what each is worth is learnt (`learning.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from bot.text import fold, is_accented, syllables
from bot.understanding.classifier import Classifier
from bot.understanding.index import Index
from bot.understanding.lexicon import ABROAD, turns
from bot.understanding.views import Floats, View, letter_features, word_features

CANDIDATES = 24  # procedures that are weighed closely; the right one was among the first 24 for all but a few of the samples
SET_APART = 8  # and as many that the classifier finds likeliest, however faint the likeness
FEWEST_CONTAINED = 2  # different words a name has to be looked for in a question
LETTERS_WEIGH = 0.5  # what a likeness of letters weighs beside one of words when candidates are looked up
ROUNDED, BY_LENGTH = 1.5, 0.75  # k1 and b of BM25 as they are usual

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
    "covered",  # share of the question's known words and pairs that a name holds, weighed and by the name's length as BM25 does
    "turns_missing",  # turns ("again", "change") that the procedure's own name takes and the question does not speak of
    "turns_extra",  # and those the question speaks of that none of its names takes
    "abroad_missing",  # the same of the turn "abroad" by itself: what has to do with it is a procedure apart
    "abroad_extra",
    "misread",  # share of the accented question that a procedure holds only without its accents: "thuê nhà" is no "thuế nhà"
    "length",  # log of the number of different syllables asked: a long question is less like anything, whether it means a procedure or not
)
Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """A question as it is looked up: normalised, with what every shelf asks of it."""

    text: str
    folded: str
    words: tuple[str, ...]  # folded syllables and their pairs
    letters: tuple[str, ...]
    syllables: tuple[str, ...]  # different ones, folded
    turns: frozenset[str]
    accented: tuple[str, ...]  # different syllables as typed, none when it was typed without diacritics


def read(text: str) -> Reading:
    """Return the reading of normalised `text`."""
    words = word_features(text)
    said = tuple(dict.fromkeys(f for f in words if " " not in f))
    accented = tuple(dict.fromkeys(syllables(text))) if is_accented(text) else ()
    return Reading(text, fold(text), tuple(words), tuple(letter_features(text)), said, turns(text), accented)


def readings(text: str, index: Index) -> tuple[Reading, ...]:
    """Return the reading of normalised `text`, its slips mended, and the one with its everyday words put into official ones, if it has any."""
    text = index.mend(text)
    rewritten = index.rewrite(text)
    return (read(text), read(rewritten)) if rewritten else (read(text),)


@dataclass(frozen=True)
class Likeness:
    """The procedures of a shelf that come near a question: their `rows` in its index, shape (k,), the values of FEATURES for each, shape
    (k, len(FEATURES)), and how much of the question any name of the shelf covers, from 0 on."""

    rows: npt.NDArray[np.int64]
    table: Table
    covered: float


class Shelf:
    """One index, asked how alike a question and its procedures are."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._ends = np.append(index.first[1:], len(index.surfaces)).astype(np.int64)
        self._sizes = np.sqrt(self._ends - index.first)
        self._own_turns = [turns(index.surfaces[start]) for start in index.first]
        named = [range(start, start + count) for start, count in zip(index.first, index.names)]
        self._all_turns = [frozenset().union(*(turns(index.surfaces[s]) for s in names)) for names in named]
        folded = [fold(s) for s in index.surfaces]
        spans = [range(start, end) for start, end in zip(index.first, self._ends)]
        self._marked = [frozenset(w for s in span for w in syllables(index.surfaces[s])) for span in spans]
        self._plain = [frozenset(w for s in span for w in folded[s].split()) for span in spans]
        # Names stand by themselves too: the names of a procedure together, name by name in the order of the surfaces.
        self._name_at = np.array([s for names in named for s in names], np.int64)
        self._name_first = np.concatenate([[0], np.cumsum(index.names)[:-1]]).astype(np.int64) if len(named) else np.zeros(0, np.int64)
        self._folded_names = [folded[s] for s in self._name_at]
        self._names = _Names(index.views["words"], self._name_at, len(index.surfaces))

    def likeness(self, asked: Sequence[Reading], left_out: int | None = None, judge: Classifier | None = None) -> Likeness:
        """Return the procedures that come near a question, read in one or more ways.

        `left_out` is a surface to do as if it were not there: a sample question must not be found by itself; `judge` is then a classifier
        that never saw it.
        """
        if not self.index.codes:
            return Likeness(np.zeros(0, np.int64), np.zeros((0, len(FEATURES))), 0.0)
        cosines = [self._cosines(reading, left_out) for reading in asked]
        judge = judge or self.index.classifier
        apart = judge.scores(asked[0].text) if judge else np.zeros(len(self.index.codes), np.float32)
        rows = np.unique(np.concatenate([*(self._nearest(*pair) for pair in cosines), self._likeliest(apart)]))
        if not len(rows):
            return Likeness(rows, np.zeros((0, len(FEATURES))), 0.0)
        weighed = [self._weigh(reading, *pair, apart, rows, left_out) for reading, pair in zip(asked, cosines)]
        return Likeness(rows, np.maximum.reduce([table for table, _ in weighed]), max(covered for _, covered in weighed))

    def _cosines(self, asked: Reading, left_out: int | None) -> tuple[Floats, Floats]:
        count = len(self.index.surfaces)
        words = self.index.views["words"].cosine(asked.words, count)
        letters = self.index.views["letters"].cosine(asked.letters, count)
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
        self, asked: Reading, words: Floats, letters: Floats, apart: Floats, rows: npt.NDArray[np.int64], left_out: int | None
    ) -> tuple[Table, float]:
        weight_of = {f: self.index.views["words"].weight(f) for f in asked.syllables}
        total = sum(weight_of.values()) or 1.0
        surfaces, starts = _spans(self.index.first[rows], self._ends[rows])
        names, name_starts = _spans(self._name_first[rows], self._name_first[rows] + self.index.names[rows])
        near_words, near_letters, called = words[surfaces], letters[surfaces], self._name_at[names]
        contained, covered = self._names.shares(asked.words, weight_of, total, None if left_out is None else self._name_at == left_out)
        table = np.zeros((len(rows), len(FEATURES)))
        missing = [self._own_turns[row] - asked.turns for row in rows]
        extra = [asked.turns - self._all_turns[row] for row in rows]
        for at, column in enumerate((
            np.maximum.reduceat(near_words, starts), np.maximum.reduceat(words[called], name_starts),
            np.maximum.reduceat(near_letters, starts), np.maximum.reduceat(letters[called], name_starts),
            apart[rows],
            _second(near_words, starts),
            np.add.reduceat(near_words, starts) / self._sizes[rows], np.add.reduceat(near_letters, starts) / self._sizes[rows],
            self._named(asked.folded, names, name_starts),
            np.maximum.reduceat(contained[names], name_starts), np.maximum.reduceat(covered[names], name_starts),
            [len(turned - {ABROAD}) for turned in missing], [len(turned - {ABROAD}) for turned in extra],
            [ABROAD in turned for turned in missing], [ABROAD in turned for turned in extra],
            self._misread(asked, rows) / total,
            math.log1p(len(asked.syllables)),
        )):  # fmt: skip
            table[:, at] = column
        return table, float(covered.max(initial=0.0))

    def _named(self, folded: str, names: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> Table:
        """Return for each procedure, whose `names` begin at `starts`, the best token-set ratio of `folded` with one of them, from 0 to 1."""
        ratios = process.cdist([folded], [self._folded_names[name] for name in names], scorer=fuzz.token_set_ratio)[0]
        best: Table = np.maximum.reduceat(ratios, starts) / 100
        return best

    def _misread(self, asked: Reading, rows: npt.NDArray[np.int64]) -> Table:
        """Return what the words of an accented question weigh that each of `rows` holds only without their accents."""
        words = [(w, plain, self.index.views["words"].weight(plain)) for w in asked.accented if (plain := fold(w))]
        return np.array(
            [sum(weight for w, plain, weight in words if w not in self._marked[row] and plain in self._plain[row]) for row in rows],
            np.float64,
        )


class _Names:
    """Which words and pairs the names of a shelf hold: the postings of its view of words, of names only."""

    def __init__(self, words: View, name_at: npt.NDArray[np.int64], surfaces: int) -> None:
        place = np.full(surfaces, -1, np.int64)
        place[name_at] = np.arange(len(name_at))
        of_name = place[words.rows]
        kept = of_name >= 0
        self._view = words
        self._held = of_name[kept]
        self._starts = np.concatenate([[0], np.cumsum(kept)])[words.starts]
        syllable = np.array([" " not in feature for feature in words.ids], bool)
        counts = np.diff(self._starts)
        lengths = np.bincount(self._held, minlength=len(name_at))
        self._saturation = (ROUNDED + 1) / (
            1 + ROUNDED * (1 - BY_LENGTH + BY_LENGTH * lengths / max(1.0, lengths.mean() if len(lengths) else 1))
        )
        self._weight = np.maximum(np.bincount(self._held, np.repeat(words.idf * syllable, counts), len(name_at)), 1e-9)
        self._counts = np.bincount(self._held, np.repeat(syllable, counts), len(name_at)) >= FEWEST_CONTAINED

    def shares(
        self, features: Sequence[str], weight_of: dict[str, float], total: float, left_out: npt.NDArray[np.bool_] | None
    ) -> tuple[Table, Table]:
        """Return for each name the share of it that the question holds and the share of the question that it covers, shape (names,) each.

        `weight_of` tells what the question's syllables weigh, `total` what all of them do.
        """
        known = [(f, at) for f in dict.fromkeys(features) if (at := self._view.ids.get(f)) is not None]
        spans = [self._held[self._starts[at] : self._starts[at + 1]] for _, at in known]
        count = len(self._weight)
        if not any(map(len, spans)):
            return np.zeros(count), np.zeros(count)
        holders, sizes = np.concatenate(spans), [len(span) for span in spans]
        held = np.bincount(holders, np.repeat([weight_of.get(f, 0.0) for f, _ in known], sizes), count)
        contained = np.where(self._counts, (held / self._weight) ** 2 * np.minimum(1.0, held / total * 1.5), 0.0)
        weights = np.array([self._view.weight(f) for f, _ in known])
        asked = float(weights[np.array(sizes) > 0].sum()) or 1.0
        covered = np.bincount(holders, np.repeat(weights, sizes), count) * self._saturation / asked
        if left_out is not None:
            contained[left_out] = covered[left_out] = 0.0
        return contained, covered


def _spans(starts: npt.NDArray[Any], ends: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the numbers from each of `starts` to before its one of `ends`, one after another, and where each span begins among them."""
    sizes = (ends - starts).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return np.arange(int(sizes.sum())) + np.repeat(starts - begins, sizes), begins


def _second(values: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Return the second greatest of `values` in each span that begins at `starts`, 0 in a span of one."""
    ends = np.append(starts[1:], len(values))
    order = np.lexsort((values, np.repeat(np.arange(len(starts)), ends - starts)))
    second: Floats = np.where(ends - starts > 1, values[order[np.maximum(ends - 2, 0)]], 0)
    return second


def _first_of(values: npt.NDArray[np.floating[Any]], most: int) -> npt.NDArray[np.int64]:
    """Return where the `most` greatest of `values` stand, the greatest first and of equals the first; looks at the rest only once."""
    if len(values) > most:
        least = np.partition(values, -most)[-most]
        near = np.flatnonzero(values >= least)
    else:
        near = np.arange(len(values))
    found: npt.NDArray[np.int64] = near[np.argsort(-values[near], kind="stable")][:most]
    return found
