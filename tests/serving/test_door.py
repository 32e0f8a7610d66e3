"""What comes through the door: text that Rasa may see, or the name of a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.door import LONGEST_MESSAGE, LetIn, at_the_door


@pytest.mark.parametrize(
    ("text", "refusal"), [("", "empty"), ("  \n\u200b ", "empty"), ("///", "empty"), ("a" * (LONGEST_MESSAGE + 1), "too_long")]
)
def test_what_cannot_be_read_is_refused(text: str, refusal: str) -> None:
    assert at_the_door(text).refusal == refusal


@given(st.text(max_size=100))
def test_nothing_let_in_looks_like_a_command(text: str) -> None:
    said = at_the_door("/" + text)
    assert said.refusal is not None or not said.text.lstrip().startswith("/")


def test_a_slash_inside_stays() -> None:
    assert at_the_door("sinh ngày 1/2") == LetIn("sinh ngày 1/2")


@pytest.mark.parametrize("number", ["0912345678", "0912 345 678", "0912.345.678", "+84912345678", "001099012345", "123456789"])
def test_a_personal_number_is_taken_out(number: str) -> None:
    said = at_the_door(f"tôi là A, số {number}, muốn làm hộ chiếu")
    assert said.personal
    assert not any(part.isdigit() for part in said.text.replace(".", " ").split())


@pytest.mark.parametrize("text", ["000.00.19.H26-250701-0042", "H26-250701-0042", "thủ tục 1.001193", "sinh ngày 20.10.2025"])
def test_other_numbers_stay(text: str) -> None:
    assert at_the_door(text) == LetIn(text)
