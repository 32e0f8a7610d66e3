"""Gaps: alike questions stand together, each group names an entry, and its line can be pasted into a file."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.questions.gaps import gaps, ready_line
from bot.understanding.search import Search
from tests.building import knowledge
from tests.channels.telegram.desk import search_over
from tests.questions.building import asked


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    return search_over(knowledge(tmp_path_factory.mktemp("k")))


def test_what_was_answered_tapped_or_settled_is_no_gap(search: Search) -> None:
    told = [
        asked(),
        asked(kind="clarify", settled=True),
        asked(kind="handoff", tapped=True),
        asked(kind="smalltalk"),
        asked("", kind="handoff"),
    ]
    assert gaps(told, search) == []


def test_the_three_reasons_are_told_apart(search: Search) -> None:
    told = [asked(kind="handoff"), asked(kind="clarify"), asked(thumb="down", comment="sai")]
    [gap] = gaps(told, search)
    assert gap.reasons == {"unanswered": 1, "left": 1, "disliked": 1}
    assert (gap.count, gap.comments) == (3, ("sai",))


def test_alike_questions_stand_together_and_the_largest_group_first(search: Search) -> None:
    birth = ["làm giấy khai sinh cho cháu", "lam giay khai sinh cho chau", "làm giấy khai sinh cho cháu ạ"]
    told = [asked("nuôi chó trong chung cư", kind="handoff", codes=()), *(asked(text, kind="handoff") for text in birth)]
    first, second = gaps(told, search)
    assert (first.count, second.count) == (3, 1)
    assert set(first.texts) < set(birth)  # the one without accents is the same as the one with


def test_a_gap_names_the_entry_it_reached_then_or_comes_nearest_to_now(search: Search) -> None:
    [reached] = gaps([asked("xyz", kind="handoff", codes=("1.000001",))], search)
    [near] = gaps([asked("giấy khai sinh của bé", kind="handoff", codes=())], search)
    [far] = gaps([asked("zzz qqq", kind="handoff", codes=("9.999999",))], search)
    assert (reached.code, near.code, far.code) == ("1.000001", "1.000001", None)


@pytest.mark.parametrize(
    ("text", "field"),
    [("giấy chứng sinh mới", "ten_goi_khac"), ("làm giấy khai sinh cần gì", "cau_hoi_mau"), ("khai sinh?", "cau_hoi_mau")],
)
def test_a_name_goes_to_the_names_and_a_question_to_the_questions(text: str, field: str) -> None:
    assert ready_line(text)[0] == field


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), min_size=1))
def test_a_ready_line_is_one_line_of_yaml_that_means_the_text(text: str) -> None:
    field, line = ready_line(text)
    assert len(line.splitlines()) == 1
    assert yaml.safe_load(f"{field}:\n{line}\n") == {field: [text]}
