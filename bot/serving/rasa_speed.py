"""What Rasa does anew for every call of the action server, done once. Another version of Rasa than the one that was read is left as it is.

Rasa 3.6.21 checks each reply with `jsonschema.validate`, which first checks Rasa's own, unchanging schema and builds a validator of it. Here that
validator is built once; replies are checked against the same schema, and refused with the same error. And it opens a connection for every call:
here connections are kept for the next one. (The domain, which it would send along each time, is left out by endpoints.yml.)
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import rasa
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.shared.constants import DOCS_BASE_URL
from rasa.utils.endpoints import EndpointConfig

RASA_KNOWN = "3.6.21"  # the version whose RemoteAction and EndpointConfig were read
KEPT_FOR = (
    3.0  # seconds a connection waits for the next call; less than Sanic's five, so that it is never closed at the other end as it is used
)

logger = logging.getLogger(__name__)


def call_actions_quickly() -> bool:
    """Let RemoteAction keep its validator and EndpointConfig its connections; return False, and say so in the log, when this is another Rasa.

    Raises jsonschema's SchemaError when Rasa's own schema is wrong.
    """
    if rasa.__version__ != RASA_KNOWN:
        logger.warning("Rasa %s is not %s: the action server is called in Rasa's own, slower way", rasa.__version__, RASA_KNOWN)
        return False
    _keep_the_validator()
    _keep_connections()
    return True


def _keep_the_validator() -> None:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is None:
            return True
        error.message += f". Failed to validate the action server's reply; its format: {DOCS_BASE_URL}/custom-actions"
        raise error

    RemoteAction._validate_action_result = validate


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
