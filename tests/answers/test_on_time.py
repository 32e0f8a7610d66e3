"""Figures of dossiers are told with whose they are; made-up ones are said to be made up."""

from pathlib import Path

import pytest

from bot.answers import wording
from bot.answers.on_time import on_time
from bot.channels.plain import to_text
from bot.dossiers.figures import OnTime
from bot.knowledge.model import Knowledge
from bot.understanding.on_time import OnTimeAsked, Period
from tests.building import knowledge

JULY = OnTimeAsked(Period(202507, 202507))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(Path(tmp_path_factory.mktemp("k")))


def test_counts_and_share_are_told(known: Knowledge) -> None:
    text = to_text(on_time(JULY, None, OnTime(12_345, 2000, 1000, 991), known))
    assert "Tháng 7/2025, toàn thành phố: tiếp nhận 12.345 hồ sơ, giải quyết xong 2.000 hồ sơ." in text
    assert "991 hồ sơ đúng hạn (99,10%)" in text
    assert wording.SAMPLE_DATA not in text


def test_made_up_figures_are_said_to_be(known: Knowledge) -> None:
    assert on_time(JULY, None, OnTime(1, sample=True), known).blocks[0].text == wording.SAMPLE_DATA


def test_no_share_is_told_of_none(known: Knowledge) -> None:
    assert "%" not in to_text(on_time(JULY, None, OnTime(received=3), known))


def test_nothing_kept_is_said_to_be_so(known: Knowledge) -> None:
    text = to_text(on_time(OnTimeAsked(Period(202501, 202507), "ho-tich"), None, OnTime(), known))
    assert text.startswith("Từ tháng 1/2025 đến tháng 7/2025, toàn thành phố, lĩnh vực Hộ tịch: mình chưa có số liệu")
