"""The nearest service points: distances are those of the globe, and no place is made up."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import wording as say
from bot.answers.nearest import distance_km, nearest
from bot.knowledge.files import load_what_can_be
from bot.knowledge.model import Coordinates, Knowledge
from tests.building import OFFICES, UNITS, folder, knowledge

PLACES = st.builds(Coordinates, latitude=st.floats(8, 24), longitude=st.floats(102, 110))
PLACED = OFFICES.replace("{ten: Điểm Vàng}", "{ten: Điểm Vàng, toa_do: {vi_do: 21.5, kinh_do: 105.8}}").replace(
    "dia_ban: phuong-trang}", "dia_ban: phuong-trang, toa_do: {vi_do: 21.0, kinh_do: 105.8}}"
)


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return load_what_can_be(folder(tmp_path, **{"offices.yml": PLACED}))[0].knowledge


@given(PLACES, PLACES)
def test_a_distance_is_the_same_both_ways_and_none_to_oneself(one: Coordinates, other: Coordinates) -> None:
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-9)
    assert distance_km(one, one) == 0


def test_a_degree_of_latitude_is_as_long_as_a_degree_of_a_great_circle() -> None:
    a, b = Coordinates(latitude=20.0, longitude=105.0), Coordinates(latitude=21.0, longitude=105.0)
    assert distance_km(a, b) == pytest.approx(6371.0088 * 3.141592653589793 / 180)


def test_the_nearest_point_comes_first_with_its_distance_and_address(known: Knowledge) -> None:
    reply = nearest(21.001, 105.8, known)
    assert reply is not None
    first, second = reply.blocks[0].items
    assert (first.text, first.count, first.note) == ("Điểm Trắng (Chi nhánh số 01)", "cách 110 m", "Số 1 phố Trắng")
    assert (second.text, second.count, second.note) == ("Điểm Vàng (Chi nhánh số 01)", "cách 55,5 km", say.NO_ADDRESS)
    assert (first.address, second.address) == ("Số 1 phố Trắng", None)  # of what a map can look for


def test_a_place_far_outside_the_city_is_told_so(known: Knowledge) -> None:
    reply = nearest(10.8, 106.7, known)
    assert reply is not None and reply.kind == "out_of_scope"


def test_without_coordinates_nothing_is_said(tmp_path: Path) -> None:
    assert nearest(21.0, 105.8, knowledge(tmp_path)) is None


def test_the_middle_of_its_ward_does_for_a_point_whose_own_place_is_not_known(tmp_path: Path) -> None:
    units = UNITS.replace("  tu_ngay: 2025-07-01\n", "  tu_ngay: 2025-07-01\n  toa_do: {vi_do: 21.0, kinh_do: 105.8}\n")
    known = load_what_can_be(folder(tmp_path, **{"units.yml": units}))[0].knowledge
    reply = nearest(21.02, 105.8, known)
    assert reply is not None
    assert [item.count for item in reply.blocks[0].items] == ["cách khoảng 2 km"] * len(reply.blocks[0].items)
    assert reply.blocks[1].text == say.ROUGH_DISTANCES


def test_the_seat_of_an_office_counts_as_well(known: Knowledge) -> None:
    [office] = known.offices.values()
    seat = dataclasses.replace(office, points=(), address="Trụ sở", coordinates=Coordinates(latitude=21.0, longitude=105.8))
    reply = nearest(21.0, 105.8, dataclasses.replace(known, offices={office.key: seat}))
    assert reply is not None and reply.blocks[0].items[0].note == "Trụ sở"


@pytest.mark.parametrize("wrong", ["{vi_do: 105.8, kinh_do: 21.0}", "{vi_do: 21.0}", "{vi_do: hai mốt, kinh_do: 105.8}"])
def test_coordinates_that_cannot_be_right_are_told_with_their_line(tmp_path: Path, wrong: str) -> None:
    text = OFFICES.replace("{ten: Điểm Vàng}", f"{{ten: Điểm Vàng, toa_do: {wrong}}}")
    _, problems = load_what_can_be(folder(tmp_path, **{"offices.yml": text}))
    assert [p.file for p in problems][:1] == ["offices.yml"]
    assert "toa_do" in problems[0].field
