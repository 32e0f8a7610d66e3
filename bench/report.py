"""docs/benchmarks.md: one chapter a benchmark, each written by its own run and leaving the others as they are."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"


def write(title: str, body: str, file: Path = FILE) -> None:
    """Put `body` (Markdown without a heading of the first level) under the heading `title` of `file`, in the place of what stood there."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    chapters = {part.split("\n", 1)[0]: part.rstrip("\n") for part in re.split(r"(?m)^# ", text) if part.strip()}
    chapters[title] = f"{title}\n\n{body.strip()}"
    file.write_text("\n\n".join(f"# {chapter}" for chapter in chapters.values()) + "\n", encoding="utf-8")


def machine() -> str:
    """Return the cores and the memory of this machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, Python {platform.python_version()}"
