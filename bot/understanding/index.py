"""The search index of a snapshot: every way a procedure is called or asked for, looked up by shared features.

A *surface* is one such way: a name, another name, a choice label, a sample question. Two views of the text are indexed:
`words` (folded uni- and bigrams) and `letters` (folded character trigrams, which survive typos). The entries in full have a classifier
beside them, which tells what sets each apart from those like it. Nothing here imports Rasa.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.knowledge.model import Knowledge, Meaning, Procedure
from bot.text import fold, is_accented, normalise, syllables
from bot.understanding import classifier
from bot.understanding.classifier import Classifier
from bot.understanding.views import FEATURES, Ints, View, build_view


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
    classifier: Classifier | None = None  # of the entries in full; a row of the catalogue has too few surfaces to learn from

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
    views = {view: build_view([features(t) for t in texts], owner, len(codes)) for view, features in FEATURES.items()}
    return Index(
        tuple(codes), tuple(texts), np.array(first, np.int32), np.array(named, np.int32), np.array(owner, np.int32), views,
        _meanings(knowledge.vocabulary), classifier.fit(texts, owner, len(codes)) if in_full else None,
    )  # fmt: skip


def _meanings(vocabulary: Iterable[Meaning]) -> tuple[tuple[str, str], ...]:
    pairs = {normalise(s): normalise(m.means) for m in vocabulary for s in m.said}
    return tuple(sorted(pairs.items(), key=lambda p: (-len(p[0]), p[0])))  # the longest phrase first


ENTRIES, ROWS = "index", "rows"  # the names of a snapshot's two indexes: entries in full, rows of the catalogue


def save(index: Index, folder: Path, name: str = ENTRIES) -> None:
    """Write `index` into `folder` as arrays and one JSON file, under `name`; the same index gives the same bytes."""
    views = _all_views(index)
    plain = {
        "codes": index.codes,
        "surfaces": index.surfaces,
        "meanings": index.meanings,
        "unknown_idf": {name: view.unknown_idf for name, view in views.items()},
        "features": {name: list(view.ids) for name, view in views.items()},
    }
    (folder / f"{name}.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    arrays: dict[str, npt.NDArray[Any]] = {"first": index.first, "names": index.names, "owner": index.owner}
    if index.classifier:
        arrays["bias"] = index.classifier.bias
    for view_name, view in views.items():
        arrays |= {f"{view_name}.{part}": getattr(view, part) for part in _VIEW_ARRAYS}
    np.savez(folder / f"{name}.npz", **arrays)


_VIEW_ARRAYS = ("idf", "starts", "rows", "weights")
_OF_CLASSIFIER = "apart."  # before the names of its views


def _all_views(index: Index) -> dict[str, View]:
    apart = index.classifier.views if index.classifier else {}
    return index.views | {f"{_OF_CLASSIFIER}{name}": view for name, view in apart.items()}


def load(folder: Path, name: str = ENTRIES) -> Index:
    """Read the index that `save` wrote into `folder`; raises OSError, KeyError or ValueError when it is not there or broken."""
    plain = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as arrays:
        views = {
            view: View(
                ids={f: i for i, f in enumerate(features)},
                unknown_idf=plain["unknown_idf"][view],
                **{part: arrays[f"{view}.{part}"] for part in _VIEW_ARRAYS},
            )
            for view, features in plain["features"].items()
        }
        apart = {view: views.pop(f"{_OF_CLASSIFIER}{view}") for view in FEATURES if f"{_OF_CLASSIFIER}{view}" in views}
        return Index(
            tuple(plain["codes"]), tuple(plain["surfaces"]), arrays["first"], arrays["names"], arrays["owner"], views,
            tuple((a, b) for a, b in plain["meanings"]), Classifier(apart, arrays["bias"]) if apart else None,
        )  # fmt: skip


def write(knowledge: Knowledge, folder: Path) -> None:
    """Build both indexes of `knowledge` and save them into `folder`: what `publish` is given."""
    save(build(knowledge), folder)
    save(build(knowledge, in_full=False), folder, ROWS)
