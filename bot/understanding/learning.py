"""Learning what likeness is worth: the linker's weights, from questions whose procedure is known and sentences that mean none.

Each sample question is looked up with its own surface left out, as if nobody had written it down yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.text import fold, normalise, syllables
from bot.understanding import classifier
from bot.understanding.classifier import Classifier
from bot.understanding.index import Index
from bot.understanding.linker import ELSEWHERE, FEATURES, Measure, Weights, beside


@dataclass(frozen=True)
class Example:
    """A sentence to learn from: the code it means, or None; `surface` is the sample question it is, if it is one; `counts` is its weight."""

    text: str
    code: str | None
    surface: int | None = None
    counts: int = 1


def examples_of(index: Index) -> list[Example]:
    """Return every sample question of `index` as an example, as typed and without diacritics."""
    examples = []
    for row, code in enumerate(index.codes):
        start = int(index.first[row] + index.names[row])
        end = int(index.first[row + 1]) if row + 1 < len(index.codes) else len(index.surfaces)
        for surface in range(start, end):
            text = index.surfaces[surface]
            examples += [Example(t, code, surface) for t in _as_typed(text, surface)]
    return examples


def _as_typed(text: str, turn: int) -> tuple[str, ...]:
    """Return normalised `text` as it stands, without diacritics, and both with talk around it."""
    rambling = normalise(f"{OPENINGS[turn % len(OPENINGS)]} {text} {ENDINGS[turn % len(ENDINGS)]}")
    return tuple(dict.fromkeys((text, fold(text), rambling, fold(rambling))))


# Sample questions are to the point; people are not. Each is also learnt from with words around it that mean nothing.
OPENINGS = (
    "chị ơi cho em hỏi với", "dạ em chào anh chị", "nhà em ở quê mới lên hà nội", "hôm qua em ra phường mà đông quá nên chưa hỏi được",
    "ad ơi giúp mình với mình đang gấp lắm", "tôi già rồi không rành mạng", "cho mình hỏi chút", "em đang đi làm xa",
)  # fmt: skip
ENDINGS = (
    "em cảm ơn ạ", "chỉ giúp tôi với", "mấy hôm nay lo quá", "gấp lắm rồi ạ", "mà không biết hỏi ai", "chồng em bảo ra phường mà em bận con nhỏ",
)  # fmt: skip

# And what people put around the name of a procedure that they read somewhere.
AROUND_A_NAME = (
    "{}", "{} cần giấy tờ gì", "cho hỏi thủ tục {}", "{} nộp ở đâu", "{} mất bao lâu", "muốn {} thì làm thế nào", "{} bao nhiêu tiền", "hồ sơ {}",
)  # fmt: skip
ROWS_LEARNT_FROM = 600  # names of the catalogue that are learnt from, spread evenly over it
SHORTEST_PART = 4  # syllables of a part of a name that still tells what is meant


def row_examples(index: Index) -> list[Example]:
    """Return names of the catalogue as people ask by them: whole and in part, with diacritics and without."""
    examples = []
    step = max(1, len(index.codes) // ROWS_LEARNT_FROM)
    for turn, row in enumerate(range(0, len(index.codes), step)):
        name = syllables(index.surfaces[int(index.first[row])])
        start = turn % 3 if len(name) > SHORTEST_PART + 2 else 0
        part = name[start : start + max(SHORTEST_PART, len(name) * (2 + turn % 3) // 5)]
        asked = [AROUND_A_NAME[(turn + i) % len(AROUND_A_NAME)].format(" ".join(words)) for i, words in enumerate((name, part))]
        examples += [Example(t, index.codes[row]) for said in asked for t in (said, fold(said))]
    return examples


PARTS = 5  # the sample questions are parted into; each part is judged by a classifier that saw the others only


def _judges(index: Index) -> list[Classifier]:
    """Return for each part of the sample questions of `index` a classifier that never saw it, none when the index has no classifier."""
    if index.classifier is None:
        return []
    named = np.arange(len(index.surfaces)) < (index.first + index.names)[index.owner]
    part = np.where(named, PARTS, np.arange(len(index.surfaces)) % PARTS)
    kept = [np.flatnonzero(part != left_out) for left_out in range(PARTS)]
    return [classifier.fit([index.surfaces[s] for s in k], index.owner[k].tolist(), len(index.codes)) for k in kept]


REGULARISATION = 1e-3  # ridge on the weights: keeps them finite on a small folder


@dataclass(frozen=True)
class Lessons:
    """What weights are learnt from: for each sentence the likenesses of its candidates, shape (k, len(FEATURES)), which of them is meant
    (k: none of them), how near the sentence comes to the other shelf, and what it counts for."""

    tables: list[npt.NDArray[np.float64]]
    answers: list[int]
    elsewhere: list[tuple[float, ...]]  # the values of linker.ELSEWHERE
    counts: list[int]


def lessons(index: Index, examples: Iterable[Example], nothing_meant: Iterable[str], other: Index | None = None) -> Lessons:
    """Return the lessons of `examples` and of sentences that mean no procedure of `index`, beside the `other` shelf.

    An example whose procedure is not among the candidates teaches
    «none of these». Needs at least two procedures: raises ValueError otherwise.
    """
    if len(index.codes) < 2:
        raise ValueError("fewer than two procedures: nothing to tell apart")
    measure, judges = Measure(index), _judges(index)
    other_measure = Measure(other) if other else None
    learnt = Lessons([], [], [], [])
    nothing = [Example(t, None) for turn, said in enumerate(nothing_meant) for t in _as_typed(normalise(said), turn)[::3]]
    for example in [*examples, *nothing]:
        judge = judges[example.surface % PARTS] if judges and example.surface is not None else None
        rows, table = measure.likeness(example.text, example.surface, judge)
        if not len(rows):
            continue
        at = [i for i, row in enumerate(rows) if index.codes[row] == example.code]
        learnt.tables.append(table)
        learnt.elsewhere.append(beside(other_measure.nearness(example.text) if other_measure else (0.0, 0.0), table))
        learnt.answers.append(at[0] if at else len(rows))
        learnt.counts.append(example.counts)
    return learnt


def fit(learnt: Lessons, without: Collection[str] = ()) -> Weights:
    """Return the weights that `learnt` teaches; likenesses named in `without` are left out and weigh nothing."""
    used = np.array([feature not in without for feature in FEATURES])
    width = max(len(t) for t in learnt.tables)
    stacked = np.zeros((len(learnt.tables), width, len(FEATURES)))
    there = np.zeros((len(learnt.tables), width + 1), bool)
    there[:, -1] = True
    for i, table in enumerate(learnt.tables):
        stacked[i, : len(table)] = table * used
        there[i, : len(table)] = True
    near = np.array(learnt.elsewhere)  # (sentences, len(ELSEWHERE))
    counts = np.array(learnt.counts) / sum(learnt.counts)
    answer = np.array([width if r == len(t) else r for r, t in zip(learnt.answers, learnt.tables)])

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias, gains = np.split(parameters, (len(FEATURES), len(FEATURES) + 1))
        scores = np.concatenate([stacked @ weights, (bias + near @ gains)[:, None]], axis=1)
        scores[~there] = -np.inf
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        each = np.arange(len(answer))
        error = -counts @ np.log(np.maximum(chances[each, answer], 1e-12)) + REGULARISATION * (parameters @ parameters)
        push = chances.copy()
        push[each, answer] -= 1
        push *= counts[:, None]
        slope = np.concatenate([np.einsum("ij,ijk->k", push[:, :-1], stacked), [push[:, -1].sum()], push[:, -1] @ near])
        return float(error), slope + 2 * REGULARISATION * parameters

    best = minimize(loss, np.zeros(len(FEATURES) + 1 + len(ELSEWHERE)), jac=True, method="L-BFGS-B")
    weights, bias, gains = np.split(best.x, (len(FEATURES), len(FEATURES) + 1))
    return Weights(tuple(map(float, weights)), float(bias[0]), tuple(map(float, gains)))
