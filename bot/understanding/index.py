"""The search index of a snapshot: every way a procedure is called or asked for, looked up by shared features.

A *surface* is one such way: a name, another name, a choice label, a sample question. Three views of the text are indexed:
`words` (folded uni- and bigrams), `accents` (syllables with their diacritics, uni- and bigrams) and `letters` (folded character
trigrams, which survive typos). Each view is an inverted index in plain arrays, so a look-up touches only the postings of the
query's own features. Nothing here imports Rasa.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.knowledge.model import Knowledge, Meaning, Procedure
from bot.text import fold, has_diacritics, is_accented, normalise, syllables
from bot.understanding.lexicon import is_particle

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

PARTICLE_WEIGHT = 0.5  # what a particle ("ạ", "thì", "cho em hỏi") weighs beside a word of the same rarity
VIEWS = ("words", "accents", "letters")


def word_features(text: str) -> list[str]:
    """Return the folded syllables of normalised `text` and their bigrams."""
    words = syllables(fold(text))
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def accent_features(text: str) -> list[str]:
    """Return the syllables of normalised `text` that carry diacritics, and the bigrams that hold one."""
    words = syllables(text)
    marked = [has_diacritics(w) for w in words]
    pairs = zip(words, words[1:], marked, marked[1:])
    return [w for w, m in zip(words, marked) if m] + [f"{a} {b}" for a, b, m, n in pairs if m or n]


def letter_features(text: str) -> list[str]:
    """Return the trigrams of letters of normalised `text`, folded, word by word with its edges."""
    grams: list[str] = []
    for word in syllables(fold(text)):
        edged = f"<{word}>"
        grams += [edged[i : i + 3] for i in range(max(1, len(edged) - 2))]
    return grams


_FEATURES = {"words": word_features, "accents": accent_features, "letters": letter_features}


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


@dataclass(frozen=True)
class Index:
    """A snapshot's search index.

    `codes` are the procedures by row; surface s belongs to procedure `owner[s]`, the surfaces of a procedure stand together from
    `first[p]`; the first `names[p]` of them are names, the rest sample questions.
    """

    codes: tuple[str, ...]
    surfaces: tuple[str, ...]
    first: Ints
    names: Ints
    owner: Ints
    views: dict[str, View]
    meanings: tuple[tuple[str, str], ...]  # everyday phrase -> official phrase, both normalised

    def rewrite(self, text: str) -> str | None:
        """Return normalised `text` with its everyday words put into official ones, or None when it has none.

        A phrase is found folded or, in accented text, only as it is accented.
        """
        said = f" {' '.join(syllables(text))} "
        accented = is_accented(text)
        if not accented:
            said = fold(said)
        changed = said
        for everyday, official in self.meanings:
            needle = f" {everyday if accented else fold(everyday)} "
            if needle in changed:
                changed = changed.replace(needle, f" {official if accented else fold(official)} ")
        return None if changed == said else changed.strip()


def surfaces_of(procedure: Procedure) -> tuple[list[str], list[str]]:
    """Return the names and the sample questions of `procedure`, normalised, without repetition."""
    names = [procedure.name, procedure.official_name, *procedure.other_names, procedure.label]
    names = list(dict.fromkeys(map(normalise, names)))
    asked = [q for q in dict.fromkeys(map(normalise, procedure.sample_questions)) if q not in names]
    return names, asked


def build(knowledge: Knowledge, in_full: bool = True) -> Index:
    """Return the index of the entries of `knowledge` that are written up in full, or else of the rows of its catalogue.

    The same knowledge gives the same index.
    """
    codes: list[str] = []
    texts: list[str] = []
    first: list[int] = []
    named: list[int] = []
    owner: list[int] = []
    covered = {code for p in knowledge.procedures.values() for code in p.covers}
    held = (c for c, p in knowledge.procedures.items() if p.in_full == in_full and (in_full or c not in covered))
    for row, code in enumerate(sorted(held)):
        names, asked = surfaces_of(knowledge.procedures[code])
        codes.append(code)
        first.append(len(texts))
        named.append(len(names))
        texts += names + asked
        owner += [row] * (len(names) + len(asked))
    views = {view: _build_view([_FEATURES[view](t) for t in texts], owner, len(codes)) for view in VIEWS}
    return Index(
        tuple(codes), tuple(texts), np.array(first, np.int32), np.array(named, np.int32), np.array(owner, np.int32), views,
        _meanings(knowledge.vocabulary),
    )  # fmt: skip


def _meanings(vocabulary: Iterable[Meaning]) -> tuple[tuple[str, str], ...]:
    pairs = {normalise(s): normalise(m.means) for m in vocabulary for s in m.said}
    return tuple(sorted(pairs.items(), key=lambda p: (-len(p[0]), p[0])))  # the longest phrase first


def _build_view(documents: Sequence[Sequence[str]], owner: Sequence[int], procedures: int) -> View:
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


ENTRIES, ROWS = "index", "rows"  # the names of a snapshot's two indexes: entries in full, rows of the catalogue


def save(index: Index, folder: Path, name: str = ENTRIES) -> None:
    """Write `index` into `folder` as arrays and one JSON file, under `name`; the same index gives the same bytes."""
    plain = {
        "codes": index.codes,
        "surfaces": index.surfaces,
        "meanings": index.meanings,
        "unknown_idf": {name: view.unknown_idf for name, view in index.views.items()},
        "features": {name: list(view.ids) for name, view in index.views.items()},
    }
    (folder / f"{name}.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    arrays = {"first": index.first, "names": index.names, "owner": index.owner}
    for view_name, view in index.views.items():
        arrays |= {f"{view_name}.{part}": getattr(view, part) for part in _VIEW_ARRAYS}
    np.savez(folder / f"{name}.npz", **arrays)


_VIEW_ARRAYS = ("idf", "starts", "rows", "weights")


def load(folder: Path, name: str = ENTRIES) -> Index:
    """Read the index that `save` wrote into `folder`; raises OSError or ValueError when it is not there or broken."""
    plain = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as arrays:
        views = {
            view: View(
                ids={f: i for i, f in enumerate(plain["features"][view])},
                unknown_idf=plain["unknown_idf"][view],
                **{part: arrays[f"{view}.{part}"] for part in _VIEW_ARRAYS},
            )
            for view in VIEWS
        }
        return Index(
            tuple(plain["codes"]), tuple(plain["surfaces"]), arrays["first"], arrays["names"], arrays["owner"], views,
            tuple((a, b) for a, b in plain["meanings"]),
        )  # fmt: skip


def write(knowledge: Knowledge, folder: Path) -> None:
    """Build both indexes of `knowledge` and save them into `folder`: what `publish` is given."""
    save(build(knowledge), folder)
    save(build(knowledge, in_full=False), folder, ROWS)
