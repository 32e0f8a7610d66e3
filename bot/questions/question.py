"""A question as it is kept: what was asked and how it was answered, and nothing of who asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

KEPT_DAYS = 90
HOUR = 3600  # seconds; a time is kept as the beginning of its hour
MOST_CODES = 5  # procedures kept of those a reply was about, best first


@dataclass(frozen=True)
class Question:
    """One question. `hour` is in seconds since 1970 UTC; `confidence` that of the first code, from 0 to 1; `duration` in milliseconds.

    `tapped`: a button said it, nobody typed it. `settled`: it was asked back, and the citizen went on to an answer.
    """

    id: str
    hour: int
    channel: str
    text: str
    kind: str
    codes: tuple[str, ...] = ()
    confidence: float | None = None
    aspects: tuple[str, ...] = ()
    duration: int = 0
    tapped: bool = False
    settled: bool = False
    thumb: str | None = None
    comment: str = ""

    @property
    def is_gap(self) -> bool:
        """Tell whether somebody typed it and was left without a good answer: none was known, it was asked back and left, or the answer was disliked."""
        if self.tapped or not self.text:
            return False
        return self.kind == "handoff" or (self.kind == "clarify" and not self.settled) or self.thumb == "down"


def new_id() -> str:
    """Return an id that tells nothing: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def hour_of(seconds: float) -> int:
    """Return the beginning of the hour of a time in seconds since 1970."""
    return int(seconds) // HOUR * HOUR
