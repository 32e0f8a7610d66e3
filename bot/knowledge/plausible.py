"""Amounts, times and dates that no procedure has: slips of a key, in staff's files and in rows of the catalogue alike."""

from __future__ import annotations

import datetime as dt

from bot.knowledge.model import TimeUnit

HIGHEST_FEE = 100_000_000  # đồng
LONGEST_YEARS = 5
MOST_PAPERS = 50  # originals or copies of one paper
UNITS_A_YEAR: dict[TimeUnit, float] = {"gio": 24 * 366, "ngay": 366, "ngay_lam_viec": 262, "thang": 12}


def too_high(amount: int) -> bool:
    """Tell whether a fee of `amount` đồng is a slip."""
    return amount > HIGHEST_FEE


def too_long(number: float, unit: TimeUnit) -> bool:
    """Tell whether a time limit of `number` of `unit` is a slip; infinity is one too."""
    return number > LONGEST_YEARS * UNITS_A_YEAR[unit]


def checked_on(text: str) -> dt.date | None:
    """Return the first day that «2026», «2026-07» or «2026-07-20» may mean, or None when there is no such day."""
    parts = [int(p) for p in text.split("-")]
    try:
        return dt.date(parts[0], *[*parts[1:], 1, 1][:2])
    except ValueError:
        return None
