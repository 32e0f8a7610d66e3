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


NUMBERS = [
    "0912345678", "0912 345 678", "0912.345.678", "+84912345678", "001099012345", "123456789", "0912-345-678", "+84-912-345-678", "0912/345/678",
    "0912,345,678", "(024) 3825 1234", "123 456 789", "001 085 012 345", "\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["tôi là A, số {}, muốn làm hộ chiếu", "sđt.{}", "sdt{}", "{}Em hỏi", "cccd-{}-", "{}", "sđt: {}."])
def test_a_personal_number_is_taken_out(number: str, around: str) -> None:
    said = at_the_door(around.format(number))
    assert said.personal
    assert not any(c.isdigit() for c in said.text), said.text


@pytest.mark.parametrize(
    "text",
    [
        "000.00.19.H26-250701-0042", "H26-250701-0042", "000 00 19 h26 250701 0042", "thủ tục 1.001193", "sinh ngày 20.10.2025", "thu nhập 800000000 đồng",
        "1.200.000 đồng", "vốn 900000000đ", "đất 100m2, năm 2025", "20/10/2025 đến 30/10/2025", "từ 01/07/2025 15 ngày",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert at_the_door(text) == LetIn(text)
