"""docs/benchmarks.md: one section a benchmark, each written anew by its own command while the others stay."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
HEAD = "# Benchmarks\n\nMade by `make bench`; each section says on what machine."
_SECTION = re.compile(r"^## ", re.MULTILINE)


def machine() -> str:
    """Return the cores and the memory of this machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, Python {platform.python_version()}"


def with_section(document: str, title: str, lines: Iterable[str]) -> str:
    """Return `document` with the section `title` holding `lines`; a section that is new comes last."""
    sections = {part.partition("\n")[0]: part.strip() for part in _SECTION.split(document)[1:]}
    sections[title] = f"{title}\n\n" + "\n".join(lines).strip()
    return "\n\n".join([HEAD, *(f"## {part}" for part in sections.values())]) + "\n"


def write(title: str, lines: Iterable[str]) -> None:
    """Write the section `title` of docs/benchmarks.md and print it."""
    lines = list(lines)
    before = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    FILE.write_text(with_section(before, title, lines), encoding="utf-8")
    print("\n".join([f"## {title}", "", *lines]))
