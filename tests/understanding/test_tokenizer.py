"""Words: compounds of accented text joined, unaccented text left at its syllables."""

import pytest

from bot.understanding.components.tokenizer import words_of


def test_accented_text_is_split_into_words() -> None:
    assert "khai sinh" in words_of("làm giấy khai sinh cho con")


@pytest.mark.parametrize("text", ["lam giay khai sinh cho con can giay to gi", "dang ky tam tru"])
def test_unaccented_text_is_split_at_syllables(text: str) -> None:
    assert words_of(text) == text.split()


def test_punctuation_is_no_word() -> None:
    assert words_of("hồ sơ gồm những gì???") == words_of("hồ sơ gồm những gì")
