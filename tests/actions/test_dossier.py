"""The dossier form's actions: what they fill, what they reply, what they remember."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import one_stop, turn
from actions.dossier import ActionAskDossierCode, ActionAskDossierProof, ActionDossier, ActionDossierCancel, ValidateDossierForm
from actions.notice import ActionNotice
from actions.small_talk import ActionSmallTalk
from bot.answers import wording as say
from bot.dossiers.notices import Notices
from bot.dossiers.token import Tokens
from bot.knowledge import publish
from bot.knowledge.served import Served
from bot.understanding import index
from tests.building import knowledge
from tests.dossiers.kept import CODE, NO_CODE, OTHER_CODE, Kept

WHO = "web-someone"
TOKENS = Tokens(b"a key")
TOKEN = TOKENS.issue(WHO, CODE)
PROVED = {"code": CODE, "tokens": {CODE: TOKEN}}


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(autouse=True)
def published(tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    monkeypatch.setattr(turn, "_served", Served(tmp_path, turn.hold))
    notices = Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}")
    monkeypatch.setattr(one_stop, "_held", one_stop.OneStop(kept, TOKENS, notices))


def act(
    action: Any, text: str = "x", intent: str = "dossier", *, slots: dict[str, Any] | None = None, told: dict[str, Any] | None = None,
    codes: tuple[str, ...] = (), form: bool = True,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:  # fmt: skip
    """Run `action` on a message; return its replies and the slots it leaves."""
    heard = {"text": text, "intent": {"name": intent}, "metadata": {"dossier": told or {}}, "codes": {"dossiers": list(codes)}}
    tracker = Tracker(WHO, slots or {}, heard, [], False, None, {"name": "dossier_form"} if form else {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, {})
    events = asyncio.run(events) if inspect.isawaitable(events) else events
    left = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    if ended := [e["name"] for e in events if e["event"] == "active_loop"]:
        left["form"] = ended[-1]
    return [m["custom"] for m in dispatcher.messages], left


def test_a_code_is_filled_and_its_proof_still_wanted() -> None:
    assert act(ValidateDossierForm(), codes=(CODE,)) == ([], {"dossier_code": CODE, "dossier_proof": None})


def test_a_token_fills_the_proof() -> None:
    assert act(ValidateDossierForm(), told={"code": CODE, "token": TOKEN})[1] == {"dossier_code": CODE, "dossier_proof": TOKEN}


@pytest.mark.parametrize(("code", "token"), [(OTHER_CODE, TOKEN), (CODE, TOKENS.issue("web-other", CODE)), (CODE, "forged"), (CODE, None)])
def test_another_token_fills_nothing(code: str, token: str | None) -> None:
    assert act(ValidateDossierForm(), told={"code": code, "token": token})[1]["dossier_proof"] is None


def test_a_refusal_fills_nothing_though_an_older_token_holds() -> None:
    assert act(ValidateDossierForm(), told={"code": CODE, "refused": "wrong"}, slots={"dossier": PROVED})[1]["dossier_proof"] is None


def test_a_question_in_between_fills_nothing_so_that_the_form_lets_it_pass() -> None:
    assert act(ValidateDossierForm(), "đăng ký kết hôn cần gì", "ask", slots={"dossier_code": CODE}) == ([], {})


@pytest.mark.parametrize(("said", "code"), [("hồ sơ này sao rồi", CODE), ("tra hồ sơ khác", None)])
def test_a_dossier_proved_before_is_the_one_meant_unless_another_is(said: str, code: str | None) -> None:
    left = act(ValidateDossierForm(), said, slots={"dossier": PROVED})[1]
    assert (left["dossier_code"], left["dossier_proof"] == TOKEN) == (code, code is not None)


def test_each_refusal_has_its_words() -> None:
    for why in ("wrong", "locked", "unreachable", "unread"):
        (reply,), _ = act(ActionAskDossierProof(), slots={"dossier_code": CODE}, told={"code": CODE, "refused": why})
        assert reply["blocks"][0]["text"].startswith(say.DOSSIER_REFUSED[why].split("{")[0])
        assert reply["awaits"] == CODE


def test_under_the_answer_to_a_question_in_between_the_form_only_reminds() -> None:
    (reply,), left = act(ActionAskDossierProof(), "lệ phí bao nhiêu", "ask", slots={"dossier_code": CODE})
    assert ([b["type"] for b in reply["blocks"]], reply["awaits"], left) == (["note"], CODE, {})
    assert act(ActionAskDossierCode(), "lệ phí bao nhiêu", "ask") == ([], {})


def test_a_proved_dossier_is_told_and_its_procedure_spoken_of() -> None:
    (reply,), left = act(ActionDossier(), slots={"dossier_code": CODE, "dossier_proof": TOKEN})
    assert reply["kind"] == "dossier"
    assert any(CODE in item["text"] for block in reply["blocks"] for item in block["items"])
    assert (left["procedure"], left["dossier"], left["dossier_code"], left["form"]) == ("1.000001", PROVED, None, None)


def test_several_proved_dossiers_are_remembered() -> None:
    other = TOKENS.issue(WHO, OTHER_CODE)
    _, left = act(ActionDossier(), slots={"dossier_code": OTHER_CODE, "dossier_proof": other, "dossier": PROVED})
    assert left["dossier"] == {"code": OTHER_CODE, "tokens": {CODE: TOKEN, OTHER_CODE: other}}


@pytest.mark.parametrize("token", [None, "forged", TOKENS.issue("web-other", CODE)])
def test_without_a_token_that_holds_nothing_is_told(token: str | None) -> None:
    (reply,), left = act(ActionDossier(), slots={"dossier_code": CODE, "dossier_proof": token})
    assert reply["blocks"][0]["text"].startswith(say.DOSSIER_PROVE.split("{")[0])
    assert left["dossier"] is None


@pytest.mark.parametrize("gone", [True, False])
def test_what_cannot_be_read_is_said_so_with_the_hotline_and_nothing_old_is_told(kept: Kept, gone: bool) -> None:
    kept.down = not gone
    if gone:
        kept.dossiers.clear()
    (reply,), _ = act(ActionDossier(), slots={"dossier_code": CODE, "dossier_proof": TOKEN, "dossier": PROVED})
    assert "1900 0000" in reply["blocks"][0]["text"]
    assert "Bịa" not in str(reply)


@pytest.mark.parametrize(
    ("action", "intent"), [(ActionDossierCancel(), "cancel"), (ActionSmallTalk(), "deny"), (ActionSmallTalk(), "start_over")]
)
def test_the_form_can_be_left(action: Any, intent: str) -> None:
    replies, left = act(action, "thôi", intent, slots={"dossier_code": CODE})
    assert (len(replies), replies[0]["awaits"], left["dossier_code"], left["form"]) == (1, None, None, None)


def test_starting_over_forgets_what_was_proved() -> None:
    assert act(ActionSmallTalk(), "bắt đầu lại", "start_over", slots={"dossier": PROVED})[1]["dossier"] is None


def test_a_watch_needs_a_proved_dossier() -> None:
    (reply,), _ = act(
        ActionNotice(), "báo cho tôi khi hồ sơ này thay đổi", "notice", slots={"dossier": {"code": NO_CODE, "tokens": {NO_CODE: TOKEN}}}
    )
    assert reply["blocks"][0]["text"] == say.NOTICE_FIRST_PROVE


def test_a_watch_is_begun_listed_and_stopped() -> None:
    said = [
        "báo cho tôi khi hồ sơ này thay đổi",
        "tôi đang theo dõi những hồ sơ nào",
        "dừng báo hồ sơ",
        "tôi đang theo dõi những hồ sơ nào",
    ]
    told = [act(ActionNotice(), text, "notice", slots={"dossier": PROVED})[0][0]["blocks"][0] for text in said]
    assert [t["text"] for t in told] == [say.NOTICE_ON.format(code=CODE), say.NOTICE_LIST, say.NOTICE_OFF, say.NOTICE_NONE]
    assert [i["text"] for i in told[1]["items"]] == [CODE]


def test_a_watch_that_cannot_be_kept_is_said_so(kept: Kept) -> None:
    kept.down = True
    (reply,), _ = act(ActionNotice(), "báo cho tôi khi hồ sơ này thay đổi", "notice", slots={"dossier": PROVED})
    assert reply["blocks"][0]["text"] == say.NOTICE_FAILED
