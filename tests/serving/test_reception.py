"""What Rasa may see of a message about a dossier: the code and the outcome, never the digits."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.dossier import cancelled, prove
from bot.dossiers import verification
from bot.dossiers.notices import Notices
from bot.dossiers.token import Tokens
from bot.dossiers.tries import Tries
from bot.dossiers.verification import Verification
from bot.serving.reception import Reception
from tests.dossiers.kept import CODE, DIGITS, NO_CODE, OTHER_CODE, PHONE, Kept

KEY = b"a key"
WHO = "web-someone"


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "REFUSED_AT", 0.001)


@pytest.fixture
def notices(tmp_path: Path) -> Notices:
    return Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}")


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def reception(kept: Kept, notices: Notices) -> Reception:
    return Reception(Verification(kept, Tokens(KEY), Tries(KEY)), notices)


async def test_a_code_alone_goes_on_to_rasa_and_proves_nothing(reception: Reception, kept: Kept) -> None:
    received = await reception.receive(WHO, None, f"hồ sơ {CODE.lower()} đến đâu rồi")
    assert (received.said.text, received.dossier) == (f"{CODE} hồ sơ đến đâu rồi", {})
    assert kept.looked_up == []


@pytest.mark.parametrize(
    "said", [f"{CODE} {DIGITS}", f"mã {CODE}, số cuối {DIGITS}", f"sđt {PHONE}, hồ sơ {CODE}", f"{CODE.replace('.', ' ')} số cuối là 48 21"]
)
async def test_code_and_digits_in_one_message_are_proved_at_once(reception: Reception, said: str) -> None:
    received = await reception.receive(WHO, None, said)
    assert Tokens(KEY).holds(received.dossier["token"], WHO, CODE)
    assert received.said.text.startswith(CODE)
    assert not any(digits in received.said.text for digits in (DIGITS, "48 21", "0900", "821"))


async def test_digits_that_are_awaited_are_proved_and_kept_from_rasa(reception: Reception) -> None:
    await reception.replied(WHO, prove(CODE))
    received = await reception.receive(WHO, None, f"nhầm, số cuối là {DIGITS}")
    assert Tokens(KEY).holds(received.dossier["token"], WHO, CODE)
    assert (DIGITS in received.said.text, received.said.personal) == (False, False)


async def test_a_whole_number_typed_for_the_digits_is_no_number_to_warn_of(reception: Reception) -> None:
    await reception.replied(WHO, prove(CODE))
    received = await reception.receive(WHO, None, PHONE)
    assert (received.said.text, received.said.personal, "token" in received.dossier) == (CODE, False, True)


@pytest.mark.parametrize("code", [CODE, NO_CODE])
async def test_wrong_digits_and_no_such_code_reach_rasa_alike(reception: Reception, code: str) -> None:
    received = await reception.receive(WHO, None, f"{code} 0000")
    assert (received.said.text, received.dossier) == (code, {"code": code, "refused": "wrong"})


async def test_of_two_numbers_neither_is_tried(reception: Reception, kept: Kept) -> None:
    await reception.replied(WHO, prove(CODE))
    received = await reception.receive(WHO, None, "4821 hay 7777")
    assert received.dossier == {"code": CODE, "refused": "unread"}
    assert (kept.looked_up, any(n in received.said.text for n in ("4821", "7777"))) == ([], False)


async def test_a_question_in_between_is_let_through_and_tries_nothing(reception: Reception, kept: Kept) -> None:
    await reception.replied(WHO, prove(CODE))
    received = await reception.receive(WHO, None, "năm 2019 đăng ký kết hôn thì cần gì")
    assert (received.said.text, received.dossier, kept.looked_up) == ("năm 2019 đăng ký kết hôn thì cần gì", {}, [])


async def test_another_code_takes_the_place_of_the_one_awaited(reception: Reception, kept: Kept) -> None:
    await reception.replied(WHO, prove(CODE))
    await reception.receive(WHO, None, f"à hồ sơ {OTHER_CODE} cơ, số cuối {DIGITS}")
    assert kept.looked_up == [(OTHER_CODE, DIGITS)]


async def test_what_nobody_waits_for_any_more_is_still_kept_from_rasa(reception: Reception, kept: Kept) -> None:
    await reception.replied(WHO, prove(CODE))
    await reception.replied(WHO, cancelled())
    received = await reception.receive(WHO, None, DIGITS)
    assert (DIGITS in received.said.text, kept.looked_up) == (False, [])


async def test_digits_beside_a_slip_are_kept_from_rasa_and_the_slip_is_not(reception: Reception, kept: Kept) -> None:
    received = await reception.receive(WHO, None, f"H26.15-260230-0008 số cuối {DIGITS}")
    assert received.said.text == "H26.15-260230-0008 số cuối"
    assert kept.looked_up == []


async def test_a_conversation_waits_for_its_own_digits_only(reception: Reception, kept: Kept) -> None:
    await reception.replied("web-other", prove(CODE))
    await reception.receive(WHO, None, DIGITS)
    assert kept.looked_up == []


async def test_a_notice_stands_before_the_next_reply_once(reception: Reception, notices: Notices) -> None:
    await notices.watch(WHO, CODE, 4, "")
    await notices.seen(CODE, 9, "")
    told = await reception.replied(WHO, cancelled())
    assert [b.type for b in told.blocks] == ["note", "text"]
    assert CODE not in told.blocks[0].text
    assert await reception.replied(WHO, cancelled()) == cancelled()
