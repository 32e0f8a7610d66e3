"""Made-up dossiers are the same for the same seed, have codes of their own, hold together, and are marked."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dossiers.calendar import Calendar
from bot.dossiers.sample import ON_TIME, Kind, World, draw
from bot.understanding.codes import is_dossier_code
from tests.dossiers.making import at

WORLD = World(
    ("Phường Trắng", "Xã Vàng"),
    (Kind("1.000001", "Đăng ký khai sinh", "Hộ tịch", 2), Kind("1.000002", "Cấp sổ đỏ", "Đất đai", 20)),
    Calendar(),
)
NOW = at("2025-07-05", 10)  # a Saturday


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300), st.integers(0, 9))
def test_they_hold_together(count: int, seed: int) -> None:
    drawn = list(draw(count, seed, WORLD, NOW))
    assert drawn == list(draw(count, seed, WORLD, NOW))
    assert len({one.dossier.code for one in drawn}) == len(drawn) == count
    for one in drawn:
        d = one.dossier
        assert d.sample and is_dossier_code(d.code) and d.due
        assert d.received <= min(d.due, NOW) and (d.finished is None or d.received <= d.finished <= NOW)
        assert (d.status in (9, 10)) == (d.finished is not None)
        assert one.applicant not in repr(d) and one.phone not in repr(d)


def test_about_as_many_are_in_time_as_the_city_published() -> None:
    finished = [one.dossier for one in draw(5000, 1, WORLD, NOW) if one.dossier.finished]
    late = sum(d.finished > d.due for d in finished if d.finished and d.due)
    assert abs(1 - late / len(finished) - ON_TIME) < 0.005


def test_another_seed_makes_up_others() -> None:
    assert list(draw(20, 1, WORLD, NOW)) != list(draw(20, 2, WORLD, NOW))


def test_none_of_a_day_to_come_is_made_up() -> None:
    assert max(one.dossier.received for one in draw(500, 1, WORLD, NOW)) <= NOW < NOW + dt.timedelta(days=1)
