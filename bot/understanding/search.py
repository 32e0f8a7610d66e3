"""Looking procedures up by a few typed words, as they are typed: what a list of suggestions shows. No model, no conversation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.knowledge.life import phase
from bot.knowledge.model import Knowledge, Procedure
from bot.knowledge.publish import Snapshot
from bot.text import fold, normalise
from bot.understanding import index
from bot.understanding.index import Index
from bot.understanding.views import Floats, letter_features, word_features

WORDS, LETTERS = 0.6, 0.4  # what the two views of a likeness weigh: whole words, and letters of words half typed
ROWS_WEIGH = 0.85  # a row of the catalogue must be that much more alike than an entry in full, which tells more
ALIKE_FROM = 0.15  # cosine from which a procedure is worth suggesting


@dataclass(frozen=True)
class Search:
    """The knowledge of a snapshot and its two indexes."""

    knowledge: Knowledge
    entries: Index
    rows: Index

    @staticmethod
    def open(snapshot: Snapshot) -> Search:
        """Return the search over `snapshot`; raises OSError or ValueError when its indexes cannot be read."""
        return Search(snapshot.knowledge, index.load(snapshot.folder), index.load(snapshot.folder, index.ROWS))

    def find(self, text: str, most: int) -> list[Procedure]:
        """Return at most `most` procedures in force that `text` may mean, the likeliest first."""
        said = normalise(text)
        readings = [r for r in (said, self.entries.rewrite(said)) if r]
        found: dict[str, float] = {}
        for shelf, weigh in ((self.entries, 1.0), (self.rows, ROWS_WEIGH)):
            for reading in readings:
                for code, likeness in zip(shelf.codes, _by_procedure(shelf, reading).tolist()):
                    found[code] = max(found.get(code, 0.0), weigh * likeness)
        ranked = sorted((-likeness, code) for code, likeness in found.items() if likeness >= ALIKE_FROM)
        known = (self.knowledge.procedures[code] for _, code in ranked if code in self.knowledge.procedures)
        return [p for p in known if phase(p, self.knowledge.today) != "ended"][:most]


def _by_procedure(shelf: Index, reading: str) -> Floats:
    """Return for each procedure of `shelf` the likeness of its nearest surface to `reading`, shape (procedures,)."""
    if not shelf.codes:
        return np.zeros(0, np.float32)
    words = shelf.views["words"].cosine(word_features(reading), len(shelf.surfaces))
    letters = shelf.views["letters"].cosine(letter_features(fold(reading)), len(shelf.surfaces))
    best: Floats = np.maximum.reduceat(WORDS * words + LETTERS * letters, shelf.first)
    return best
