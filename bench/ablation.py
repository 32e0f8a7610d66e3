"""What each part of the linker is worth: the likenesses left out in turn and the weights learnt anew without them: `python -m bench.ablation`.

The lessons are gathered once, as at training; what they teach is then fitted for each set of parts. Only the linker is measured: no dialogue, no
rules, no conversations.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from bench import report, splits
from bench.asking import Turn, as_variant
from bench.understanding import PEERS_ASKED, peer_table, ranks, read
from bot.knowledge import publish
from bot.knowledge.model import Knowledge
from bot.settings import Settings
from bot.text import fold, is_accented, normalise, syllables
from bot.understanding import index
from bot.understanding.components.linker import all_lessons, shelves
from bot.understanding.learning import Lessons, fit
from bot.understanding.linker import Linker, Links
from bot.understanding.restorer import Restorer, learn
from bot.understanding.shelf import FEATURES, Shelf

PARTS: dict[str, frozenset[str]] = {
    "words": frozenset({"words", "word_names", "second_surface", "all_surfaces"}),
    "letters": frozenset({"letters", "letter_names", "all_letters"}),
    "the classifier": frozenset({"set_apart"}),
    "fuzzy names (rapidfuzz)": frozenset({"named"}),
    "names held by the question": frozenset({"contained"}),
    "the question covered by names (BM25)": frozenset({"covered"}),
    "all surfaces together": frozenset({"second_surface", "all_surfaces", "all_letters"}),
    "turns («again», «abroad»)": frozenset({"turns_missing", "turns_extra", "abroad_missing", "abroad_extra"}),
    "diacritics": frozenset({"misread"}),
    "length": frozenset({"length"}),
}
PARTED = 10  # one surface of so many is left out to measure the restorer
Link = Callable[[str], Links]


def lessons_of(entries: Shelf, rows: Shelf) -> Lessons:
    """Return what the linker is taught by nlu_data/ and the shelves of a snapshot."""
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    told = TrainingData()
    for path in sorted(glob.glob("nlu_data/*.yml")):
        if not path.endswith("rules.yml"):
            told = told.merge(load_data(path))
    return all_lessons(told, entries, rows)


def linkers(snapshot: publish.Snapshot) -> dict[str, Link]:
    """Return the linker whole, and with each part left out."""
    entries, rows = shelves(snapshot)
    learnt = lessons_of(entries, rows)

    def linker(without: Collection[str] = (), change: Callable[[index.Index], index.Index] = lambda i: i) -> Linker:
        return Linker(Shelf(change(entries.index)), rows, fit(learnt, without))

    whole = linker()
    found: dict[str, Link] = {"whole": whole.link}
    found |= {f"without {part}": linker(features).link for part, features in PARTS.items()}
    found["without everyday words (vocabulary.yml)"] = linker(change=lambda i: replace(i, meanings=())).link
    found["without the restorer of diacritics"] = linker(change=lambda i: replace(i, restorer=None)).link
    found["without reading clause by clause"] = lambda text: whole.link_whole(normalise(text))
    return found


def restored(knowledge: Knowledge) -> dict[str, float]:
    """Return the share of the syllables that get their diacritics back: of surfaces that were not learnt from, and of the test split's questions."""
    surfaces = list(dict.fromkeys(s for p in knowledge.procedures.values() for part in index.surfaces_of(p) for s in part))
    kept, left_out = [s for n, s in enumerate(surfaces) if n % PARTED], surfaces[::PARTED]
    questions = [normalise(turn["q"]) for turn in read(splits.QUESTIONS)]
    return {
        "surfaces left out": _share_restored(learn(kept), left_out),
        "questions": _share_restored(index.restorer_of(knowledge), questions),
    }


def _share_restored(restorer: Restorer, texts: Iterable[str]) -> float:
    pairs = [
        pair for text in texts if is_accented(text) for pair in zip(syllables(text), syllables(restorer.restore(fold(text))), strict=True)
    ]
    return sum(meant == found for meant, found in pairs) / len(pairs)


def reached(link: Link, asked: Mapping[str, list[Turn]], known: frozenset[str]) -> dict[str, dict[str, float]]:
    """Return how well `link` ranks the turns of each variant."""
    return {v: ranks(turns, [[c.code for c in link(t["q"]).candidates] for t in turns], known) for v, turns in asked.items()}


def measure() -> list[str]:
    """Return the lines of the report."""
    snapshot = publish.open_snapshot(Settings.read().home)
    known = frozenset(snapshot.knowledge.procedures)
    asked = {variant: as_variant(read(splits.QUESTIONS), variant) for variant in PEERS_ASKED}
    found, shares = {}, restored(snapshot.knowledge)
    for name, link in linkers(snapshot).items():
        found[name] = reached(link, asked, known)
        print(name, found[name]["as typed"], flush=True)
    assert set().union(*PARTS.values()) == set(FEATURES), "a likeness that no part leaves out"
    return [
        f"On {report.machine()}; the linker alone, over {len(known)} procedures, questions of the test split; weights are learnt anew without",
        "the part. `python -m bench.ablation`.",
        "", *peer_table(found), "",
        f"Of the syllables of surfaces it was not taught, the restorer writes {shares['surfaces left out']:.3f} as their writers did; of those of the",
        f"test split's questions {shares['questions']:.3f}.",
    ]  # fmt: skip


if __name__ == "__main__":
    report.write("Understanding: what each part is worth", measure())
