"""Conversations with the assistant: a message and its sender in, a Reply out. Two ways to the same model, rules and actions.

`RasaServer` talks to the Rasa server over loopback HTTP, as the gateway does. `InProcess` holds the model and the actions in this process, as
`tthc ask` and `tthc chat` do. What may not reach Rasa is stopped at the door by both.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

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
IN_ALL_WITHIN = 20.0  # seconds from door to door, the look at a dossier included: then the citizen is told so too (ADR 0013)


class RasaServer:
    """Conversations held by a Rasa server at `url`."""

    def __init__(self, url: str, reception: Reception, token: str, metrics: Metrics | None = None) -> None:
        self._reception = reception
        self._metrics = metrics or Metrics()
        headers = header(token)
        # No proxy may read what is said.
        self._client = httpx.AsyncClient(base_url=url, timeout=ANSWER_WITHIN, trust_env=False, headers=headers)

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
                response = await self._client.post("/webhooks/gateway/message", json=body)
                response.raise_for_status()
                told = response.json()
                reply = Reply.from_plain(told["reply"])
                self._metrics.queued(float(told.get("waited", 0.0)))
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise Unanswered(type(error).__name__) from error
        reply = await self._reception.replied(sender, reply)
        return with_privacy_note(reply) if received.said.personal else reply

    async def ready(self) -> bool:
        """Tell whether the server has its model loaded."""
        try:
            response = await self._client.get("/webhooks/gateway/ready", timeout=2.0)
            return response.status_code == 204
        except httpx.HTTPError:
            return False

    async def forget(self, sender: str) -> None:
        """Delete all that the server remembers of the conversation of `sender`; raises Unanswered when that is not sure."""
        await self._reception.forget(sender)
        try:
            response = await self._client.post("/webhooks/gateway/forget", json={"sender": sender})
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise Unanswered(type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
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
