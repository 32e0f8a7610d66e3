"""A citizen asks where a dossier stands, through the real processes: only its owner hears, whatever comes in between."""

from __future__ import annotations

import pytest

from bot.answers import wording as say
from tests.e2e.one_stop_counter import BIRTH, CODE, DIGITS, NO_CODE, OTHER_CODE, PHONE
from tests.e2e.service import Citizen

TOLD = "Trạng thái: Đang xử lý"


def begins(sentence: str) -> str:
    return sentence.split("{")[0]


def test_a_code_alone_confirms_nothing(citizen: Citizen) -> None:
    replies = [Citizen(citizen.address).say(f"hồ sơ {code} đến đâu rồi") for code in (CODE, NO_CODE)]
    assert [r["text"].replace(r["awaits"], "") for r in replies] == [replies[0]["text"].replace(CODE, "")] * 2
    assert replies[0]["text"].startswith(begins(say.DOSSIER_PROVE))


def test_code_first_then_digits(citizen: Citizen) -> None:
    assert citizen.say(CODE.lower().replace(".", " "))["awaits"] == CODE
    reply = citizen.say(f"số cuối là {DIGITS}")
    assert (reply["kind"], reply["awaits"], TOLD in reply["text"]) == ("dossier", None, True)
    assert "Trần T** Bịa" in reply["text"]


@pytest.mark.parametrize("said", [f"{CODE} {DIGITS}", f"tra giup ho so {CODE}, sdt {PHONE}"])
def test_all_in_one_message(citizen: Citizen, said: str) -> None:
    assert TOLD in citizen.say(said)["text"]


def test_procedure_first_then_code_then_digits(citizen: Citizen) -> None:
    citizen.say("đăng ký khai sinh cần gì")
    assert citizen.say("hồ sơ của tôi đến đâu rồi")["text"].startswith(begins(say.DOSSIER_WHICH))
    citizen.say(f"mã của tôi là {CODE}")
    assert TOLD in citizen.say(DIGITS)["text"]


def test_wrong_digits_are_corrected(citizen: Citizen) -> None:
    citizen.say(f"{OTHER_CODE} 0000")
    assert citizen.replies[-1]["text"].startswith(say.DOSSIER_REFUSED["wrong"].split("{")[0])
    assert TOLD in citizen.say(f"nhầm, số cuối là {DIGITS}")["text"]


def test_a_question_in_between_and_back(citizen: Citizen) -> None:
    citizen.say(CODE)
    between = citizen.say("đăng ký kết hôn lệ phí bao nhiêu")
    assert (between["kind"], between["aspects"], between["awaits"]) == ("answer", ["fee"], CODE)
    assert between["text"].count(begins(say.DOSSIER_STILL)) == 1
    for said in ("xin chào", "thế mất mấy ngày", "cam on nhe"):  # longer than the turns that are kept
        assert citizen.say(said)["awaits"] == CODE
    assert TOLD in citizen.say(DIGITS)["text"]
    papers = citizen.say("hồ sơ này cần nộp gì nhỉ")
    assert (papers["kind"], papers["codes"][0], papers["aspects"]) == ("answer", BIRTH, ["documents"])
    assert TOLD in citizen.say("hồ sơ này đến đâu rồi")["text"]


@pytest.mark.parametrize("said", ["thôi không tra nữa", "thoi", "không"])
def test_a_look_up_can_be_left(citizen: Citizen, said: str) -> None:
    citizen.say(CODE)
    left = citizen.say(said)
    assert (left["awaits"], left["text"]) == (None, say.DOSSIER_CANCELLED)
    assert TOLD not in citizen.say(DIGITS)["text"]


def test_several_dossiers_in_one_conversation(citizen: Citizen) -> None:
    assert CODE in citizen.say(f"{CODE} {DIGITS}")["text"]
    assert OTHER_CODE in citizen.say(f"còn hồ sơ {OTHER_CODE}, số cuối {DIGITS}")["text"]
    assert CODE in citizen.say(f"xem lại {CODE}")["text"]
    assert TOLD in citizen.replies[-1]["text"]


def test_what_one_proved_another_does_not_see(citizen: Citizen) -> None:
    citizen.say(f"{CODE} {DIGITS}")
    assert TOLD not in Citizen(citizen.address).say(CODE)["text"]


@pytest.mark.parametrize("said", ["mã H26.15-260230-0008", "ho so h26.15-26103-0007", "H26.15-261103-O007"])
def test_a_slip_is_pointed_at_and_not_looked_up(citizen: Citizen, said: str) -> None:
    reply = citizen.say(said)
    assert (reply["kind"], reply["awaits"], reply["text"].startswith("Mã «")) == ("dossier", None, True)


def test_what_a_status_means_is_told_in_plain_words(citizen: Citizen) -> None:
    reply = citizen.say("trạng thái yêu cầu bổ sung giấy tờ nghĩa là gì")
    assert (reply["kind"], "Yêu cầu bổ sung giấy tờ" in reply["text"]) == ("dossier", True)


def test_a_watch_is_begun_listed_and_stopped(citizen: Citizen) -> None:
    citizen.say(f"{CODE} {DIGITS}")
    assert citizen.tap(0)["text"] == say.NOTICE_ON.format(code=CODE)
    assert CODE in citizen.say("tôi đang theo dõi những hồ sơ nào")["text"]
    assert citizen.say("dừng báo hồ sơ")["text"] == say.NOTICE_OFF
