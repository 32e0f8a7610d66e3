"""What Rasa does anew for every message, done once. Another version of Rasa than the one that was read is left as it is.

Rasa 3.6.21
- checks each reply of the action server with `jsonschema.validate`, which first checks Rasa's own, unchanging schema and builds a validator of it,
  then tries every event against every kind of events. Here the validator is built once and tries each event against its own kind alone; replies
  are taken and refused as by Rasa, with the same error;
- opens a connection for every call of the action server: here connections are kept for the next one;
- looks for the class of every event it reads back among all that were ever derived from `Event`: here each name is looked for once;
- has dask order and schedule the same few components for every message: here each is simply run after those it needs.

The domain, which it would send along with each call, is left out by endpoints.yml.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import rasa
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.constants import DOCS_BASE_URL
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

RASA_KNOWN = "3.6.21"  # the version that was read: RemoteAction, EndpointConfig, Event, DaskGraphRunner
KEPT_FOR = (
    3.0  # seconds a connection waits for the next call; less than Sanic's five, so that it is never closed at the other end as it is used
)

logger = logging.getLogger(__name__)


def waste_nothing() -> bool:
    """Put what is told above in the place of Rasa's own; return False, and say so in the log, when this is another Rasa.

    Raises jsonschema's SchemaError when Rasa's own schema is wrong.
    """
    if rasa.__version__ != RASA_KNOWN:
        logger.warning("Rasa %s is not %s: it works in its own, slower way", rasa.__version__, RASA_KNOWN)
        return False
    _keep_the_validator()
    _keep_connections()
    _keep_kinds()
    DaskGraphRunner.run = _run
    return True


def _keep_the_validator() -> None:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    whole, well_formed = kind(schema), _well_formed(kind, schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        if well_formed(result):
            return True
        error = best_match(whole.iter_errors(result))
        if error is None:
            return True
        error.message += f". Failed to validate the action server's reply; its format: {DOCS_BASE_URL}/custom-actions"
        raise error

    RemoteAction._validate_action_result = validate


def _well_formed(kind: type[Validator], schema: dict[str, Any]) -> Callable[[Any], bool]:
    """Return what tells whether a reply keeps `schema`, looking at an event with the one of its schemas that can fit.

    `schema` tries all 23 kinds of events on each (`oneOf`). Every kind wants its own constant as the event's name, so no other than that can fit.
    """
    event = schema["properties"]["events"]["items"]
    kinds = {one["properties"]["event"]["const"]: kind(one) for one in event["oneOf"]}
    rest = {key: value for key, value in event.items() if key != "oneOf"}
    outline = kind({**schema, "properties": {**schema["properties"], "events": {**schema["properties"]["events"], "items": rest}}})

    def well_formed(result: Any) -> bool:
        return outline.is_valid(result) and all(e["event"] in kinds and kinds[e["event"]].is_valid(e) for e in result.get("events", ()))

    return well_formed


def _keep_connections() -> None:
    connectors: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.TCPConnector] = WeakKeyDictionary()

    def session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if loop not in connectors:
            connectors[loop] = aiohttp.TCPConnector(keepalive_timeout=KEPT_FOR, limit=0)
        auth = aiohttp.BasicAuth(endpoint.basic_auth["username"], endpoint.basic_auth["password"]) if endpoint.basic_auth else None
        timeout = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
        return aiohttp.ClientSession(
            headers=endpoint.headers, auth=auth, timeout=timeout, connector=connectors[loop], connector_owner=False
        )

    EndpointConfig.session = session


def _keep_kinds() -> None:
    look_for = Event.resolve_by_type
    found: dict[str, type[Event]] = {}

    def resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        kind = found.get(type_name)
        if kind is None:
            kind = look_for(type_name, default)
            if kind is not None and kind.type_name == type_name:  # neither nothing nor a stand-in
                found[type_name] = kind
        return kind

    Event.resolve_by_type = staticmethod(resolve)


def _run(runner: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
    """Return the outputs of `targets`, by their names, each component run once and after those it needs; raises GraphRunError (see GraphRunner.run)."""
    nodes, schema = runner._instantiated_nodes, runner._graph_schema
    done: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}

    def output(name: str) -> tuple[str, Any] | str:
        if name not in done and name in nodes:
            done[name] = nodes[name](*[output(needed) for needed in schema.nodes[name].needs.values()])
        return done.get(name, name)  # what nobody gives is told by its name, and the node warns of it

    try:
        wanted = targets or schema.target_names
        for target in wanted:
            output(target)
        return dict(done[target] for target in wanted)
    except RuntimeError as error:
        raise GraphRunError("a component failed") from error
