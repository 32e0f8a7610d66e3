"""What comes through the door: text that Rasa may see, or the name of a refusal."""

import time

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


OTHERS = [
    "an.bia@example.vn",
    "an_bia+1@mail.example.vn",
    "stk 19034567890123",
    "số tài khoản: 12345678",
    "4111 1111 1111 1111",
    "hộ chiếu B1234567",
    "tai khoan 1903 4567 8901 23",
]


@pytest.mark.parametrize("number", OTHERS)
@pytest.mark.parametrize("around", ["{}", "của tôi là {} nhé", "liên hệ {}, cảm ơn", "({})"])
def test_addresses_accounts_and_passports_are_taken_out(number: str, around: str) -> None:
    said = at_the_door(around.format(number))
    assert said.personal
    assert "@" not in said.text and not any(c.isdigit() for c in said.text), said.text


PERSONAL = st.one_of(
    st.from_regex(r"0[1-9]\d{8}", fullmatch=True), st.from_regex(r"0\d{11}", fullmatch=True), st.from_regex(r"[1-9]\d{8}", fullmatch=True),
    st.from_regex(r"[a-z]{1,10}\.?[a-z0-9]{1,10}@[a-z]{1,10}\.(com|vn)", fullmatch=True), st.from_regex(r"[1-79]\d{12,18}", fullmatch=True),
    st.from_regex(r"stk:? \d{6,19}", fullmatch=True), st.from_regex(r"[A-Z]\d{7}", fullmatch=True),
)  # fmt: skip
WORDS = st.lists(st.sampled_from("tôi muốn làm giấy khai sinh cho con ở phường Yên Hòa liên hệ".split()), max_size=6).map(" ".join)


@given(WORDS, PERSONAL, WORDS)
def test_a_personal_number_among_words_is_never_let_in(before: str, number: str, after: str) -> None:
    said = at_the_door(f"{before} {number} {after}")
    assert said.personal and number not in said.text
    assert not any(c.isdigit() for c in said.text), said.text


@given(st.text(max_size=300))
def test_masking_twice_masks_no_more(text: str) -> None:
    once = at_the_door(text).text
    assert at_the_door(once).text == once.lstrip("/ \uff0f")


def test_a_long_hostile_text_is_masked_in_no_time() -> None:
    for text in ("a" * 2000, "1 " * 1000, "stk " * 500, "a.@" * 666, "0/" * 1000):
        began = time.perf_counter()
        at_the_door(text)
        assert time.perf_counter() - began < 0.5, text[:10]


@pytest.mark.parametrize(
    "text", ["chuyển vào tài khoản 500000000 đồng", "vốn 1.200.000.000.000 đồng", "tài khoản vneid mức 2", "mẫu B01 thông tư 200"]
)
def test_sums_and_names_of_forms_stay(text: str) -> None:
    assert at_the_door(text) == LetIn(text)
