"""What is kept of a question: its words, and nobody's dossier, number or name."""

from __future__ import annotations

import pytest

from bot.serving.recorded import without_person


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("làm khai sinh cần gì", "làm khai sinh cần gì"),
        ("tôi là Nguyễn Văn Bịa muốn khai sinh", "tôi là … muốn khai sinh"),
        ("họ và tên: Trần Thị Bịa", "họ và tên: …"),
        ("sđt 0900 006 583", "sđt …"),
        ("/khai sinh", "khai sinh"),
        ("", ""),
    ],
)
def test_a_question_is_kept_without_its_person(said: str, kept: str) -> None:
    assert without_person(said) == kept


@pytest.mark.parametrize(
    "said", ["hồ sơ 000.00.19.H26-250701-0042 đâu rồi", "H26-250701-0042 4821", "H26-250701-0042 số cuối 4821", "4821"]
)
def test_no_code_and_no_digits_of_a_dossier_are_kept(said: str) -> None:
    assert not any(c.isdigit() for c in without_person(said))
