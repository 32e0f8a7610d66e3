"""Working days of Hà Nội's offices: Monday to Friday without days off, and with the Saturdays and Sundays worked in exchange for one.

The days come from the knowledge (knowledge/calendar.yml), since the State announces them year by year. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dossiers.model import HANOI
from bot.knowledge.model import SpecialDay

_SATURDAY = 5  # date.weekday() counts from Monday, 0
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days off besides weekends, and days worked though they fall on a weekend."""

    days_off: frozenset[dt.date] = frozenset()
    extra_working: frozenset[dt.date] = frozenset()

    @staticmethod
    def of(days: Iterable[SpecialDay]) -> Calendar:
        """Return the calendar that staff's `days` (Knowledge.special_days) make."""
        known = tuple(days)
        return Calendar(frozenset(d.day for d in known if not d.worked), frozenset(d.day for d in known if d.worked))

    def is_working(self, day: dt.date) -> bool:
        """Tell whether offices work on `day`."""
        return day in self.extra_working or (day.weekday() < _SATURDAY and day not in self.days_off)

    def knows(self, day: dt.date) -> bool:
        """Tell whether the days off of the year of `day` are known; counts beyond are not to be told as exact."""
        return any(known.year == day.year for known in self.days_off)

    def working_days_between(self, start: dt.datetime | dt.date, end: dt.datetime | dt.date) -> int:
        """Return the working days after `start` up to and with `end`; negative when `end` is earlier; 0 on the same day.

        So with `start` = today, "còn 2 ngày làm việc" is 2 and "trễ 1 ngày làm việc" is -1.
        """
        first, last = _day(start), _day(end)
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working(first + _ONE_DAY * n) for n in range(1, (last - first).days + 1))

    def after(self, start: dt.date, days: int) -> dt.date:
        """Return the day that is `days` (>= 0) working days after `start`."""
        day = start
        while days > 0:
            day += _ONE_DAY
            days -= self.is_working(day)
        return day


def _day(moment: dt.datetime | dt.date) -> dt.date:
    if isinstance(moment, dt.datetime):
        return moment.astimezone(HANOI).date() if moment.tzinfo else moment.date()
    return moment
