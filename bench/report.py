"""docs/benchmarks.md: each benchmark writes its own part and leaves the others as they are."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"


def machine() -> str:
    """Return the cores and the memory of this machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, Python {platform.python_version()}"


def write(part: str, text: str, report: Path = REPORT) -> None:
    """Put `text` in place of the `part` of the report, or at its end when it has none of that name."""
    begin, end = f"<!-- {part} -->\n", f"<!-- end of {part} -->\n"
    whole = report.read_text(encoding="utf-8") if report.is_file() else ""
    written = f"{begin}{text.rstrip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    whole = (
        pattern.sub(lambda _: written, whole) if pattern.search(whole) else f"{whole.rstrip()}\n\n{written}" if whole.strip() else written
    )
    report.write_text(whole, encoding="utf-8")
