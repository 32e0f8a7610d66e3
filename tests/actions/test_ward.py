"""The citizen's ward: asked for when the place is asked, remembered, old names turned into new ones, divided ones asked back."""

from pathlib import Path
from typing import Any

import pytest

from actions import turn
from actions.procedure import ActionProcedure
from actions.small_talk import ActionSmallTalk
from actions.statistics import ActionStatistics
from bot.answers import wording as say
from bot.knowledge import publish
from bot.knowledge.files import load
from bot.knowledge.served import Served
from bot.understanding import index
from tests.actions.test_actions import BIRTH, act, aspects, likely
from tests.building import folder

UNITS = """\
- khoa: phuong-mot
  ten: Phường Mai Một
  tu_ngay: 2025-07-01
  gop_tu:
    - {ten: Phường Lan Cũ, thuoc: Quận Hoa}
    - {ten: Phường Chia Đôi, thuoc: Quận Hoa, mot_phan: có}
- khoa: phuong-hai
  ten: Phường Mai Hai
  tu_ngay: 2025-07-01
  gop_tu:
    - {ten: Phường Chia Đôi, thuoc: Quận Hoa, mot_phan: có}
"""
OFFICES = """\
- khoa: chi-nhanh
  ten: Chi nhánh số 9
  diem_tiep_nhan:
    - {ten: Điểm Mai Một, dia_chi: Số 1 phố Bịa, dia_ban: phuong-mot}
  nguon: bịa ra để thử
"""


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = load(folder(tmp_path / "k", **{"units.yml": UNITS, "offices.yml": OFFICES})).knowledge
    publish.publish(known, tmp_path, index.write)
    monkeypatch.setattr(turn, "_served", Served(tmp_path, turn.hold))


def said(reply: dict[str, Any]) -> str:
    return " ".join(" ".join([b["text"], *(f"{i['text']} {i['note']}" for i in b["items"])]) for b in reply["blocks"])


def where(text: str = "đăng ký khai sinh nộp ở đâu", **slots: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return act(ActionProcedure(), "ask", slots=slots, text=text, procedures=likely(0.95, 0.01), aspects=aspects("place"))


def test_where_to_file_asks_for_the_ward_beside_what_the_entry_says() -> None:
    reply, slots = where()
    assert "Bộ phận một cửa của phường" in said(reply)
    assert slots["asked_unit"] is True


@pytest.mark.parametrize("action", [ActionProcedure(), ActionSmallTalk(), ActionStatistics()])
@pytest.mark.parametrize("answer", ["Mai Một", "em ở phường mai một", "phuong mai mot a"])
def test_the_ward_told_is_answered_whatever_it_sounded_like_and_remembered(action: Any, answer: str) -> None:
    reply, slots = act(action, "ask", slots={"procedure": BIRTH, "asked_unit": True}, text=answer)
    assert "Số 1 phố Bịa" in said(reply)
    assert (slots["unit"], slots.get("asked_unit")) == ("phuong-mot", None)


def test_an_old_ward_is_led_to_the_new_one() -> None:
    reply, slots = act(ActionProcedure(), "ask", slots={"procedure": BIRTH, "asked_unit": True}, text="phường Lan Cũ")
    assert "Phường Lan Cũ cũ nay thuộc Phường Mai Một" in said(reply)
    assert slots["unit"] == "phuong-mot"


def test_a_divided_ward_is_asked_back_with_its_candidates() -> None:
    reply, slots = act(ActionProcedure(), "ask", slots={"procedure": BIRTH, "asked_unit": True}, text="phường Chia Đôi")
    assert {b["text"] for b in reply["buttons"]} == {"Phường Mai Một", "Phường Mai Hai"}
    assert (slots.get("unit"), slots["asked_unit"]) == (None, True)


def test_an_address_nobody_gave_is_said_not_to_be_known() -> None:
    reply, _ = act(ActionProcedure(), "ask", slots={"procedure": BIRTH, "asked_unit": True}, text="phường Mai Hai")
    assert "chưa ghi địa chỉ" in said(reply)


def test_a_ward_told_before_is_not_asked_for_again() -> None:
    reply, slots = where(unit="phuong-mot")
    assert "Số 1 phố Bịa" in said(reply)
    assert "asked_unit" not in slots


def test_a_ward_in_the_question_itself_counts() -> None:
    reply, slots = where("ở phường Mai Một đăng ký khai sinh nộp ở đâu")
    assert "Số 1 phố Bịa" in said(reply)
    assert slots["unit"] == "phuong-mot"


def test_another_question_instead_of_the_ward_is_answered() -> None:
    slots = {"procedure": BIRTH, "aspects": ["place"], "asked_unit": True}
    reply, _ = act(ActionProcedure(), "ask", slots=slots, text="thế lệ phí bao nhiêu", aspects=aspects("fee"))
    assert list(reply["aspects"]) == ["fee"]


def test_starting_over_forgets_the_ward() -> None:
    _, slots = act(ActionSmallTalk(), "start_over", slots={"procedure": BIRTH, "unit": "phuong-mot"}, text="bắt đầu lại từ đầu")
    assert "unit" not in slots


@pytest.mark.parametrize(("agency", "asked"), [("Công an xã", False), ("Ủy ban nhân dân cấp xã", True)])
def test_only_what_the_people_s_committee_decides_is_filed_at_the_ward_s_service_points(tmp_path: Path, agency: str, asked: bool) -> None:
    files = {"units.yml": UNITS, "offices.yml": OFFICES, "agencies.yml": f"- {{khoa: ubnd-xa, ten: {agency}}}\n"}
    publish.publish(load(folder(tmp_path / "other", **files)).knowledge, tmp_path, index.write)
    _, slots = where()
    assert bool(slots.get("asked_unit")) is asked


def test_a_ward_told_while_no_procedure_is_spoken_of_is_noted() -> None:
    reply, slots = act(ActionSmallTalk(), "greet", slots={"asked_unit": True}, text="Mai Một")
    assert "ghi nhận bạn ở Phường Mai Một" in said(reply)
    assert "Số 1 phố Bịa" in said(reply)
    assert slots["unit"] == "phuong-mot"


def test_a_channel_may_have_the_ward_asked_for() -> None:
    reply, slots = act(ActionProcedure(), "ask", text="nộp hồ sơ ở đâu", metadata={"ward": "ask"})
    assert (reply["blocks"][0]["text"], slots["asked_unit"]) == (say.WHICH_WARD, True)


def test_a_channel_may_say_that_a_message_tells_the_ward() -> None:
    _, slots = act(ActionProcedure(), "ask", text="nộp hồ sơ ở Mai Một", metadata={"ward": "told"})
    assert slots["unit"] == "phuong-mot"


def test_a_ward_told_that_does_not_exist_is_asked_for_again() -> None:
    reply, slots = act(ActionProcedure(), "ask", text="nộp hồ sơ ở Chẳng Đâu Cả", metadata={"ward": "told"})
    assert (reply["blocks"][0]["text"], slots["asked_unit"]) == (say.WARD_NOT_FOUND, True)


def test_the_ward_of_a_link_counts_for_more_than_the_one_told_before() -> None:
    _, slots = where(unit="phuong-hai")
    assert slots["unit"] == "phuong-hai"
    _, slots = act(ActionSmallTalk(), "greet", slots={"unit": "phuong-hai"}, text="xin chào", metadata={"unit": "phuong-mot"})
    assert slots["unit"] == "phuong-mot"


def test_the_ward_a_channel_remembers_counts_while_none_is_told() -> None:
    beside = {"metadata": {"unit_else": "phuong-mot"}}
    _, slots = act(ActionSmallTalk(), "greet", text="xin chào", **beside)
    assert slots["unit"] == "phuong-mot"
    _, slots = act(ActionSmallTalk(), "greet", slots={"unit": "phuong-hai"}, text="xin chào", **beside)
    assert slots["unit"] == "phuong-hai"


def test_a_ward_that_is_no_ward_of_the_city_is_not_taken_from_a_channel() -> None:
    _, slots = act(ActionSmallTalk(), "greet", text="xin chào", metadata={"unit": "phuong-khong-co"})
    assert "unit" not in slots
