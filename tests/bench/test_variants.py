"""Variants keep the question: its words, their order, and what is asked; the same question gives the same variant."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.variants import VARIANTS, varied
from bot.text import compose, fold

WORDS = "đăng ký khai sinh cho con cần những giấy tờ gì ạ không được ở đâu bao nhiêu tiền hồ sơ thủ tục".split()
QUESTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=20).map(" ".join)
SAME_WHEN_FOLDED = ("as typed", "no diacritics", "some diacritics", "capitals", "NFD")


@given(QUESTIONS, st.sampled_from(sorted(VARIANTS)))
def test_a_question_has_one_variant_of_a_kind(question: str, variant: str) -> None:
    assert varied(question, variant) == varied(question, variant)


@pytest.mark.parametrize("variant", SAME_WHEN_FOLDED)
@given(QUESTIONS)
def test_diacritics_and_case_are_all_that_changes(variant: str, question: str) -> None:
    assert fold(compose(varied(question, variant))) == fold(question)


@given(QUESTIONS, st.sampled_from(["Telex slips", "thumb slips", "no diacritics, thumb slips"]))
def test_a_slip_adds_and_takes_no_word_and_spares_most(question: str, variant: str) -> None:
    before, after = fold(question).split(), fold(varied(question, variant)).split()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after)) <= 2


@given(QUESTIONS)
def test_missing_spaces_take_no_letter(question: str) -> None:
    assert varied(question, "spaces missing").replace(" ", "") == question.replace(" ", "")


@given(QUESTIONS)
def test_talk_stands_around_the_question(question: str) -> None:
    assert question in varied(question, "talk around it")


def test_keys_of_telex_are_those_of_the_keyboard() -> None:
    assert varied("đường", "Telex slips") == "dduwowngf"
    assert varied("cấp", "Telex slips") == "caaps"


def test_short_forms_are_those_of_the_field() -> None:
    said = {varied(f"{n} giấy tờ thủ tục đăng ký", "short forms") for n in range(30)}
    assert any("gt" in s.split() for s in said) and any("tt" in s.split() for s in said) and any("đk" in s.split() for s in said)


def test_decomposed_text_is_decomposed() -> None:
    assert unicodedata.is_normalized("NFD", varied("đăng ký", "NFD")) and varied("đăng ký", "NFD") != "đăng ký"
