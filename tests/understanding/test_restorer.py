"""Diacritics are restored as the texts that were read have them, and nothing else of the text changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import fold, normalise, syllables
from bot.understanding.restorer import learn

READ = [
    "đăng ký khai sinh cho con",
    "để làm sổ đỏ",
    "mới đẻ con thì làm gì",
    "thuê nhà trọ",
    "khai thuế cho hộ kinh doanh",
    "can giay to gi",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dang ky khai sinh", "đăng ký khai sinh"),
        ("de lam so do", "để làm sổ đỏ"),
        ("moi de con", "mới đẻ con"),
        ("thue nha", "thuê nhà"),
        ("khai thue", "khai thuế"),
        ("cccd", "cccd"),
        ("", ""),
    ],
)
def test_the_words_around_decide(typed: str, meant: str) -> None:
    assert learn(READ).restore(typed) == meant


def test_unaccented_texts_teach_nothing() -> None:
    assert learn(["can giay to gi"]).restore("giay to") == "giay to"
    assert not learn(["can giay to gi"]).pairs


@given(st.text(max_size=60))
def test_only_diacritics_are_added(text: str) -> None:
    typed = fold(normalise(text))
    assert [fold(s) for s in syllables(learn(READ).restore(typed))] == syllables(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("đăhg ký khai sinh", "đăng ký khai sinh"),
        ("dahg ky khai sinh", "dang ky khai sinh"),
        ("đăng ký, kjhai sinh cho con?", "đăng ký, khai sinh cho con?"),
        ("thuê nhsà trọ", "thuê nhà trọ"),
        ("nhsà cửa", "nhsà cửa"),  # fits no neighbour that was ever read
        ("đăng ký khai sinh", "đăng ký khai sinh"),
        ("cccd của con", "cccd của con"),
    ],
)
def test_a_slip_is_read_as_what_fits_its_neighbours(typed: str, meant: str) -> None:
    assert learn(READ).mend(typed) == meant


@given(st.text())
def test_mending_keeps_the_number_of_syllables(text: str) -> None:
    text = normalise(text)
    assert len(syllables(learn(READ).mend(text))) == len(syllables(text))
