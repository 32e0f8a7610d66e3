"""Replies of the action server are checked quickly, and as strictly as by Rasa itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import rasa
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bench.postgres import free_port
from bot.serving.rasa_speed import call_actions_quickly

BAD = [
    [],
    None,
    "text",
    {"events": "none"},
    {"events": [{"name": "topic"}]},
    {"events": [{"event": "slot"}]},
    {"responses": ["text"]},
    {"responses": {}},
]
GOOD: list[dict[str, Any]] = [
    {},
    {"events": [], "responses": [{"text": "Xin chào"}]},
    {"events": [{"event": "slot", "name": "topic", "value": None}]},
]


@pytest.fixture(autouse=True)
def rasa_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back what a test replaces in Rasa."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    monkeypatch.setattr(EndpointConfig, "session", EndpointConfig.session)
    yield


@pytest.mark.parametrize("reply", BAD, ids=repr)
def test_a_bad_reply_is_refused_as_rasa_would(reply: Any) -> None:
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(reply, RemoteAction.action_response_format_spec())
    assert call_actions_quickly()
    with pytest.raises(jsonschema.ValidationError) as ours:
        RemoteAction("action_turn", None)._validate_action_result(reply)
    assert list(ours.value.absolute_path) == list(theirs.value.absolute_path)
    assert ours.value.message.startswith(theirs.value.message)


@pytest.mark.parametrize("reply", GOOD, ids=repr)
def test_a_good_reply_is_taken(reply: dict[str, Any]) -> None:
    assert call_actions_quickly()
    assert RemoteAction("action_turn", None)._validate_action_result(reply)


def test_the_schema_is_not_checked_again_for_each_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call_actions_quickly()
    monkeypatch.setattr(jsonschema, "validate", lambda *_: pytest.fail("the slow way"))
    assert RemoteAction("action_turn", None)._validate_action_result({})


def test_another_rasa_is_left_alone_and_the_log_says_so(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    untouched = RemoteAction._validate_action_result
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with caplog.at_level(logging.WARNING):
        assert not call_actions_quickly()
    assert RemoteAction._validate_action_result is untouched
    assert "3.6.22" in caplog.text


async def test_one_connection_serves_call_after_call() -> None:
    connections = set()

    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer x"
        connections.add(request.transport)
        return web.json_response({"events": await request.json()})

    application = web.Application()
    application.router.add_post("/webhook", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await site.start()
    assert call_actions_quickly()
    endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook", headers={"Authorization": "Bearer x"}, enable_selective_domain=True)
    for number in range(3):
        assert await endpoint.request(json=number) == {"events": number}
    assert len(connections) == 1
    await runner.cleanup()
