"""Questions about how many dossiers were received and how many were in time: "tỷ lệ đúng hạn của phường Cầu Giấy tháng trước". Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bot.knowledge.model import Knowledge
from bot.text import fold, normalise
from bot.understanding.survey import field_in

_IN_TIME = re.compile(r"\b(?:dung|som|tre|qua|cham) (?:han|hen)\b")
_COUNTED = re.compile(r"\b(?:tiep nhan|nhan|giai quyet|xu ly|tra|co|nop)\b")
_HOW_MANY = re.compile(r"\b(?:bao nhieu|may|so luong|so lieu|tong so|thong ke)\b")
_DOSSIERS = re.compile(r"\bho so\b")
_OWN_WARD = re.compile(r"\b(?:phuong|xa) (?:minh|toi|em|nha|nay)\b")
_MONTH = re.compile(r"\bthang (\d{1,2})(?: ?(?:/|-|nam) ?(20\d{2}))?\b")
_QUARTER = re.compile(r"\bquy ([1-4]|i{1,3}|iv)\b(?: ?(?:/|-|nam) ?(20\d{2}))?")
_YEAR = re.compile(r"\bnam (20\d{2})\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True)
class Period:
    """Whole months, first and last included, as 202507."""

    first: int
    last: int


@dataclass(frozen=True)
class OnTimeAsked:
    """What is asked: the months, the field's key, and whether the citizen's own ward is meant. `named`: the months were said, not supposed."""

    period: Period
    field: str | None = None
    own_ward: bool = False
    named: bool = False


def on_time_asked(text: str, knowledge: Knowledge) -> OnTimeAsked | None:
    """Return what `text` asks of the dossiers' figures, None when it asks something else. Where no time is said, this year is meant."""
    said = fold(normalise(text))
    counts = _DOSSIERS.search(said) and _HOW_MANY.search(said) and _COUNTED.search(said)
    if not counts and not _IN_TIME.search(said):
        return None
    period = period_in(said, knowledge.today)
    this_year = Period(knowledge.today.year * 100 + 1, _month(knowledge.today))
    return OnTimeAsked(period or this_year, field_in(said, knowledge), bool(_OWN_WARD.search(said)), period is not None)


def period_in(said: str, today: dt.date) -> Period | None:
    """Return the months that `said` (folded) names, seen from `today`, None when it names none."""
    this_month, year = _month(today), today.year
    if "thang nay" in said:
        return Period(this_month, this_month)
    if re.search(r"\bthang (?:truoc|vua roi|vua qua)\b", said):
        before = _month(today.replace(day=1) - dt.timedelta(days=1))
        return Period(before, before)
    if (found := _MONTH.search(said)) and 1 <= int(found[1]) <= 12:
        # A month without a year is the latest that has begun.
        month = (int(found[2]) if found[2] else year - (int(found[1]) > today.month)) * 100 + int(found[1])
        return Period(month, month)
    if found := _QUARTER.search(said):
        quarter = _ROMAN[found[1]] if found[1] in _ROMAN else int(found[1])
        of = int(found[2]) if found[2] else year - (3 * quarter - 2 > today.month)
        return Period(of * 100 + 3 * quarter - 2, of * 100 + 3 * quarter)
    if "nam nay" in said:
        return Period(year * 100 + 1, this_month)
    if re.search(r"\bnam (?:ngoai|truoc)\b", said):
        return Period((year - 1) * 100 + 1, (year - 1) * 100 + 12)
    if found := _YEAR.search(said):
        return Period(int(found[1]) * 100 + 1, int(found[1]) * 100 + 12)
    return None


def _month(day: dt.date) -> int:
    return day.year * 100 + day.month
