"""What stands between every channel and the assistant: the switch that turns answering off, the id of the message, its numbers and its line in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import trace
from bot.answers.compose import paused
from bot.answers.reply import Reply
from bot.channels.telegram.asking import Assistant
from bot.channels.telegram.seal import CONVERSATIONS
from bot.channels.web.sessions import SENDER
from bot.knowledge.model import Contact
from bot.serving.metrics import Metrics, Outcome
from bot.serving.pause import Switch

log = logging.getLogger(__name__)
_CHANNELS = {SENDER: "web", CONVERSATIONS: "telegram"}


def traced(application: ASGIApp) -> ASGIApp:
    """Return `application` with an id for each request, told in the answer's X-Request-Id: with it an operator finds the lines of the log."""

    async def with_id(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        with trace.begun(anew=True) as drawn:

            async def tell(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"x-request-id", drawn.encode())]
                await send(message)

            await application(scope, receive, tell)

    return with_id


class Answering:
    """`assistant` as the channels see it; while answering is off, its notice is the reply to everything."""

    def __init__(self, assistant: Assistant, switch: Switch, metrics: Metrics) -> None:
        self._assistant = assistant
        self._switch = switch
        self._metrics = metrics

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply to `text`, or the notice; raises Unanswered."""
        channel = next((name for prefix, name in _CHANNELS.items() if sender.startswith(prefix)), "other")
        began = time.perf_counter()
        outcome: Outcome = "failed"
        reply: Reply | None = None
        with trace.begun(), self._metrics.under_way():
            try:
                reply = self.notice(contact)
                if reply is not None:
                    outcome = "paused"
                    return reply
                reply = await self._assistant.reply(sender, text, metadata, contact, address=address)
                outcome = "answered"
                return reply
            finally:
                took = time.perf_counter() - began
                self._metrics.message(channel, outcome, took, reply)
                kind = reply.kind if reply else None
                log.info("message", extra={"channel": channel, "outcome": outcome, "kind": kind, "seconds": round(took, 4)})

    def notice(self, contact: Contact) -> Reply | None:
        """Return what everybody is told while answering is off, None while it is on."""
        return paused(self._switch.pause.notice, contact) if self._switch.pause else None

    async def ready(self) -> bool:
        """Tell whether a message would be replied to now, if only with the notice."""
        return self._switch.pause is not None or await self._assistant.ready()

    async def forget(self, sender: str) -> None:
        """Delete all that is remembered of the conversation of `sender`, whether answering is on or off; raises Unanswered."""
        await self._assistant.forget(sender)
