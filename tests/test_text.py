"""Vietnamese text brought to one form: every way of typing a word ends in the same word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import (
    classic_tones,
    compose,
    expand_chat,
    fold,
    has_diacritics,
    is_accented,
    is_readable,
    normalise,
    part_glued,
    syllables,
    undo_slips,
    undo_telex,
)

VIETNAMESE = st.text(
    st.sampled_from("aáàảãạăắằẳẵặâấầẩẫậbcdđeéèẻẽẹêếềểễệghiíìỉĩịklmnoóòỏõọôốồổỗộơớờởỡợpqrstuúùủũụưứừửữựvxyýỳỷỹỵ ĐÁỘ"), max_size=40
)


@given(st.text(max_size=60))
def test_composing_twice_is_composing_once(text: str) -> None:
    assert compose(compose(text)) == compose(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_typing_read_the_same(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_folding_leaves_nothing_to_fold(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not has_diacritics(fold(text))


@given(VIETNAMESE)
def test_folded_vietnamese_is_plain_ascii(text: str) -> None:
    assert fold(text).isascii()


@given(VIETNAMESE)
def test_folding_keeps_the_number_of_syllables(text: str) -> None:
    assert len(syllables(fold(text))) == len(syllables(text))


@given(st.text(max_size=60))
def test_normalising_never_fails_and_gives_lower_case(text: str) -> None:
    assert normalise(text) == normalise(text).lower()


@given(VIETNAMESE)
def test_moving_the_tone_changes_no_letter(text: str) -> None:
    assert fold(classic_tones(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "classic"),
    [
        ("hoà", "hòa"),
        ("hòa", "hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("hòan", "hoàn"),
        ("quý", "quý"),
        ("xoá", "xóa"),
        ("toán", "toán"),
        ("HOÀ", "HÒA"),
    ],
)
def test_the_tone_mark_moves_to_its_classic_place(typed: str, classic: str) -> None:
    assert classic_tones(typed) == classic


def test_a_bare_d_with_stroke_folds_although_it_is_no_combining_mark() -> None:
    assert fold("Đăng ký đổi") == "dang ky doi"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddang", "đang"),
        ("ddawng kys", "đăng ký"),
        ("giaays", "giấy"),
        ("dduowcj", "được"),
        ("nguyeenx", "nguyễn"),
        ("muoons", "muốn"),
        ("bawfng", "bằng"),
        ("lasi", "lái"),
        ("keest", "kết"),
    ],
)
def test_telex_left_undone_is_put_right(typed: str, meant: str) -> None:
    assert undo_telex(typed) == meant


@pytest.mark.parametrize("word", ["online", "visa", "passport", "vneid", "khai", "the", "facebook", "so", "do", "as", "email"])
def test_words_that_are_no_telex_stay(word: str) -> None:
    assert undo_telex(word) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("giấytờ", "giấy tờ"), ("giayto", "giay to"), ("khaisinh", "khai sinh"), ("thườngtrú", "thường trú"), ("đăngkýkếthôn", "đăng ký kết hôn"),
        ("sổđỏ", "sổ đỏ"), ("cầngìạ", "cần gì ạ"), ("hồsơ", "hồ sơ"), ("dangky", "dang ky"), ("khôngạ", "không ạ"),
    ],
)  # fmt: skip
def test_syllables_without_a_space_between_are_set_apart(typed: str, meant: str) -> None:
    assert part_glued(typed) == meant


@pytest.mark.parametrize("word", ["photo", "karaoke", "khai", "nghiêng", "cccd", "vneid", "gplx", "asdfgh", "H26"])
def test_words_and_short_forms_are_not_taken_apart(word: str) -> None:
    assert part_glued(word) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("đưcợ", "được"), ("giiấy", "giấy"), ("tiềền", "tiền"), ("ngưiờ", "người"), ("snih", "sinh"), ("chhồng", "chồng"), ("kôhng", "không")],
)
def test_two_letters_exchanged_or_one_doubled_are_put_right(typed: str, meant: str) -> None:
    assert undo_slips(typed) == meant


@pytest.mark.parametrize("word", ["giấytờ", "giayto", "odau", "hello", "photo", "cccd", "bnhiu", "nghiêng", "khaisinh", "karaoke", "H26"])
def test_what_is_no_slip_of_one_syllable_stays(word: str) -> None:
    assert undo_slips(word) == word


def test_short_forms_of_chat_are_written_out_as_whole_words_only() -> None:
    assert expand_chat("làm dc ko") == "làm được không"
    assert expand_chat("khoko") == "khoko"


def test_text_is_accented_when_enough_of_it_is() -> None:
    assert is_accented("làm giấy khai sinh cho con")
    assert not is_accented("lam giay khai sinh cho con")
    assert not is_accented("cho con đi lam giay khai sinh o phuong can nhung gi a chi oi")
    assert not is_accented("12345")


def test_syllables_are_told_from_mashed_keys() -> None:
    assert all(map(is_readable, syllables("đăng ký kết hôn nghiêng quyết 2026")))
    assert not any(map(is_readable, ["asdfgh", "qwrt", "zzz", "xkcd"]))
