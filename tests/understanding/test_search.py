"""Search: a few typed words bring the procedures they may mean, as they are typed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import publish
from bot.knowledge.model import Knowledge
from bot.understanding import index
from bot.understanding.search import Search
from tests.building import knowledge


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    at = tmp_path_factory.mktemp("search")
    return Search.open(publish.publish(knowledge(at / "k"), at, index.write))


def over(known: Knowledge) -> Search:
    return Search(known, index.build(known), index.build(known, in_full=False))


@pytest.mark.parametrize("typed", ["khai sinh", "khai sin", "làm giấy khai", "dang ky khai sinh", "KHAI SINH"])
def test_words_half_typed_and_without_diacritics_find_their_procedure(search: Search, typed: str) -> None:
    assert search.find(typed, 5)[0].code == "1.000001"


def test_everyday_words_find_what_is_officially_called_otherwise(search: Search) -> None:
    assert search.find("sổ đỏ", 5)[0].code == "1.000002"


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzz qqqq"])
def test_what_is_like_nothing_finds_nothing(search: Search, typed: str) -> None:
    assert search.find(typed, 5) == []


@given(st.text(max_size=80), st.integers(1, 3))
def test_whatever_is_typed_at_most_so_many_are_found(search: Search, typed: str, most: int) -> None:
    found = search.find(typed, most)
    assert len(found) <= most and len({p.code for p in found}) == len(found)


def test_a_procedure_that_has_ended_is_not_suggested(tmp_path: Path) -> None:
    known = knowledge(tmp_path)
    ended = dataclasses.replace(known.procedures["1.000001"].publication, effective_to=dt.date(2020, 1, 1))
    birth = dataclasses.replace(known.procedures["1.000001"], publication=ended)
    assert all(
        p.code != "1.000001"
        for p in over(dataclasses.replace(known, procedures={**known.procedures, birth.code: birth})).find("khai sinh", 5)
    )
