"""The figures of a report: counted in one pass over the questions, however many there are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.questions.question import Question

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PERCENTILES = (50, 90, 99)


@dataclass
class Figures:
    """What was counted. Durations are in milliseconds; of the questions, `typed` were not said by a button."""

    total: int = 0
    typed: int = 0
    days: Counter[dt.date] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    procedures: Counter[str] = field(default_factory=Counter)
    aspects: Counter[str] = field(default_factory=Counter)
    thumbs: Counter[str] = field(default_factory=Counter)
    durations: Counter[int] = field(default_factory=Counter)
    left: int = 0  # asked back, and the citizen went away

    def rate(self, *kinds: str) -> float:
        """Return the share of all questions that got a reply of one of `kinds`, from 0 to 1."""
        return sum(self.kinds[kind] for kind in kinds) / self.total if self.total else 0.0

    def duration(self, percent: int) -> int:
        """Return the duration that `percent` of the replies took at most, 0 when there were none."""
        seen = 0
        for duration, count in sorted(self.durations.items()):
            seen += count
            if seen * 100 >= percent * self.total:
                return duration
        return 0


def counted(questions: Iterable[Question], figures: Figures) -> Iterator[Question]:
    """Yield `questions`, counting each into `figures`."""
    for question in questions:
        figures.total += 1
        figures.typed += not question.tapped
        figures.days[dt.datetime.fromtimestamp(question.hour, HANOI).date()] += 1
        figures.channels[question.channel] += 1
        figures.kinds[question.kind] += 1
        figures.durations[question.duration] += 1
        figures.left += question.kind == "clarify" and not question.settled and not question.tapped
        if question.kind == "answer":
            figures.procedures.update(question.codes[:1])
            figures.aspects.update(question.aspects)
        if question.thumb:
            figures.thumbs[question.thumb] += 1
        yield question


def moments(first: dt.date, last: dt.date) -> tuple[int, int]:
    """Return the beginning of the day `first` and the end of the day `last` in Hà Nội, in seconds since 1970 UTC."""
    begins, ends = (dt.datetime.combine(day, dt.time(), HANOI) for day in (first, last + dt.timedelta(days=1)))
    return int(begins.timestamp()), int(ends.timestamp())
