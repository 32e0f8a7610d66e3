"""How well a procedure is found by its official name, over every procedure of the national portal: `python -m bench.names`.

The catalogue holds what the city carries out; here the portal's other procedures stand beside it, as rows of a folder of knowledge that is thrown
away afterwards. Nothing is trained anew: what is learnt speaks of likeness only. Needs the reference data beside the project.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import report
from bench.asking import Turn, as_variant, ask, assistant
from bench.knowledge import timed
from bench.peers import peers
from bench.understanding import OURS, PEERS_ASKED, peer_table, ranks
from bot.knowledge import catalogue, files, publish
from bot.text import normalise

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT.parent / "shared/data/tthc-quoc-gia-2026.jsonl.gz"
CHECKED = "2026-07"  # when the portal's records were fetched
KEPT = 0.8  # share of the words of a long name that a question keeps: people drop some
LONG = 6  # words from which a name is long
SHAPES = (
    "{}", "thủ tục {} gồm những giấy tờ nào", "tôi cần {} thì nộp hồ sơ ở đâu ạ", "cho em hỏi {} hết bao nhiêu tiền",
    "{} bao nhiêu ngày có kết quả", "mình muốn hỏi về {}",
)  # fmt: skip
WANTED = {"as typed": 0.90, "no diacritics": 0.86, "thumb slips": 0.82}  # the right procedure first


def portal() -> dict[str, str]:
    """Return the plain name of each procedure of the portal by its code; raises FileNotFoundError where the reference data is absent."""
    with gzip.open(PORTAL, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return {r["ma_thu_tuc"]: catalogue.plain_name(r["ten_thu_tuc"]) for r in records}


def asked(code: str, name: str) -> str:
    """Return a question about the procedure by its `name`, some words of a long one dropped; the same code gives the same question."""
    draw = random.Random(code)  # noqa: S311 - a draw that can be repeated
    words = name[:1].lower() + name[1:]
    kept = words.split()
    if len(kept) >= LONG:
        kept = [word for word in kept if draw.random() < KEPT]
    return draw.choice(SHAPES).format(" ".join(kept))


def knowledge_of_all(names: dict[str, str], folder: Path) -> Path:
    """Write this project's knowledge into `folder` with a row for each of `names` that it lacks, and return it."""
    shutil.copytree(ROOT / "knowledge", folder)
    known = files.load(folder).knowledge
    shelf = folder / catalogue.FILE
    held = [row for _, row in catalogue.read(shelf)]
    covered = {*known.procedures, *(code for p in known.procedures.values() for code in p.covers)}
    field = next(iter(known.fields))
    further = [
        catalogue.Row(ma=code, ten=name, linh_vuc=field, cap="tinh", kiem_tra_ngay=CHECKED)
        for code, name in names.items()
        if code not in covered
    ]
    catalogue.write([*held, *further], shelf)
    return folder


def turns_of(names: dict[str, str]) -> list[Turn]:
    """Return a turn for each of `names`; procedures of the same name are all right, as is the entry in full that covers one."""
    known = publish.open_snapshot(Path(os.environ["TTHC_HOME"])).knowledge
    covering = {covered: code for code, p in known.procedures.items() for covered in p.covers}
    named: dict[str, set[str]] = {}
    for code, name in names.items():
        named.setdefault(name.lower(), set()).update({code, covering.get(code, code)})
    return [
        {"id": code, "q": asked(code, name), "expect": "answer", "codes": sorted(named[name.lower()]), "aspects": []}
        for code, name in names.items()
    ]


async def measure(scratch: Path) -> list[str]:
    """Return the lines of the report."""
    names = portal()
    os.environ |= {"TTHC_KNOWLEDGE": str(knowledge_of_all(names, scratch / "knowledge")), "TTHC_HOME": str(scratch / "home")}
    timed("-m", "bot.cli", "publish", "--questions", "none")
    knowledge = publish.open_snapshot(scratch / "home").knowledge
    known = frozenset(knowledge.procedures)
    turns = turns_of(names)
    conversations = await assistant()
    found: dict[str, dict[str, dict[str, float]]] = {OURS: {}}
    for variant in PEERS_ASKED:
        said = await ask(conversations, as_variant(turns, variant), f"names-{variant}")
        found[OURS][variant] = ranks(turns, [one["codes"] for one in said], known)
        print(variant, found[OURS][variant], flush=True)
    for who, rank in peers(knowledge):
        if rank is not None:
            asked_of = {v: as_variant(turns, v) for v in PEERS_ASKED}
            found[who] = {v: ranks(turns, [rank(normalise(t["q"])) for t in asked_of[v]], known) for v in PEERS_ASKED}
    return [
        f"On {report.machine()}; {len(names)} names of the portal, one question each, over {len(known)} procedures. `python -m bench.names`.",
        f"A question is the name in one of {len(SHAPES)} shapes, with {1 - KEPT:.0%} of the words of a long name dropped at random;",
        "procedures of one name are all right.",
        "", *peer_table(found), "", *_wanted(found[OURS]),
    ]  # fmt: skip


def _wanted(ours: dict[str, dict[str, float]]) -> Iterable[str]:
    yield "| right procedure first | reached | wanted |"
    yield "|---|---|---|"
    for variant, least in WANTED.items():
        yield f"| {variant} | {ours[variant]['hit@1']:.3f} | {least:.2f} |"


if __name__ == "__main__":
    if PORTAL.is_file():
        with tempfile.TemporaryDirectory() as folder:
            report.write("Understanding: any official name", asyncio.run(measure(Path(folder))))
    else:
        print("passed over: the portal's records are not beside the project")
