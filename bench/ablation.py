"""What each part of the linker is worth: the likenesses left out in turn and the weights learnt anew without them: `python -m bench.ablation`.

The lessons are gathered once, as at training; what they teach is then fitted for each set of parts. Only the linker is measured: no dialogue, no
rules, no conversations.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from bench import report, splits
from bench.asking import Turn, as_variant
from bench.understanding import PEERS_ASKED, peer_table, ranks, read
from bot.knowledge import publish
from bot.settings import Settings
from bot.text import normalise
from bot.understanding import index
from bot.understanding.components.linker import all_lessons
from bot.understanding.learning import Lessons, fit
from bot.understanding.linker import FEATURES, Linker, Links, Shelf

PARTS: dict[str, frozenset[str]] = {
    "words": frozenset({"words", "word_names", "second_surface", "all_surfaces"}),
    "letters": frozenset({"letters", "letter_names", "all_letters"}),
    "the classifier": frozenset({"set_apart"}),
    "fuzzy names (rapidfuzz)": frozenset({"named"}),
    "names held by the question": frozenset({"contained"}),
    "all surfaces together": frozenset({"second_surface", "all_surfaces", "all_letters"}),
    "turns («again», «abroad»)": frozenset({"turns_missing", "turns_extra"}),
    "diacritics": frozenset({"misread"}),
    "length": frozenset({"length"}),
}
Link = Callable[[str], Links]


def lessons_of(snapshot: publish.Snapshot) -> dict[str, Lessons]:
    """Return what the linker is taught by nlu_data/ and `snapshot`."""
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    told = TrainingData()
    for path in sorted(glob.glob("nlu_data/*.yml")):
        if not path.endswith("rules.yml"):
            told = told.merge(load_data(path))
    return all_lessons(told, snapshot)


def linkers(snapshot: publish.Snapshot) -> dict[str, Link]:
    """Return the linker whole, and with each part left out."""
    learnt = lessons_of(snapshot)
    held = {name: index.load(snapshot.folder, name) for name in learnt}

    def linker(without: Collection[str] = (), change: Callable[[index.Index], index.Index] = lambda i: i) -> Linker:
        shelves = {name: Shelf(change(held[name]), fit(learnt[name], without)) for name in learnt}
        return Linker(shelves[index.ENTRIES], shelves.get(index.ROWS))

    whole = linker()
    found: dict[str, Link] = {"whole": whole.link}
    found |= {f"without {part}": linker(features).link for part, features in PARTS.items()}
    found["without everyday words (vocabulary.yml)"] = linker(change=lambda i: replace(i, meanings=())).link
    found["without reading clause by clause"] = lambda text: whole.link_whole(normalise(text))
    return found


def reached(link: Link, asked: Mapping[str, list[Turn]], known: frozenset[str]) -> dict[str, dict[str, float]]:
    """Return how well `link` ranks the turns of each variant."""
    return {v: ranks(turns, [[c.code for c in link(t["q"]).candidates] for t in turns], known) for v, turns in asked.items()}


def measure() -> list[str]:
    """Return the lines of the report."""
    snapshot = publish.open_snapshot(Settings.read().home)
    known = frozenset(snapshot.knowledge.procedures)
    asked = {variant: as_variant(read(splits.QUESTIONS), variant) for variant in PEERS_ASKED}
    found = {}
    for name, link in linkers(snapshot).items():
        found[name] = reached(link, asked, known)
        print(name, found[name]["as typed"], flush=True)
    assert set().union(*PARTS.values()) == set(FEATURES), "a likeness that no part leaves out"
    return [
        f"On {report.machine()}; the linker alone, over {len(known)} procedures, questions of the test split; weights are learnt anew without",
        "the part. `python -m bench.ablation`.",
        "",
        *peer_table(found),
    ]


if __name__ == "__main__":
    report.write("Understanding: what each part is worth", measure())
