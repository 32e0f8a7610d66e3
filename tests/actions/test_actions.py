"""Each action: what it replies and what it remembers, from a tracker built by hand."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions import one_stop, turn
from actions.procedure import ActionProcedure
from actions.small_talk import ActionSmallTalk
from actions.statistics import ActionStatistics
from bot import database
from bot.answers import wording
from bot.dossiers.figures import Figures
from bot.dossiers.model import HANOI
from bot.dossiers.notices import Notices
from bot.dossiers.store import Store
from bot.dossiers.token import Tokens
from bot.knowledge import publish
from bot.knowledge.served import Served
from bot.understanding import index
from tests.building import knowledge
from tests.dossiers.kept import Kept
from tests.dossiers.making import record

BIRTH, LAND = "1.000001", "1.000002"


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two procedures of the tests are what is served."""
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    monkeypatch.setattr(turn, "_served", Served(tmp_path, turn.hold))
    notices = Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}")
    monkeypatch.setattr(one_stop, "_held", one_stop.OneStop(Kept(), Tokens(b"a key"), notices))


def act(action: Any, intent: str, *, slots: dict[str, Any] | None = None, **message: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run `action` on a message; return its reply and the slots it sets."""
    heard = {"text": "x", "intent": {"name": intent}, **message}
    tracker = Tracker("someone", slots or {}, heard, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, {})
    assert len(dispatcher.messages) == 1
    assert not dispatcher.messages[0]["text"]
    return dispatcher.messages[0]["custom"], {
        e["name"]: e["value"] for e in events if e["event"] == "slot" and (e["value"] not in (None, False) or e["name"] == "procedure")
    }


def likely(birth: float, land: float) -> dict[str, Any]:
    candidates = [{"code": BIRTH, "probability": birth}, {"code": LAND, "probability": land}]
    return {"none": 1 - birth - land, "candidates": candidates, "version": "v"}


def aspects(*names: str) -> list[dict[str, Any]]:
    return [{"name": n, "confidence": 0.9} for n in names] + [{"name": "agency", "confidence": 0.1}]


def test_a_question_is_answered_and_remembered() -> None:
    reply, slots = act(ActionProcedure(), "ask", procedures=likely(0.9, 0.01), aspects=aspects("fee", "time"))
    assert (reply["kind"], reply["codes"][0], reply["aspects"]) == ("answer", BIRTH, ("fee", "time"))
    assert slots == {"procedure": BIRTH, "aspects": ["fee", "time"], "choices": []}


def test_an_ambiguous_question_is_asked_back_and_its_choices_remembered() -> None:
    reply, slots = act(ActionProcedure(), "ask", text="xin lại giấy cũ", procedures=likely(0.4, 0.35), aspects=aspects("fee"))
    assert reply["kind"] == "clarify"
    assert slots["choices"] == [BIRTH, LAND]


def test_a_choice_is_taken() -> None:
    slots = {"choices": [BIRTH, LAND], "aspects": ["fee"]}
    reply, after = act(ActionProcedure(), "choose", slots=slots, text="cái thứ 2")
    assert (reply["codes"][0], after["choices"]) == (LAND, [])


def test_small_talk_keeps_the_procedure_and_the_choices_that_wait() -> None:
    slots = {"procedure": BIRTH, "aspects": ["fee"], "choices": [LAND]}
    reply, after = act(ActionSmallTalk(), "thanks", slots=slots)
    assert reply["kind"] == "smalltalk"
    assert after == {"procedure": BIRTH, "aspects": ["fee"], "choices": [LAND]}


def test_starting_over_forgets_everything() -> None:
    _, after = act(ActionSmallTalk(), "start_over", slots={"procedure": BIRTH, "aspects": ["fee"], "choices": [LAND]})
    assert after == {"procedure": None, "aspects": [], "choices": []}


def test_words_that_take_a_choice_are_no_small_talk() -> None:
    reply, _ = act(ActionSmallTalk(), "out_of_scope", slots={"choices": [BIRTH, LAND]}, text="sổ đất bị mất")
    assert reply["codes"][0] == LAND


def test_the_action_server_finds_every_action_of_the_domain() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    declared = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["actions"]
    assert set(executor.actions) == set(declared)


def test_an_action_survives_a_message_nothing_was_heard_in() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    tracker = {"sender_id": "a", "slots": {}, "latest_message": {}, "events": [], "latest_action_name": "action_listen"}
    for name in executor.actions:
        call = {"next_action": name, "sender_id": "a", "tracker": tracker, "domain": {}}
        assert asyncio.run(executor.run(call))["responses"] or name in ("validate_dossier_form", "action_ask_dossier_code")


def test_yes_to_several_choices_offers_them_again() -> None:
    slots = {"procedure": None, "aspects": ["fee"], "choices": [BIRTH, LAND]}
    reply, after = act(ActionSmallTalk(), "affirm", slots=slots)
    assert (reply["kind"], [b["choice"] for b in reply["buttons"]]) == ("clarify", [BIRTH, LAND])
    assert after["choices"] == [BIRTH, LAND]


def test_a_survey_lists_procedures_that_can_be_chosen() -> None:
    reply, after = act(ActionStatistics(), "statistics", text="có bao nhiêu thủ tục lĩnh vực hộ tịch")
    assert (reply["kind"], list(reply["codes"]), after["choices"]) == ("statistics", [BIRTH], [BIRTH])


def test_another_province_is_told_that_this_is_ha_noi() -> None:
    reply, _ = act(ActionProcedure(), "ask", text="đăng ký khai sinh ở Huế cần gì", procedures=likely(0.9, 0.05))
    assert any("Huế" in block["text"] for block in reply["blocks"])


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Figures:
    """Two dossiers of the ward were received this month, and nothing else ever."""
    url = f"sqlite:///{tmp_path / 'dossiers.sqlite3'}"
    database.upgrade(url)
    store = Store(url)
    now = dt.datetime.now(HANOI)
    store.write(record(f"H26.1-250701-000{n}", received=now, as_of=now) for n in (1, 2))
    store.close()
    monkeypatch.setattr(turn, "_figures", Figures(url))
    return turn.figures()


def test_the_figures_of_a_ward_are_told(figures: Figures) -> None:
    reply, _ = act(ActionStatistics(), "statistics", text="tháng này phường Trắng tiếp nhận bao nhiêu hồ sơ")
    assert reply["kind"] == "statistics"
    assert "Phường Trắng: tiếp nhận 2 hồ sơ" in reply["blocks"][0]["text"]


def test_the_own_ward_is_the_one_told_before(figures: Figures) -> None:
    reply, _ = act(ActionStatistics(), "statistics", text="tỷ lệ đúng hạn của phường mình", slots={"unit": "phuong-trang"})
    assert "Phường Trắng" in reply["blocks"][0]["text"]


def test_the_own_ward_is_asked_for_where_it_is_not_known(figures: Figures) -> None:
    reply, _ = act(ActionStatistics(), "statistics", text="tỷ lệ đúng hạn của phường mình")
    assert reply["blocks"][0]["text"] == wording.ON_TIME_WHICH_WARD


def test_a_ward_that_was_divided_is_asked_back(figures: Figures) -> None:
    reply, _ = act(ActionStatistics(), "statistics", text="tỷ lệ đúng hạn của phường Đỏ")
    assert [b["text"] for b in reply["buttons"]] == ["Tỷ lệ đúng hạn của Phường Trắng", "Tỷ lệ đúng hạn của Xã Vàng"]


def test_figures_that_cannot_be_had_are_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "_figures", Figures("postgresql://nobody@127.0.0.1:1/none"))
    reply, _ = act(ActionStatistics(), "statistics", text="tháng này thành phố tiếp nhận bao nhiêu hồ sơ")
    assert reply["blocks"][0]["text"] == wording.ON_TIME_UNREACHABLE.format(hotlines="1900 0000")
