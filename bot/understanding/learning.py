"""Learning what likeness is worth: the linker's weights, from questions whose procedure is known and sentences that mean none.

Each sample question is looked up with its own surface left out, as if nobody had written it down yet; names are asked for as people do who read them
somewhere: whole, in part, with words missing, without diacritics, with slips.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from bot.text import fold, normalise, syllables
from bot.understanding import classifier
from bot.understanding.classifier import Classifier
from bot.understanding.index import Index
from bot.understanding.linker import Weights, covered
from bot.understanding.shelf import FEATURES, Likeness, Shelf, readings


@dataclass(frozen=True)
class Example:
    """A sentence to learn from: the code it means, or None; `surface` is the sample question it is, if it is one; `counts` is its weight."""

    text: str
    code: str | None
    surface: int | None = None
    counts: float = 1.0


def examples_of(index: Index) -> list[Example]:
    """Return every sample question of `index` as an example, in one of the ways in which people type, in turn; some with slips besides."""
    examples = []
    for row, code in enumerate(index.codes):
        start = int(index.first[row] + index.names[row])
        end = int(index.first[row + 1]) if row + 1 < len(index.codes) else len(index.surfaces)
        for surface in range(start, end):
            ways = _as_typed(index.surfaces[surface], surface)
            examples.append(Example(ways[surface % len(ways)], code, surface))
            if surface % SLIPPED_EVERY == 0:
                plain = ways[surface // SLIPPED_EVERY % 2]
                examples.append(Example(_slipped(plain, _draw(plain)), code, surface))
    return examples


SLIPPED_EVERY = 4  # sample questions: one of so many is learnt from with slips too


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
NAMES_ASKED = 2  # names of a procedure, the first ones, that are asked for
TIMES_ASKED = 2  # each of them
SHORTEST_PART = 4  # syllables of a part of a name that still tells what is meant
LONG_NAME = 6  # syllables from which a name is asked for with words missing
MISSING = 0.25  # share of the words of a long name that are then missing
SLIP_EVERY = 6  # words: a text of that many has one slip, and at least one
LONG_ENOUGH = 4  # letters of a word that may slip: a shorter one would become another word


def name_examples(index: Index) -> list[Example]:
    """Return the names of the procedures of `index` as people ask by them; the same index gives the same examples."""
    examples = []
    for row, code in enumerate(index.codes):
        first = int(index.first[row])
        for name in index.surfaces[first : first + min(NAMES_ASKED, int(index.names[row]))]:
            draw = _draw(name)
            for turn in range(row, row + TIMES_ASKED):
                said = WAYS[(turn + row // len(WAYS)) % len(WAYS)](name, draw)
                examples.append(Example(normalise(AROUND_A_NAME[(3 * turn + row) % len(AROUND_A_NAME)].format(said)), code))
    return examples


def _draw(text: str) -> random.Random:
    return random.Random(text)  # noqa: S311 - a draw that can be repeated


def _in_part(name: str, draw: random.Random) -> str:
    words = syllables(name)
    length = max(SHORTEST_PART, round(len(words) * draw.uniform(0.4, 0.8)))
    start = draw.randrange(max(1, len(words) - length + 1))
    return " ".join(words[start : start + length])


def _with_gaps(name: str, draw: random.Random) -> str:
    words = name.split()
    return " ".join(w for w in words if draw.random() >= MISSING) or name if len(words) >= LONG_NAME else name


def _slipped(text: str, draw: random.Random) -> str:
    """Return `text` as a thumb leaves it: letters missed, doubled, exchanged or hit wrongly."""
    words = text.split(" ")
    may = [at for at, word in enumerate(words) if len(word) >= LONG_ENOUGH]
    for at in draw.sample(may, min(len(may), max(1, len(words) // SLIP_EVERY))):
        word, place = words[at], draw.randrange(1, len(words[at]))
        before, letter, after = word[:place], word[place], word[place + 1 :]
        words[at] = draw.choice(
            (
                before + after,
                before + letter + letter + after,
                before[:-1] + letter + before[-1] + after,
                before + draw.choice("aeiouhgnt") + after,
            )
        )
    return " ".join(words)


WAYS: tuple[Callable[[str, random.Random], str], ...] = (  # in which the name of a procedure is typed
    lambda name, draw: name,
    _with_gaps,
    lambda name, draw: fold(_with_gaps(name, draw)),
    lambda name, draw: _slipped(_with_gaps(name, draw), draw),
    _in_part,
    lambda name, draw: fold(_in_part(name, draw)),
    lambda name, draw: _slipped(fold(_with_gaps(name, draw)), draw),
)

NOTHING_COUNTS = 0.35  # what a sentence counts for that means no procedure: the gate, which hears the classifier as well, is strict enough
PARTS = 5  # the sample questions are parted into; each part is judged by a classifier that saw the others only


def _judges(index: Index) -> list[Classifier]:
    """Return for each part of the sample questions of `index` a classifier that never saw it, none when the index has no classifier."""
    if index.classifier is None:
        return []
    named = np.arange(len(index.surfaces)) < (index.first + index.names)[index.owner]
    part = np.where(named, PARTS, np.arange(len(index.surfaces)) % PARTS)
    kept = [np.flatnonzero(part != left_out) for left_out in range(PARTS)]
    return [classifier.fit([index.surfaces[s] for s in k], index.owner[k].tolist(), len(index.codes)) for k in kept]


REGULARISATION = 1e-4  # ridge on the weights: keeps them finite on a small folder


@dataclass(frozen=True)
class Lessons:
    """What weights are learnt from: for each sentence the likenesses of its candidates, which of them is meant (their number: none of them), how
    much of it a name covers, and what it counts for."""

    tables: list[csr_matrix]  # (candidates, 2 * len(FEATURES) + 1) each: an entry's features, a row's, and whether it is a row
    answers: list[int]
    covered: list[float]
    counts: list[float]


def lessons(entries: Shelf, rows: Shelf, examples: Iterable[Example], nothing_meant: Iterable[str]) -> Lessons:
    """Return the lessons of `examples` and of sentences that mean no procedure of either shelf.

    An example whose procedure is not among the candidates teaches
    «none of these». Needs at least two procedures: raises ValueError otherwise.
    """
    codes = [*entries.index.codes, *rows.index.codes]
    if len(codes) < 2:
        raise ValueError("fewer than two procedures: nothing to tell apart")
    judges = _judges(entries.index)
    learnt = Lessons([], [], [], [])
    nothing = [
        Example(t, None, counts=NOTHING_COUNTS) for turn, said in enumerate(nothing_meant) for t in _as_typed(normalise(said), turn)[::3]
    ]
    for example in [*examples, *nothing]:
        judge = judges[example.surface % PARTS] if judges and example.surface is not None else None
        asked = readings(example.text, entries.index)
        near, further = entries.likeness(asked, example.surface, judge), rows.likeness(asked)
        found = [*(entries.index.codes[r] for r in near.rows), *(rows.index.codes[r] for r in further.rows)]
        if not found:
            continue
        learnt.tables.append(_side_by_side(near, further))
        learnt.answers.append(found.index(example.code) if example.code in found else len(found))
        learnt.covered.append(covered(near, further))
        learnt.counts.append(example.counts)
    return learnt


def _side_by_side(entries: Likeness, rows: Likeness) -> csr_matrix:
    width = len(FEATURES)
    table = np.zeros((len(entries.rows) + len(rows.rows), 2 * width + 1))
    table[: len(entries.rows), :width] = entries.table
    table[len(entries.rows) :, width:-1] = rows.table
    table[len(entries.rows) :, -1] = 1
    return csr_matrix(table)


def fit(learnt: Lessons, without: Collection[str] = ()) -> Weights:
    """Return the weights that `learnt` teaches; likenesses named in `without` are left out and weigh nothing."""
    used = np.array([feature not in without for feature in FEATURES] * 2 + [True], float)
    table = csr_matrix(vstack(learnt.tables).multiply(used))
    sizes = np.array([t.shape[0] for t in learnt.tables])
    starts, sentence = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(sizes)), sizes)
    answers, counts = np.array(learnt.answers), np.array(learnt.counts) / sum(learnt.counts)
    meant = np.flatnonzero(answers < sizes)
    right, nothing = starts[meant] + answers[meant], np.flatnonzero(answers == sizes)
    none = np.column_stack([np.ones(len(sizes)), learnt.covered])

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, of_none = np.split(parameters, [table.shape[1]])
        scores, none_scores = table @ weights, none @ of_none
        highest = np.maximum(np.maximum.reduceat(scores, starts), none_scores)
        chances, none_chances = np.exp(scores - highest[sentence]), np.exp(none_scores - highest)
        whole = np.bincount(sentence, chances, len(sizes)) + none_chances
        chances, none_chances = chances / whole[sentence], none_chances / whole
        said = none_chances.copy()
        said[meant] = chances[right]
        error = -counts @ np.log(np.maximum(said, 1e-12)) + REGULARISATION * (parameters @ parameters)
        chances[right] -= 1
        none_chances[nothing] -= 1
        slope = np.concatenate([table.T @ (chances * counts[sentence]), none.T @ (none_chances * counts)])
        return float(error), slope + 2 * REGULARISATION * parameters

    best = minimize(loss, np.zeros(table.shape[1] + none.shape[1]), jac=True, method="L-BFGS-B").x
    return _weights(best)


def _weights(line: Sequence[float]) -> Weights:
    """Return the weights that stand in `line`: one a column of a lesson's table, then those of «none of these»."""
    width = len(FEATURES)
    *columns, rows_bias, none_bias, none_covered = map(float, line)
    return Weights(tuple(columns[:width]), tuple(columns[width:]), rows_bias, none_bias, none_covered)
