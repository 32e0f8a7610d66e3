"""Diacritics restored: an unaccented question as its writer most likely meant it, by the syllables and pairs of syllables of the knowledge.

Learnt when knowledge is published; the likeliest row of written syllables is found by Viterbi's algorithm. It is a second reading of the question
and never replaces what was typed: "de lam giay" is rather "để làm giấy" than "đẻ, làm giấy". Nothing here does I/O.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.text import fold, is_accented, syllables

ALONE = 0.4  # what a syllable's own frequency counts for where its pair was never read ("stupid back-off": Brants et al., 2007)
EDGE = ""  # stands before the first syllable


@dataclass(frozen=True)
class Restorer:
    """How often each written syllable and each pair of them was read, the pair as two syllables with a space between."""

    single: Mapping[str, int]
    pairs: Mapping[str, int]

    @cached_property
    def written(self) -> dict[str, list[str]]:
        """How each folded syllable is written, the most frequent form first."""
        written: dict[str, list[str]] = {}
        for syllable in sorted(filter(None, self.single), key=lambda s: (-self.single[s], s)):
            written.setdefault(fold(syllable), []).append(syllable)
        return written

    def restore(self, text: str) -> str:
        """Return the syllables of normalised, unaccented `text` with their likeliest diacritics; one that was never read stays as it is."""
        paths: dict[str, tuple[float, tuple[str, ...]]] = {EDGE: (0.0, ())}
        for syllable in syllables(text):
            paths = {
                form: max((score + self._log_chance(before, form), (*path, form)) for before, (score, path) in paths.items())
                for form in self.written.get(syllable, (syllable,))
            }
        return " ".join(max(paths.values())[1])

    def _log_chance(self, before: str, form: str) -> float:
        together = self.pairs.get(f"{before} {form}", 0)
        if together:
            return math.log(together / self.single[before])
        return math.log(ALONE * (self.single.get(form, 0) + 1) / (self.single[EDGE] + 1))


def learn(texts: Iterable[str]) -> Restorer:
    """Return what the accented ones of normalised `texts` teach."""
    single: Counter[str] = Counter({EDGE: 0})
    pairs: Counter[str] = Counter()
    for text in texts:
        if not is_accented(text):
            continue
        said = [EDGE, *syllables(text)]
        single.update(said)
        pairs.update(f"{a} {b}" for a, b in pairwise(said))
    return Restorer(single, pairs)
