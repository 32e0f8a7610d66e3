"""The gaps: questions that were left without a good answer, grouped by likeness, each group with the entry it nearly reached and the line that would mend it.

Texts are compared by their words, rare ones weighing more, as the linker's index does (`understanding/views.py`), and by their letters (rapidfuzz),
which survive typos.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from bot.knowledge.model import Knowledge
from bot.questions.question import Question
from bot.text import fold, normalise, syllables
from bot.understanding.search import LETTERS, WORDS, Search
from bot.understanding.views import build_view, word_features

ALIKE_FROM = 0.7  # likeness from which two questions are of one group
WORDS_FROM = (ALIKE_FROM - LETTERS) / WORDS  # two texts less alike in words cannot reach it: their letters need not be compared
MOST_COMPARED = 20_000  # different texts that are compared, the most frequent first; the others join no group
MOST_GAPS = 500  # told; what comes after is mostly single questions, and for each the nearest entry would have to be looked up
MOST_SHOWN = 5  # texts shown of a group
LONGEST_NAME = 6  # syllables; a longer text, or one that asks, is a sample question
_ASKS = frozenset("gi dau bao may sao khong ko nao the can lam nop xin hoi lau tien".split())
Reason = Literal["unanswered", "left", "disliked"]
Field = Literal["ten_goi_khac", "cau_hoi_mau"]


@dataclass(frozen=True)
class Gap:
    """Questions alike: how many in all and for which reason, the texts (most frequent first), the entry they nearly reached and the line to paste there."""

    count: int
    reasons: dict[Reason, int]
    texts: tuple[str, ...]
    comments: tuple[str, ...]
    code: str | None
    field: Field
    line: str


@dataclass
class _Text:
    """One text, however it was accented: its commonest writing and the questions that said it."""

    questions: list[Question]

    @property
    def written(self) -> str:
        return Counter(q.text for q in self.questions).most_common(1)[0][0]


def gaps(questions: Iterable[Question], search: Search) -> list[Gap]:
    """Return the gaps among `questions`, the `MOST_GAPS` largest, the largest first."""
    texts: dict[str, _Text] = {}
    for question in questions:
        if question.is_gap:
            texts.setdefault(_key(question.text), _Text([])).questions.append(question)
    texts.pop("", None)
    ranked = sorted(texts.items(), key=lambda item: (-len(item[1].questions), item[0]))[:MOST_COMPARED]
    held = [text for _, text in ranked]
    groups = [[held[at] for at in group] for group in _groups([key for key, _ in ranked])]
    groups.sort(key=lambda group: (-sum(len(text.questions) for text in group), group[0].written))
    return [_gap(group, search) for group in groups[:MOST_GAPS]]


def _key(text: str) -> str:
    return " ".join(syllables(fold(normalise(text))))


def _groups(texts: Sequence[str]) -> list[list[int]]:
    """Return groups of the positions of `texts` that are alike: the first text that has no group yet leads one, and all that are like it join."""
    words = [word_features(text) for text in texts]
    view = build_view(words, range(len(texts)), len(texts))
    free = np.ones(len(texts), bool)
    groups = []
    for leader in range(len(texts)):
        if not free[leader]:
            continue
        in_words = view.cosine(words[leader], len(texts))
        near = np.flatnonzero(free & (in_words >= WORDS_FROM))
        in_letters = process.cdist([texts[leader]], [texts[at] for at in near], scorer=fuzz.ratio)[0] / 100
        alike = near[WORDS * in_words[near] + LETTERS * in_letters >= ALIKE_FROM]
        group = np.union1d(alike, [leader])
        free[group] = False
        groups.append(group.tolist())
    return groups


def _gap(group: Sequence[_Text], search: Search) -> Gap:
    questions = [q for text in group for q in text.questions]
    reasons = Counter(_reason(q) for q in questions)
    written = tuple(text.written for text in group)
    field, line = ready_line(written[0])
    comments = tuple(dict.fromkeys(q.comment for q in questions if q.comment))[:MOST_SHOWN]
    return Gap(len(questions), dict(reasons), written[:MOST_SHOWN], comments, _nearly(questions, written[0], search), field, line)


def _reason(question: Question) -> Reason:
    if question.thumb == "down":
        return "disliked"
    return "unanswered" if question.kind == "handoff" else "left"


def _nearly(questions: Sequence[Question], text: str, search: Search) -> str | None:
    """Return the entry most of `questions` came nearest to as they were asked, or else the one that `text` comes nearest to now."""
    known: Knowledge = search.knowledge
    reached = Counter(q.codes[0] for q in questions if q.codes and q.codes[0] in known.procedures)
    if reached:
        return reached.most_common(1)[0][0]
    return next((procedure.code for procedure in search.find(text, 1)), None)


def ready_line(text: str) -> tuple[Field, str]:
    """Return the field of an entry that `text` belongs in, and the line of YAML to paste there: as a quoted text it means itself, whatever it holds."""
    words = _key(text).split()
    field: Field = "ten_goi_khac" if len(words) <= LONGEST_NAME and "?" not in text and not _ASKS & set(words) else "cau_hoi_mau"
    return field, "- " + json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\u2028", "\\L").replace("\u2029", "\\P")
