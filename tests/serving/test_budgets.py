"""Whoever waits for somebody waits longer than that one may take: the budgets of ADR 0013 add up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import rasa
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import database
from bot.channels.assistant import Unanswered
from bot.channels.web import store as web_store
from bot.dossiers.one_stop import OneStopSystem
from bot.serving import conversations, lock_store, rasa_patience, shelf, supervisor
from bot.serving.conversations import RasaServer
from bot.serving.reception import Reception

FIGURES_STATEMENTS = 2  # that one question about figures makes on one connection (bot/dossiers/figures.py)


def test_an_action_takes_less_than_rasa_gives_it() -> None:
    figures = database.IN_ALL_WITHIN + (FIGURES_STATEMENTS - 1) * database.ANSWER_WITHIN_MS / 1000
    assert figures < rasa_patience.ACTION_WITHIN


def test_a_turn_of_rasa_takes_less_than_the_gateway_gives_it() -> None:
    turn = lock_store.WAITS + shelf.REACHED_WITHIN + rasa_patience.ACTION_WITHIN + shelf.REACHED_WITHIN
    assert turn < conversations.ANSWER_WITHIN


def test_rasa_and_a_one_stop_system_each_take_less_than_a_whole_answer() -> None:
    one_stop = OneStopSystem.__dataclass_fields__
    assert one_stop["answer_within"].default < one_stop["in_all_within"].default < conversations.ANSWER_WITHIN
    assert conversations.ANSWER_WITHIN < conversations.IN_ALL_WITHIN


def test_a_question_is_asked_anew_only_after_its_answer_can_no_longer_come() -> None:
    assert conversations.IN_ALL_WITHIN + database.IN_ALL_WITHIN < web_store.LEASE


def test_a_lock_outlives_the_turn_it_guards() -> None:
    assert conversations.ANSWER_WITHIN < lock_store.HELD_AT_MOST


def test_stopping_gives_answers_under_way_their_time() -> None:
    assert conversations.IN_ALL_WITHIN < supervisor.DRAINED_WITHIN
    assert supervisor.STOP_WITHIN["gateway"] > supervisor.DRAINED_WITHIN + supervisor.CLOSED_WITHIN
    assert supervisor.STOP_WITHIN["rasa"] > conversations.ANSWER_WITHIN


def test_the_rasa_that_runs_here_waits_no_longer_for_its_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "DEFAULT_REQUEST_TIMEOUT", 300)
    assert rasa_patience.wait_no_longer()
    asked: dict[str, Any] = {}

    class Endpoint(EndpointConfig):
        async def request(self, *how: Any, **more: Any) -> Any:
            asked.update(more)
            return {"events": [], "responses": []}

    tracker = DialogueStateTracker("one", [])
    asyncio.run(RemoteAction("action_turn", Endpoint()).run(None, None, tracker, Domain.empty()))  # type: ignore[arg-type]
    assert asked["timeout"] == rasa_patience.ACTION_WITHIN


def test_another_rasa_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    monkeypatch.setattr(action, "DEFAULT_REQUEST_TIMEOUT", 300)
    assert not rasa_patience.wait_no_longer()
    assert action.DEFAULT_REQUEST_TIMEOUT == 300


async def test_a_door_that_hangs_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Reception):
        async def receive(self, sender: str, address: str | None, text: str) -> Any:
            await asyncio.sleep(3600)

    monkeypatch.setattr(conversations, "IN_ALL_WITHIN", 0.05)
    server = RasaServer("http://rasa.example", Hanging(), "token")
    with pytest.raises(Unanswered):
        await server.reply("web-one", "xin chào", {}, None)  # type: ignore[arg-type]
    await server.close()
