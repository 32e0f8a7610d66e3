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
from bot.understanding import classifier, restorer
from bot.understanding.classifier import Classifier
from bot.understanding.restorer import Restorer
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
    restorer: Restorer | None = None  # of the diacritics, learnt from all surfaces of the snapshot

    def mend(self, text: str) -> str:
        """Return normalised `text` with its slips mended, as it stands where nothing tells how."""
        return self.restorer.mend(text) if self.restorer else text

    def rewrite(self, text: str) -> str | None:
        """Return normalised `text` with its everyday words put into official ones, or None when it has none.

        A phrase is found as it is accented; in unaccented text as its diacritics are restored, or folded where nothing restores them.
        """
        typed_so = is_accented(text)
        accented = typed_so or self.restorer is not None
        if not typed_so:
            text = self.restorer.restore(text) if self.restorer else fold(text)
        said = changed = f" {' '.join(syllables(text))} "
        for everyday, official in self.meanings:
            needle = f" {everyday if accented else fold(everyday)} "
            if needle in changed:
                changed = changed.replace(needle, f" {official if accented else fold(official)} ")
        if changed == said:
            return None
        return changed.strip() if typed_so else fold(changed.strip())


def surfaces_of(procedure: Procedure) -> tuple[list[str], list[str]]:
    """Return the names and the sample questions of `procedure`, normalised, without repetition."""
    names = [procedure.name, procedure.official_name, *procedure.other_names, procedure.label]
    names = list(dict.fromkeys(map(normalise, names)))
    asked = [q for q in dict.fromkeys(map(normalise, procedure.sample_questions)) if q not in names]
    return names, asked


def restorer_of(knowledge: Knowledge) -> Restorer:
    """Return the restorer of diacritics that the names, the sample questions and the vocabulary of `knowledge` teach."""
    surfaces = (s for p in knowledge.procedures.values() for part in surfaces_of(p) for s in part)
    return restorer.learn([*surfaces, *(said for pair in _meanings(knowledge.vocabulary) for said in pair)])


def build(knowledge: Knowledge, in_full: bool = True, restored_by: Restorer | None = None) -> Index:
    """Return the index of the entries of `knowledge` that are written up in full, or else of the rows of its catalogue.

    The same knowledge gives the same index. `restored_by` is what `restorer_of(knowledge)` gave, if it was called before.
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
        restored_by or restorer_of(knowledge),
    )  # fmt: skip


def _meanings(vocabulary: Iterable[Meaning]) -> tuple[tuple[str, str], ...]:
    pairs = {normalise(s): normalise(m.means) for m in vocabulary for s in m.said}
    return tuple(sorted(pairs.items(), key=lambda p: (-len(p[0]), p[0])))  # the longest phrase first


ENTRIES, ROWS = "index", "rows"  # the names of a snapshot's two indexes: entries in full, rows of the catalogue
RESTORER = "restorer.json"


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
            _load_restorer(folder),
        )  # fmt: skip


def write(knowledge: Knowledge, folder: Path) -> None:
    """Build both indexes of `knowledge` and save them into `folder`: what `publish` is given."""
    restored_by = restorer_of(knowledge)
    save(build(knowledge, restored_by=restored_by), folder)
    save(build(knowledge, in_full=False, restored_by=restored_by), folder, ROWS)
    plain = {"single": restored_by.single, "pairs": restored_by.pairs}
    (folder / RESTORER).write_text(json.dumps(plain, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def _load_restorer(folder: Path) -> Restorer | None:
    """Return the restorer of a snapshot, None of one that was published before there were any."""
    try:
        return Restorer(**json.loads((folder / RESTORER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
