"""The channel between the gateway and Rasa: one message in, one structured reply out.

Unlike Rasa's own REST channel it logs no text, hands on nothing but the structured payload, and answers a failure with a status that
the gateway can tell from an empty reply.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answers.reply import Reply
from bot.serving import logs
from bot.serving.token import RASA, is_shown
from bot.serving.tracker_store import forget_conversation
from bot.settings import Settings
from bot.trace import take_up

log = logging.getLogger(__name__)
AT_ONCE = 8  # messages a server works at; it has one core, and more would make each slower. How long others wait says when a city needs more servers


class GatewayChannel(InputChannel):
    """POST /message {sender, text, metadata} -> {reply, waited: seconds}; POST /forget {sender}; GET /ready: is the model loaded? Without the token: 401."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, also its place in the address: /webhooks/gateway/message."""
        return "gateway"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's routes. Rasa's own logging is set up by now, and is replaced."""
        logs.configure("rasa", Settings.read().log)
        blueprint = Blueprint("gateway_channel")
        token = Settings.read().secret_for(RASA)
        room = asyncio.Semaphore(AT_ONCE)

        @blueprint.middleware("request")
        async def only_the_gateway(request: Request) -> HTTPResponse | None:
            return None if is_shown(request.headers.get("authorization"), token) else response.empty(status=401)

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            return response.empty(status=204 if request.app.ctx.agent.is_ready() else 503)

        @blueprint.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            body = request.json
            take_up(body.get("metadata"))
            came = time.perf_counter()
            collector = CollectingOutputChannel()
            heard = UserMessage(body["text"], collector, body["sender"], input_channel=self.name(), metadata=body.get("metadata") or {})
            async with room:  # given back too when the gateway waits no longer: Sanic cancels what nobody will read
                began = time.perf_counter()
                try:
                    await on_new_message(heard)
                except Exception as error:
                    log.error("message failed", exc_info=error)
                    return response.json({"error": "failed"}, status=500)
            log.info("turn", extra={"seconds": round(time.perf_counter() - began, 4)})
            replies = [m["custom"] for m in collector.messages if m.get("custom")]
            if not replies:
                return response.json({"error": "no reply"}, status=500)
            reply = Reply.joined([Reply.from_plain(r) for r in replies])
            return response.json({"reply": reply.to_plain(), "waited": round(began - came, 4)})

        @blueprint.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            sender = request.json["sender"]
            async with agent.lock_store.lock(sender):  # not between the reading and the writing of a turn
                await forget_conversation(agent.tracker_store, sender)
            return response.empty()

        return blueprint
