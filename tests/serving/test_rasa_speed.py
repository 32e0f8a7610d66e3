"""Rasa works with less waste, and does what it did: replies of the action server are checked as strictly as by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import dask
import jsonschema
import pytest
import rasa
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from bench.postgres import free_port
from bot.serving.rasa_speed import _well_formed, waste_nothing

BAD = [
    [],
    None,
    "text",
    {"events": "none"},
    {"events": [{"name": "topic"}]},
    {"events": [{"event": "slot"}]},
    {"responses": ["text"]},
    {"responses": {}},
    {"events": [{"event": "slot", "name": "topic", "value": None}, {"event": "unheard of"}]},
    {"events": [{"event": ["slot"], "name": "topic", "value": None}]},
    {"events": [{"event": "slot", "name": 1, "value": None}]},
    {"events": [{"event": "slot", "name": "topic", "value": None, "timestamp": "now"}]},
    {"events": [{"event": "user", "parse_data": {"intent": "ask"}}]},
    {"events": [{"event": "action", "confidence": "high"}]},
    {"events": ["slot"]},
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
    monkeypatch.setattr(DaskGraphRunner, "run", DaskGraphRunner.run)
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    yield


@pytest.mark.parametrize("reply", BAD, ids=repr)
def test_a_bad_reply_is_refused_as_rasa_would(reply: Any) -> None:
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(reply, RemoteAction.action_response_format_spec())
    assert waste_nothing()
    with pytest.raises(jsonschema.ValidationError) as ours:
        RemoteAction("action_turn", None)._validate_action_result(reply)
    assert list(ours.value.absolute_path) == list(theirs.value.absolute_path)
    assert ours.value.message.startswith(theirs.value.message)


@pytest.mark.parametrize("reply", GOOD, ids=repr)
def test_a_good_reply_is_taken(reply: dict[str, Any]) -> None:
    assert waste_nothing()
    assert RemoteAction("action_turn", None)._validate_action_result(reply)


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["", "topic", "slot"])
_EVENTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["slot", "action", "user", "entities", "bot", "form", "other"]) | _SCALARS},
    optional={
        key: _SCALARS | st.dictionaries(st.sampled_from(["text", "intent", "name"]), _SCALARS)
        for key in ("name", "value", "timestamp", "metadata", "text", "parse_data", "entities", "confidence", "hide_rule_turn")
    },
)


@given(
    reply=st.fixed_dictionaries(
        {}, optional={"events": st.lists(_EVENTS | _SCALARS, max_size=3), "responses": st.lists(_SCALARS | _EVENTS)}
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_reply_is_taken_or_refused_as_by_rasa(reply: dict[str, Any]) -> None:
    schema = RemoteAction.action_response_format_spec()
    assert _well_formed(jsonschema.Draft202012Validator, schema)(reply) == jsonschema.Draft202012Validator(schema).is_valid(reply)


@pytest.mark.parametrize("kind", [SlotSet, UserUttered, ActionExecuted])
def test_an_event_is_read_back_as_its_own_kind(kind: type[Event]) -> None:
    assert waste_nothing()
    assert [Event.resolve_by_type(kind.type_name) for _ in range(2)] == [kind, kind]


def test_an_event_nobody_knows_is_refused_each_time_and_a_stand_in_is_not_remembered() -> None:
    assert waste_nothing()
    assert Event.resolve_by_type("unheard of", SlotSet) is SlotSet
    for _ in range(2):
        with pytest.raises(ValueError, match="unheard of"):
            Event.resolve_by_type("unheard of")


def _runner(nodes: dict[str, Any], needs: dict[str, dict[str, str]]) -> DaskGraphRunner:
    """Return a runner of `nodes`, each a function of its inputs (name, output) that returns its own name and output."""
    runner = DaskGraphRunner.__new__(DaskGraphRunner)
    runner._instantiated_nodes = nodes
    runner._graph_schema = GraphSchema(
        {name: SchemaNode(needs[name], GraphComponent, "create", "run", {}, is_target=name == "last") for name in nodes}
    )
    runner._execution_context = None
    return runner


def test_components_run_once_each_after_those_they_need_as_with_dask() -> None:
    ran: list[str] = []

    def node(name: str) -> Any:
        def run(*inputs: tuple[str, Any]) -> tuple[str, Any]:
            ran.append(name)
            return name, [name, *inputs]

        return run

    needs = {"last": {"a": "left", "b": "right"}, "left": {"x": "first"}, "right": {"x": "first"}, "first": {"m": "said"}, "else": {}}
    nodes = {name: node(name) for name in needs}
    graph = {name: (nodes[name], *needed.values()) for name, needed in needs.items()} | {"said": ("said", "xin chào")}
    theirs = dict(dask.get(graph, ["last"]))
    ran.clear()
    assert waste_nothing()
    assert _runner(nodes, needs).run({"said": "xin chào"}) == theirs
    assert sorted(ran) == ["first", "last", "left", "right"]
    assert (ran[0], ran[-1]) == ("first", "last")


def test_a_component_that_fails_fails_the_run() -> None:
    def node(*inputs: tuple[str, Any]) -> tuple[str, Any]:
        raise RuntimeError("broken")

    assert waste_nothing()
    with pytest.raises(GraphRunError):
        _runner({"last": node}, {"last": {}}).run({})


def test_the_schema_is_not_checked_again_for_each_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waste_nothing()
    monkeypatch.setattr(jsonschema, "validate", lambda *_: pytest.fail("the slow way"))
    assert RemoteAction("action_turn", None)._validate_action_result({})


def test_another_rasa_is_left_alone_and_the_log_says_so(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    untouched = RemoteAction._validate_action_result
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with caplog.at_level(logging.WARNING):
        assert not waste_nothing()
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
    assert waste_nothing()
    endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook", headers={"Authorization": "Bearer x"}, enable_selective_domain=True)
    for number in range(3):
        assert await endpoint.request(json=number) == {"events": number}
    assert len(connections) == 1
    await runner.cleanup()
