"""What is asked of the dossiers' figures is read from everyday words, seen from a day; other questions are left alone."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from bot.knowledge.model import Knowledge
from bot.understanding.on_time import OnTimeAsked, Period, on_time_asked
from tests.building import knowledge

YEAR = Period(202601, 202602)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return dataclasses.replace(knowledge(Path(tmp_path_factory.mktemp("k"))), as_of=dt.date(2026, 2, 10))


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("tháng này thành phố tiếp nhận bao nhiêu hồ sơ", Period(202602, 202602)), ("thang truoc co bao nhieu ho so dung han", Period(202601, 202601)),
        ("tỷ lệ đúng hạn tháng 12", Period(202512, 202512)), ("ti le dung han thang 12/2024", Period(202412, 202412)),
        ("tỷ lệ đúng hạn tháng 3 năm 2025", Period(202503, 202503)), ("quý 4 có bao nhiêu hồ sơ trễ hạn", Period(202510, 202512)),
        ("quý I/2025 giải quyết bao nhiêu hồ sơ", Period(202501, 202503)), ("năm ngoái tiếp nhận mấy hồ sơ", Period(202501, 202512)),
        ("năm 2024 trả bao nhiêu hồ sơ", Period(202401, 202412)), ("năm nay bao nhiêu hồ sơ quá hạn", YEAR),
    ],
)  # fmt: skip
def test_the_months_that_are_named_are_read(known: Knowledge, said: str, period: Period) -> None:
    assert on_time_asked(said, known) == OnTimeAsked(period, named=True)


def test_where_no_time_is_said_this_year_is_meant(known: Knowledge) -> None:
    assert on_time_asked("tỷ lệ đúng hạn của phường mình", known) == OnTimeAsked(YEAR, own_ward=True)


def test_the_field_is_read(known: Knowledge) -> None:
    asked = on_time_asked("lĩnh vực hộ tịch đúng hạn bao nhiêu phần trăm", known)
    assert asked and asked.field == "ho-tich"


@pytest.mark.parametrize(
    "said", ["có bao nhiêu thủ tục", "hồ sơ khai sinh gồm những gì", "lĩnh vực hộ tịch có mấy thủ tục", "tháng này nghỉ ngày nào", ""]
)
def test_other_questions_are_left_alone(known: Knowledge, said: str) -> None:
    assert on_time_asked(said, known) is None
