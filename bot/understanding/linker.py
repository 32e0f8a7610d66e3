"""The procedure linker: which published procedures a question may mean, with calibrated probabilities.

Two shelves are asked, the entries in full and the rows of the catalogue; for each candidate a handful of likenesses between question and procedure is
measured (`shelf.py`). One conditional logit over the candidates of both, and over the possibility that no procedure is meant, turns them into
probabilities. Its weights (`learning.py`) speak of likeness only, so a new entry needs no retraining.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bot.text import normalise, syllables
from bot.understanding.lexicon import carried_on
from bot.understanding.shelf import FEATURES, Likeness, Shelf, readings

ALSO_FROM = 0.8  # clauses that each name another procedure as surely as this ask two things at once
WHOLE_ENOUGH = 0.95  # a text that names a procedure as surely as this as a whole is not taken apart: its clauses tell of the case
LONG = 8  # syllables from which a question is also read clause by clause
UNSURE = 0.25  # a whole question whose first candidate is less likely is read clause by clause
CLAUSE_FROM = 0.5  # and a clause counts when its first candidate is at least this likely
PLAUSIBLE = 3  # and among the first of the whole
SHORTEST_CLAUSE = 3  # syllables; shorter ones are particles and calls ("chị ơi")
SHOWN = 10  # candidates handed on


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
    """The learnt logit: a weight for each feature of an entry and of a row, what rows stand back or ahead by, and the standing of «none of these»:
    a bias, and what it gains or loses as a name covers more of the question."""

    entries: tuple[float, ...]
    rows: tuple[float, ...]
    rows_bias: float
    none_bias: float
    none_covered: float

    def to_plain(self) -> dict[str, object]:
        """Return the weights as JSON-ready values."""
        single = {"rows_bias": self.rows_bias, "none_bias": self.none_bias, "none_covered": self.none_covered}
        return {"entries": dict(zip(FEATURES, self.entries)), "rows": dict(zip(FEATURES, self.rows)), **single}

    @staticmethod
    def from_plain(plain: dict[str, object]) -> Weights:
        """Return what `to_plain` made; raises KeyError when a feature is missing."""
        entries, rows = plain["entries"], plain["rows"]
        assert isinstance(entries, dict) and isinstance(rows, dict)
        singles = [plain[name] for name in ("rows_bias", "none_bias", "none_covered")]
        rows_bias, none_bias, none_covered = (value for value in singles if isinstance(value, float))
        return Weights(
            tuple(float(entries[f]) for f in FEATURES), tuple(float(rows[f]) for f in FEATURES), rows_bias, none_bias, none_covered
        )


def _likeliest(links: Links) -> float:
    return links.candidates[0].probability if links.candidates else 0.0


class Linker:
    """Links questions to published procedures: to the entries in full and to the rows of the catalogue."""

    def __init__(self, entries: Shelf, rows: Shelf, weights: Weights) -> None:
        self.entries = entries
        self.rows = rows
        self.weights = weights
        self._of_entries, self._of_rows = np.array(weights.entries), np.array(weights.rows)

    def link(self, text: str) -> Links:
        """Return the procedures that `text` (as typed) may mean.

        A long text that does not surely name one as a whole is read clause by clause: where it names none, the clause that is surest of one counts,
        and clauses that each name another are two questions.
        """
        text = carried_on(normalise(text))
        whole = self.link_whole(text)
        if _likeliest(whole) >= WHOLE_ENOUGH:
            return whole
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
        asked = readings(text, self.entries.index)
        entries, rows = self.entries.likeness(asked), self.rows.likeness(asked)
        codes = [*(self.entries.index.codes[r] for r in entries.rows), *(self.rows.index.codes[r] for r in rows.rows)]
        if not codes:
            return Links((), 1.0)
        none = self.weights.none_bias + self.weights.none_covered * covered(entries, rows)
        scores = np.concatenate([entries.table @ self._of_entries, rows.table @ self._of_rows + self.weights.rows_bias, [none]])
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        order = np.argsort(-chances[:-1], kind="stable")[:SHOWN]
        return Links(tuple(Candidate(codes[i], float(chances[i])) for i in order), float(chances[-1]))


def covered(entries: Likeness, rows: Likeness) -> float:
    """Return how much of a question any name covers."""
    return max(entries.covered, rows.covered)


def clauses(text: str) -> list[str]:
    """Return the clauses of a long `text`, without the shortest, none when it is one itself: in a rambling question one clause names what is wanted."""
    said = syllables(text)
    if len(said) < LONG:
        return []
    parts = re.split(r"[,.;:?!\n]+|(?<!\w)(?:với|voi|và|va|rồi|roi|nhưng|nhung)(?!\w)", text)
    return [part for part in parts if SHORTEST_CLAUSE <= len(syllables(part)) < len(said)]
