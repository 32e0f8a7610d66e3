"""A question about what a status means is told from other questions, with and without diacritics."""

import pytest

from bot.knowledge.model import DossierStatus
from bot.understanding.statuses import status_asked

STATUSES = (
    DossierStatus(number=2, name="Được tiếp nhận", means="a", next_step="b"),
    DossierStatus(number=3, name="Không được tiếp nhận", other_names=("bị trả lại",), means="a", next_step="b"),
)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("trạng thái được tiếp nhận nghĩa là gì", 2),
        ("duoc tiep nhan la sao a", 2),
        ("không được tiếp nhận là sao", 3),
        ("ho so bi tra lai la the nao", 3),
    ],
)
def test_the_status_asked_about_is_found(said: str, number: int) -> None:
    found = status_asked(said, STATUSES)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize("said", ["hồ sơ của tôi được tiếp nhận chưa", "đang xử lý là sao", "là gì", ""])
def test_other_questions_ask_for_no_status(said: str) -> None:
    assert status_asked(said, STATUSES) is None
