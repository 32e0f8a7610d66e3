"""How long staff wait: checking, publishing and opening 2,000 entries written up in full, each in a process of its own as staff run it.

The entries are those of knowledge/procedures, each repeated under codes and names of its own until there are enough.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bench import report
from bot.knowledge.check import LONGEST_LABEL

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = 2000
LOAD = """
import json, resource, time
from pathlib import Path
from bot.knowledge import publish
from bot.understanding import index
from bot.understanding.shelf import Shelf
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
snapshot = publish.open_snapshot(Path({home!r}))
held = [Shelf(index.load(snapshot.folder)), Shelf(index.load(snapshot.folder, index.ROWS))]
print(json.dumps([time.perf_counter() - started, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))
"""


def another(text: str, code: str, number: int) -> str:
    """Return the entry `text` as another one: with `code`, and with `number` in every name and question, which no two entries may share."""
    entry: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - reads words only
    entry.pop("gom_ma", None)
    entry |= {"ma": code, "ten": f"{number} {entry['ten']}"[:LONGEST_LABEL]}
    entry |= {key: [f"{number} {said}" for said in entry[key]] for key in ("ten_goi_khac", "cau_hoi_mau") if key in entry}
    if "phan_biet" in entry:
        entry["phan_biet"]["nhan"] = f"{number} {entry['phan_biet']['nhan']}"[:LONGEST_LABEL]
    return yaml.safe_dump(entry, allow_unicode=True, sort_keys=False)


def build(folder: Path) -> Path:
    """Write a knowledge folder of `ENTRIES` entries in full into `folder` and return it."""
    for path in (ROOT / "knowledge").glob("*"):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    originals = sorted((ROOT / "knowledge/procedures").glob("*/*.yml"))
    for n in range(ENTRIES):
        path = originals[n % len(originals)]
        code = path.stem if n < len(originals) else f"9.{n:06d}"
        target = folder / "procedures" / path.parent.name / f"{code}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(text if n < len(originals) else another(text, code, n), encoding="utf-8")
    return folder


def timed(*arguments: str, **environment: str) -> tuple[float, str]:
    """Return the seconds a Python process with `arguments` takes, and what it printed."""
    started = time.perf_counter()
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stdout + run.stderr)
    return time.perf_counter() - started, run.stdout


def measure() -> Iterator[str]:
    """Yield the lines of the report."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = Path(scratch) / "knowledge", Path(scratch) / "home"
        folder.mkdir()
        build(folder)
        where = {"TTHC_KNOWLEDGE": str(folder), "TTHC_HOME": str(home)}
        checking, said = timed("-m", "bot.cli", "check", "--questions", "none", **where)
        publishing, _ = timed("-m", "bot.cli", "publish", "--questions", "none", **where)
        loading, memory = json.loads(timed("-c", LOAD.format(home=str(home)))[1])
    yield f"On {report.machine()}; {ENTRIES} entries in full, {said.split()[0]} procedures in all. Sample questions are not asked here."
    yield ""
    yield "| what | reached | wanted |"
    yield "|---|---|---|"
    yield f"| `tthc check`, from start to end | {checking:.1f} s | 20 s |"
    yield f"| `tthc publish`, from start to end | {publishing:.1f} s | 30 s |"
    yield f"| opening the published snapshot with its two indexes | {loading:.2f} s | 2 s |"
    yield f"| memory that takes | {memory:.0f} MB | 200 MB |"


if __name__ == "__main__":
    report.write("Staff's loop", measure())
