"""What settles the intent: codes, numbers and sure links before the sound of the words."""

from typing import Any

import pytest

from bot.text import normalise
from bot.understanding.gate import chosen_number, is_doubtful, settle

NOTHING: dict[str, Any] = {"candidates": []}


def sure(probability: float) -> dict[str, Any]:
    """Return links that are as sure as `probability` of one procedure."""
    return {"candidates": [{"code": "1.000001", "probability": probability}], "none": 1 - probability}


def heard(**chances: float) -> list[dict[str, Any]]:
    """Return a classifier's ranking."""
    return [{"name": name, "confidence": chance} for name, chance in chances.items()]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 2), ("cái thứ 2", 2), ("cai thu hai", 2), ("số 3", 3), ("cái đầu tiên", 1), ("cái cuối cùng", -1), ("chọn mục 1 ạ", 1),
        ("em chọn cái thứ nhất nhé", 1), ("truong hop thu 4", 4), ("hai", None), ("hộ chiếu", None), ("2 tầng", None), ("con thứ 2", None),
    ],
)  # fmt: skip
def test_a_choice_by_number_is_heard(said: str, number: int | None) -> None:
    assert chosen_number(normalise(said)) == number


def test_a_dossier_code_makes_it_a_question_about_the_dossier() -> None:
    assert settle("", heard(greet=1.0), {"dossiers": ["H26-250701-0042"]}, NOTHING) == "dossier"


def test_a_procedure_code_makes_it_a_question() -> None:
    assert settle("", heard(greet=1.0), {"procedures": ["1.000001"]}, NOTHING) == "ask"


@pytest.mark.parametrize(
    "said", ['"><img src=x onerror=alert(1)>', "${{<%[%'\"}}%\\", "' UNION SELECT * FROM users; --", "rm -rf / && $(curl x)"]
)
def test_a_piece_of_a_program_is_nonsense(said: str) -> None:
    assert settle(normalise(said), heard(ask=0.9), {}, NOTHING) == "nonsense"


@pytest.mark.parametrize("said", ["asdfgh jkl qwrt", "zxcv", "", "???", "xzxz qqq"])
def test_mashed_keys_are_nonsense(said: str) -> None:
    assert settle(normalise(said), heard(ask=0.9), {}, NOTHING) == "nonsense"


def test_a_foreign_word_the_linker_knows_is_a_question() -> None:
    assert settle("passport", heard(out_of_scope=0.5, ask=0.4), {}, sure(0.9)) == "ask"


def test_a_sure_link_overrules_the_sound_of_another_topic() -> None:
    assert settle("tranh chấp ranh giới đất", heard(out_of_scope=0.99, ask=0.01), {}, sure(0.98)) == "ask"
    assert settle("mua bảo hiểm ở đâu rẻ", heard(out_of_scope=0.99, ask=0.01), {}, sure(0.25)) == "out_of_scope"


def test_small_talk_must_be_sure_of_itself() -> None:
    assert settle("nộp cho ai", heard(greet=0.4, ask=0.3), {}, NOTHING) == "ask"
    assert settle("cảm ơn", heard(thanks=0.95, ask=0.03), {}, sure(0.9)) == "thanks"
    assert settle("chào", heard(greet=0.5, ask=0.05), {}, NOTHING) == "greet"


def test_a_word_or_two_about_an_aspect_is_a_question_whatever_it_sounds_like() -> None:
    fee = [{"name": "fee", "confidence": 0.9}]
    assert settle("mấy tiền", heard(insult=0.7, ask=0.1), {}, NOTHING, fee) == "ask"
    assert settle("cảm ơn", heard(thanks=0.7, ask=0.1), {}, NOTHING, fee) == "thanks"


def test_danger_is_never_taken_for_a_question_about_a_procedure() -> None:
    assert settle("tôi muốn tự tử", heard(distress=0.5, ask=0.4), {}, sure(0.9)) == "distress"


@pytest.mark.parametrize(("said", "number"), [("2 ạ", 2), ("3 nhé em", 3), ("2 nhé", 2)])
def test_a_bare_number_with_a_polite_word_is_a_choice(said: str, number: int) -> None:
    assert chosen_number(said) == number


@pytest.mark.parametrize(
    ("said", "intent"),
    [("mua nhà cần làm giấy gì", "unlawful"), ("con tôi bị khuyết tật", "distress"), ("gà nhà em chết dịch", "distress")],
)
def test_danger_and_unlawful_wishes_are_not_heard_where_no_word_of_theirs_is_said(said: str, intent: str) -> None:
    ranking = [{"name": intent, "confidence": 0.8}, {"name": "ask", "confidence": 0.15}]
    assert settle(said, ranking, {}, {"candidates": [], "none": 0.5}) == "ask"


def test_a_question_about_one_procedure_is_no_survey() -> None:
    ranking = [{"name": "statistics", "confidence": 0.8}, {"name": "ask", "confidence": 0.15}]
    assert settle("nhận con nuôi trong nước tốn bao nhiêu", ranking, {}, {}) == "ask"
    assert settle("có bao nhiêu thủ tục trực tuyến", ranking, {}, {}) == "statistics"


def test_the_button_for_the_next_page_is_a_survey_whatever_it_sounds_like() -> None:
    assert settle("trang 2: thủ tục lĩnh vực hộ tịch", [{"name": "ask", "confidence": 0.9}], {}, {}) == "statistics"


@pytest.mark.parametrize(
    "said",
    ["tỷ lệ đúng hạn của phường mình", "thang nay bao nhieu ho so tre han", "số liệu hồ sơ quý 1", "lĩnh vực hộ tịch có đúng hạn không"],
)
def test_questions_about_figures_of_dossiers_are_heard(said: str) -> None:
    assert settle(normalise(said), heard(statistics=0.9), {}, NOTHING) == "statistics"


@pytest.mark.parametrize(
    ("said", "other", "none", "doubtful"),
    [
        ("thuê luật sư kiện hàng xóm lấn ngõ ra tòa", 0.3, 0.6, True),  # the classifier doubts, the linker too
        ("thuê luật sư kiện hàng xóm lấn ngõ ra tòa", 0.3, 0.05, False),
        ("thuê luật sư kiện hàng xóm lấn ngõ ra tòa", 0.001, 0.4, False),
        ("thế lệ phí bao nhiêu", 0.3, 0.99, False),  # it may go on about what was spoken of
    ],
)
def test_a_question_that_sounds_like_another_topic_as_well_is_weighed(said: str, other: float, none: float, doubtful: bool) -> None:
    assert is_doubtful(normalise(said), heard(ask=1 - other, out_of_scope=other), {"none": none}) is doubtful
