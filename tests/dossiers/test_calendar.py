"""Working days leave out weekends and days off, and count the Saturdays worked in exchange."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.calendar import Calendar
from bot.knowledge.files import load
from tests.building import folder
from tests.dossiers.making import at

DAYS = '- {ngay: 2030-05-01, ten: "Nghỉ"}\n- {ngay: 2030-05-02, ten: "Nghỉ hoán đổi"}\n- {ngay: 2030-05-11, ten: "Đi làm bù", di_lam: có}\n'
MAY_DAY = Calendar(frozenset({dt.date(2030, 5, 1), dt.date(2030, 5, 2)}), frozenset({dt.date(2030, 5, 11)}))  # 1 May 2030 is a Wednesday
dates = st.dates(dt.date(2030, 1, 1), dt.date(2030, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2030-{text}")


def test_the_calendar_is_read_from_staffs_file(tmp_path: Path) -> None:
    assert Calendar.of(load(folder(tmp_path, **{"calendar.yml": DAYS})).knowledge.special_days) == MAY_DAY


def test_the_calendar_of_the_project_knows_the_new_year_of_2026() -> None:
    days = load(Path(__file__).parents[2] / "knowledge").knowledge.special_days
    calendar = Calendar.of(days)
    assert calendar.working_days_between(dt.date(2026, 2, 13), dt.date(2026, 2, 23)) == 1  # Tết 2026: 16 to 20 February off
    assert calendar.is_working(dt.date(2026, 8, 22)) and not calendar.is_working(dt.date(2026, 8, 31))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("04-29", "04-30", 1),
        ("04-30", "05-03", 1),
        ("05-03", "05-04", 0),
        ("05-09", "05-13", 3),
        ("05-06", "05-06", 0),
        ("05-07", "05-06", -1),
    ],
)
def test_working_days_are_counted(start: str, end: str, days: int) -> None:
    assert MAY_DAY.working_days_between(day(start), day(end)) == days


def test_the_day_of_a_moment_is_that_of_hanoi() -> None:
    late = dt.datetime(2030, 5, 6, 18, tzinfo=dt.timezone.utc)  # 1 o'clock of the 7th in Hà Nội
    assert MAY_DAY.working_days_between(late, at("2030-05-08")) == 1


@given(dates, st.integers(0, 60))
def test_a_day_so_many_working_days_after_is_that_many_away(start: dt.date, days: int) -> None:
    assert MAY_DAY.working_days_between(start, MAY_DAY.after(start, days)) == days


@given(dates, dates, dates)
def test_counts_add_up(a: dt.date, b: dt.date, c: dt.date) -> None:
    first, second, third = sorted((a, b, c))
    count = MAY_DAY.working_days_between
    assert count(first, second) + count(second, third) == count(first, third) == -count(third, first)


def test_a_year_nobody_announced_is_not_known() -> None:
    assert MAY_DAY.knows(day("12-31")) and not MAY_DAY.knows(dt.date(2031, 1, 1))
