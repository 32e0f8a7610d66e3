"""Conversations with the assistant: a message and its sender in, a Reply out. Two ways to the same model, rules and actions.

`RasaServer` talks to the Rasa server over loopback HTTP, as the gateway does. `InProcess` holds the model and the actions in this process, as
`tthc ask` and `tthc chat` do. What may not reach Rasa is stopped at the door by both.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from bot import trace
from bot.answers.compose import small_talk, with_privacy_note
from bot.answers.reply import Reply
from bot.channels.assistant import Unanswered
from bot.knowledge.model import Contact
from bot.serving.metrics import Metrics
from bot.serving.reception import DOSSIER, Reception
from bot.serving.token import header

log = logging.getLogger(__name__)
ANSWER_WITHIN = 15.0  # seconds Rasa may take before the citizen is told that something is wrong
READY_WITHIN = 2.0  # seconds it may take to say whether it is ready
KEPT_FOR = 3.0  # seconds a connection waits for the next message; less than Sanic's five, so that it is never closed at the other end as it is used
IN_ALL_WITHIN = 20.0  # seconds from door to door, the look at a dossier included: then the citizen is told so too (ADR 0013)


class RasaServer:
    """Conversations held by a Rasa server at `url`."""

    def __init__(self, url: str, reception: Reception, token: str, metrics: Metrics | None = None) -> None:
        self._reception = reception
        self._metrics = metrics or Metrics()
        self._at = f"{url.rstrip('/')}/webhooks/gateway"
        self._headers = header(token)
        self._open: aiohttp.ClientSession | None = None

    @property
    def _client(self) -> aiohttp.ClientSession:
        """The connections to the server, opened in the loop that first uses them. No proxy may read what is said, and no cookie is kept."""
        if self._open is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=KEPT_FOR)
            within = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
            self._open = aiohttp.ClientSession(
                connector=connector, timeout=within, trust_env=False, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._open

    async def _post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Return what the server says to `body`, no redirect followed; raises Unanswered when it cannot be reached, takes too long or says no success."""
        try:
            async with self._client.post(self._at + path, json=body, allow_redirects=False) as response:
                if response.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
                    raise Unanswered(f"status {response.status}")
                return await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Unanswered(type(error).__name__) from error

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply to `text`; raises Unanswered when the server cannot be reached or fails, or when it all takes too long."""
        try:
            return await asyncio.wait_for(self._reply(sender, text, metadata, contact, address), IN_ALL_WITHIN)
        except asyncio.TimeoutError as error:
            raise Unanswered("took too long") from error

    async def _reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, address: str | None) -> Reply:
        with self._metrics.stage("door"):
            received = await self._reception.receive(sender, address, text)
        if received.said.refusal:
            return small_talk(received.said.refusal, contact)
        beside = {**metadata, DOSSIER: received.dossier, trace.TRACE: trace.current()}
        body = {"sender": sender, "text": received.said.text, "metadata": beside}
        try:
            with self._metrics.stage("rasa"):
                told = json.loads(await self._post("/message", body))
                reply = Reply.from_plain(told["reply"])
                self._metrics.queued(float(told.get("waited", 0.0)))
        except (KeyError, TypeError, ValueError) as error:
            raise Unanswered(type(error).__name__) from error
        reply = await self._reception.replied(sender, reply)
        return with_privacy_note(reply) if received.said.personal else reply

    async def ready(self) -> bool:
        """Tell whether the server has its model loaded."""
        try:
            within = aiohttp.ClientTimeout(total=READY_WITHIN)
            async with self._client.get(f"{self._at}/ready", timeout=within, allow_redirects=False) as response:
                return response.status == HTTPStatus.NO_CONTENT
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def forget(self, sender: str) -> None:
        """Delete all that the server remembers of the conversation of `sender`; raises Unanswered when that is not sure."""
        await self._reception.forget(sender)
        await self._post("/forget", {"sender": sender})

    async def close(self) -> None:
        """Close the connections."""
        if self._open:
            await self._open.close()
        await self._reception.close()


class InProcess:
    """Conversations held in this process."""

    def __init__(self, agent: Any, channel: type[Any], reception: Reception) -> None:
        self._reception = reception
        self._agent = agent
        self._channel = channel

    @staticmethod
    async def load(model: Path, reception: Reception) -> InProcess:
        """Load `model` with the actions beside it; raises FileNotFoundError when there is no such model."""
        if not model.is_file():
            raise FileNotFoundError(f"{model}: no trained model; run `make setup`")
        os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
        from rasa.core.agent import load_agent
        from rasa.core.channels.channel import CollectingOutputChannel
        from rasa.core.utils import AvailableEndpoints
        from rasa.utils.endpoints import EndpointConfig
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.ERROR)  # Rasa's debug lines hold what people write
        endpoints = AvailableEndpoints(
            action=_local_actions(), tracker_store=EndpointConfig(type="bot.serving.tracker_store.RecentTrackerStore")
        )
        return InProcess(await load_agent(str(model), endpoints=endpoints), CollectingOutputChannel, reception)

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply to `text`; raises Unanswered when an action fails."""
        from rasa.core.channels.channel import UserMessage

        received = await self._reception.receive(sender, address, text)
        if received.said.refusal:
            return small_talk(received.said.refusal, contact)
        collector = self._channel()
        heard = UserMessage(received.said.text, collector, sender, metadata={**metadata, DOSSIER: received.dossier})
        await self._agent.handle_message(heard)
        replies = [Reply.from_plain(m["custom"]) for m in collector.messages if m.get("custom")]
        if not replies:
            raise Unanswered("no reply")
        reply = Reply.joined(replies)
        reply = await self._reception.replied(sender, reply)
        return with_privacy_note(reply) if received.said.personal else reply


def _local_actions() -> Any:
    """Return an action endpoint that runs the actions here instead of asking a server."""
    from rasa.utils.endpoints import EndpointConfig
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")

    class LocalActions(EndpointConfig):
        async def request(self, method: str = "post", json: Any = None, **ignored: Any) -> Any:
            return await executor.run(json)

    return LocalActions()
