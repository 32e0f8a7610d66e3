"""The four digits are found as people type them, and other numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.digits import take_digits


@pytest.mark.parametrize(
    "said",
    [
        "4821", "số cuối là 4821", "nhầm, số cuối là 4821", "nham, so cuoi la 4821", "4 8 2 1", "48 21", "dạ 4821 ạ", "4821.", "(4821)", "bốn số cuối: 4821",
        "4 số cuối là 4821", "0900 004 821", "sđt của em là 0900004821", "+84 900 004 821", "căn cước 001300004821", "\uff14\uff18\uff12\uff11",
        "0900004821, số cuối 4821", "à không phải, em nhớ nhầm số của chồng em, số điện thoại đúng của em phải là 4821",
    ],
)  # fmt: skip
def test_the_digits_are_found_and_cut_out(said: str) -> None:
    found = take_digits(said)
    assert (found.four, found.found) == ("4821", True)
    assert "4821" not in found.rest and "821" not in found.rest


@pytest.mark.parametrize(
    "said",
    [
        "xin chào", "năm 2019 thì sao", "sinh năm 2019", "từ 2019 đến 2021 em ở đâu cũng được", "1500 đồng", "hết 1500 đồng à", "20/10/2025", "ngày 20.10.2025",
        "nghị định 1234", "42", "123", "12345", "đất 1200 m2 thì nộp hồ sơ thế nào", "sinh ở viện hồi tháng trước 2019 có phải làm lại hết giấy tờ không ạ",
    ],
)  # fmt: skip
def test_other_numbers_are_no_digits_to_prove(said: str) -> None:
    found = take_digits(said)
    assert (found.four, found.found, found.rest) == (None, False, said)


def test_two_different_ones_are_neither_and_both_cut_out() -> None:
    found = take_digits("4821 hay là 7777 nhỉ")
    assert (found.four, found.found) == (None, True)
    assert not any(c.isdigit() for c in found.rest)


@given(st.text(max_size=60))
def test_no_text_breaks_it(said: str) -> None:
    found = take_digits(said)
    assert found.four is None or (len(found.four) == 4 and found.four.isdigit())


@given(st.from_regex(r"[0-9]{4}", fullmatch=True), st.sampled_from(["{}", "số cuối là {}", "so cuoi {} a", "nhầm, {} ạ", "sđt 0900 00{}"]))
def test_digits_said_as_the_answer_never_stay_in_the_text(four: str, around: str) -> None:
    assert four not in take_digits(around.format(four)).rest
