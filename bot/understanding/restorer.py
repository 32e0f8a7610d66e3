"""Diacritics restored and slips mended: a question as its writer most likely meant it, by the syllables and pairs of syllables of the knowledge.

Learnt when knowledge is published; the likeliest row of written syllables is found by Viterbi's algorithm. Restored diacritics are a second reading of
the question and never replace what was typed: "de lam giay" is rather "để làm giấy" than "đẻ, làm giấy". What no Vietnamese could have meant to type
("chứgn nhận") is read as the nearest syllable that fits. Nothing here does I/O.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.text import fold, is_accented, is_readable, syllables, with_syllables

ALONE = 0.4  # what a syllable's own frequency counts for where its pair was never read ("stupid back-off": Brants et al., 2007)
EDGE = ""  # stands before the first syllable
SHORTEST_SLIP = 3  # letters of what is taken for a slip; shorter ones are short forms
MOST_NEAR = 12  # syllables that a slip is compared with, the most frequent ones
_VOWEL = re.compile("[aeiouy]")
_LETTERS = "abcdeghiklmnopqrstuvxy"  # of Vietnamese, folded


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
        return " ".join(self._likeliest([self.written.get(syllable, (syllable,)) for syllable in syllables(text)]))

    def mend(self, text: str) -> str:
        """Return normalised `text` with each syllable that cannot be read as the one, a slip away, that fits its neighbours best, if one does."""
        said = syllables(text)
        near = [self._near(fold(syllable)) if self._is_slip(syllable) else () for syllable in said]
        if not any(near):
            return text
        accented = is_accented(text)
        others = [(syllable,) if accented else self.written.get(syllable, (syllable,)) for syllable in said]
        read = [EDGE, *self._likeliest([forms or other for forms, other in zip(near, others)]), EDGE]
        fits = [any(f"{a} {b}" in self.pairs for a, b in pairwise(three)) for three in zip(read, read[1:], read[2:])]
        meant = [read[at + 1] if accented else fold(read[at + 1]) for at in range(len(said))]
        return with_syllables(text, [m if forms and fit else typed for m, forms, fit, typed in zip(meant, near, fits, said)])

    def _is_slip(self, syllable: str) -> bool:
        folded = fold(syllable)
        return len(syllable) >= SHORTEST_SLIP and bool(_VOWEL.search(folded)) and not is_readable(syllable) and folded not in self.written

    def _near(self, folded: str) -> tuple[str, ...]:
        """Return the written forms of the syllables that one slip makes `folded`: a letter missed, too many, hit wrongly, or two exchanged."""
        halves = [(folded[:at], folded[at:]) for at in range(len(folded) + 1)]
        meant = {a + b[1:] for a, b in halves if b} | {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
        meant |= {a + letter + rest for a, b in halves for letter in _LETTERS for rest in {b, b[1:]}}
        forms = [form for syllable in meant for form in self.written.get(syllable, ())]
        return tuple(sorted(forms, key=lambda form: (-self.single[form], form))[:MOST_NEAR])

    def _likeliest(self, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return the likeliest row of forms, one of each of `rows`."""
        paths: dict[str, tuple[float, tuple[str, ...]]] = {EDGE: (0.0, ())}
        for forms in rows:
            paths = {
                form: max((score + self._log_chance(before, form), (*path, form)) for before, (score, path) in paths.items())
                for form in forms
            }
        return max(paths.values())[1]

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
