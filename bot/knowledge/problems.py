"""Faults in staff's files: where each is, what is wrong, how to mend it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in staff's files, told in Vietnamese: where it is, what is wrong, how to mend it."""

    file: str
    line: int
    field: str
    message: str
    mend: str

    def to_plain(self) -> dict[str, str | int]:
        """Return the fault as JSON-ready values, for editors."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        field = f" [{self.field}]" if self.field else ""
        return f"{where}{field} {self.message} → {self.mend}"


class KnowledgeError(Exception):
    """Staff's files cannot be used; `problems` lists every fault found (at least one)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class LineMap:
    """The line, from 1, of each field path ("ho_so.nop[0].ten") of one record of a file."""

    file: str
    lines: dict[str, int]
    start: int = 1

    def line(self, path: str) -> int:
        """Return the line of `path`, or that of its nearest ancestor, or where the record starts."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", path)
        return self.start

    def problem(self, path: str, message: str, mend: str) -> Problem:
        """Return a fault at `path` of this file."""
        return Problem(self.file, self.line(path), path, message, mend)
