"""Where a dossier stands, in plain words: what it means, how long it still takes, what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bot.answers import dossier as replies
from bot.answers import wording as say
from bot.answers.reply import Reply
from bot.channels.plain import to_text
from bot.dossiers.calendar import Calendar
from bot.dossiers.model import Apology, Event, Step, Supplement
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from bot.understanding.codes import take_codes
from tests.building import folder
from tests.dossiers.kept import CODE, NOW, dossier

STATUSES = """\
- {so: 4, ten: Đang xử lý, nghia_la: Đang làm., can_lam: Bạn chờ.}
- {so: 5, ten: Yêu cầu bổ sung giấy tờ, nghia_la: Còn thiếu., can_lam: Bạn bổ sung.}
"""
HOLIDAY = dt.date(2026, 11, 24)  # invented: the day after NOW, a Tuesday
CALENDAR = Calendar(frozenset({HOLIDAY}))


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return load(folder(tmp_path / "k", **{"statuses.yml": STATUSES})).knowledge


def told(knowledge: Knowledge, **changed: Any) -> str:
    return to_text(replies.told(dossier(**changed), knowledge, CALENDAR, NOW))


def test_the_status_is_told_with_its_meaning_and_what_to_do(knowledge: Knowledge) -> None:
    text = told(knowledge)
    for line in (
        "Trạng thái: Đang xử lý",
        "Đang làm.",
        "Bạn chờ.",
        f"Mã hồ sơ: {CODE}",
        "Người nộp: Trần T** Bịa",
        "Nơi tiếp nhận: Phường Bịa",
    ):
        assert line in text


@pytest.mark.parametrize(
    ("due", "left"),
    [
        (dt.timedelta(hours=3), "(hạn là hôm nay)"), (dt.timedelta(days=2), "(còn 1 ngày làm việc)"), (dt.timedelta(days=7), "(còn 4 ngày làm việc)"),
        (dt.timedelta(days=-3), "(trễ 1 ngày làm việc)"),
    ],
)  # fmt: skip
def test_the_days_left_are_working_days(knowledge: Knowledge, due: dt.timedelta, left: str) -> None:
    assert left in told(knowledge, due=NOW + due)


def test_in_a_year_whose_days_off_are_not_known_no_days_are_counted(knowledge: Knowledge) -> None:
    text = told(knowledge, due=NOW + dt.timedelta(days=60))
    assert "Hẹn trả: 22/01/2027" in text
    assert "ngày làm việc" not in text


def test_what_is_asked_for_is_told_with_its_day_and_place(knowledge: Knowledge) -> None:
    asked = Supplement("Bản sao căn cước", NOW + dt.timedelta(days=7), "Phường Bịa")
    assert "Bổ sung: Bản sao căn cước trước ngày 30/11/2026, nộp tại Phường Bịa" in told(knowledge, status=5, supplements=(asked,))


def test_a_fee_is_told_in_dong(knowledge: Knowledge) -> None:
    assert "Nộp 1.250.000 đồng" in told(knowledge, fee_due=1_250_000)


def test_the_step_the_apology_and_the_past_are_told(knowledge: Knowledge) -> None:
    text = told(
        knowledge, step=Step("Thẩm định", "Tư pháp", 1.5, NOW), apology=Apology("Nhiều hồ sơ", NOW + dt.timedelta(days=4)),
        history=(Event(NOW - dt.timedelta(days=9), 4), Event(NOW - dt.timedelta(days=5), None, "Chờ ký")),
    )  # fmt: skip
    for line in (
        "Đang ở bước: Thẩm định (Tư pháp), hạn 23/11/2026",
        "xin lỗi vì trễ hẹn: Nhiều hồ sơ",
        "Hẹn lại: 27/11/2026",
        "14/11/2026: Đang xử lý",
        "Chờ ký",
    ):
        assert line in text


def test_a_finished_dossier_tells_its_day_and_whether_it_was_late(knowledge: Knowledge) -> None:
    late = told(knowledge, finished=NOW, due=NOW - dt.timedelta(days=4))
    assert "Xong ngày: 23/11/2026 (trễ 2 ngày làm việc)" in late
    assert "trễ" not in told(knowledge, finished=NOW, due=NOW)


def test_a_status_nobody_wrote_of_shows_its_own_words(knowledge: Knowledge) -> None:
    assert "Trạng thái: Chờ ký số" in told(knowledge, status=None, status_text="Chờ ký số")


@pytest.mark.parametrize("sample", [True, False])
def test_sample_data_is_labelled(knowledge: Knowledge, sample: bool) -> None:
    assert ("DỮ LIỆU MẪU" in told(knowledge, sample=sample)) is sample


def test_its_procedure_can_be_asked_about(knowledge: Knowledge) -> None:
    reply = replies.told(dossier(), knowledge, CALENDAR, NOW)
    assert [(b.choice, b.aspects) for b in reply.buttons[1:]] == [("1.000001", ("documents",))]
    unknown = replies.told(dossier(procedure_code="9.999999"), knowledge, CALENDAR, NOW)
    assert [b.choice for b in unknown.buttons] == [None]


@pytest.mark.parametrize("why", list(say.DOSSIER_REFUSED))
def test_a_refusal_waits_for_the_digits_again_and_holds_nothing_of_the_dossier(knowledge: Knowledge, why: str) -> None:
    reply = replies.refused(CODE, why, knowledge.contact)
    assert (reply.kind, reply.awaits) == ("dossier", CODE)
    assert not any(word in to_text(reply) for word in ("Bịa", "Đang xử lý", "{"))


@pytest.mark.parametrize(
    "typed", ["H26.15-260230-0008", "H26.15-26023-0008", "H26.15-260203-08", "H26.15-26O203-0008", "000.0.19.H26-260203-0008"]
)
def test_a_slip_is_pointed_at(typed: str) -> None:
    slips = take_codes(typed).slips
    for slip in slips:
        reply = replies.slipped(slip)
        assert slip.part in reply.blocks[0].text
        assert [b.text for b in reply.buttons] == ([slip.likely] if slip.likely else [])


def test_a_reply_keeps_what_it_waits_for_on_its_way() -> None:
    assert Reply.from_plain(replies.prove(CODE).to_plain()) == replies.prove(CODE)


def test_replies_of_one_turn_are_one_reply_that_waits_as_the_last_does() -> None:
    joined = Reply.joined([Reply("answer", replies.cancelled().blocks, codes=("1.000001",)), replies.still_waits(CODE)])
    assert (joined.kind, joined.codes, joined.awaits, len(joined.blocks)) == ("answer", ("1.000001",), CODE, 2)
