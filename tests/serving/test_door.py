"""What comes through the door: text that Rasa may see, or the name of a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.door import LONGEST_MESSAGE, at_the_door


@pytest.mark.parametrize(
    ("text", "refusal"), [("", "empty"), ("  \n\u200b ", "empty"), ("///", "empty"), ("a" * (LONGEST_MESSAGE + 1), "too_long")]
)
def test_what_cannot_be_read_is_refused(text: str, refusal: str) -> None:
    assert at_the_door(text)[0] == refusal


@given(st.text(max_size=100))
def test_nothing_let_in_looks_like_a_command(text: str) -> None:
    refusal, said = at_the_door("/" + text)
    assert refusal is not None or not said.lstrip().startswith("/")


def test_a_slash_inside_stays() -> None:
    assert at_the_door("sinh ngày 1/2") == (None, "sinh ngày 1/2")
