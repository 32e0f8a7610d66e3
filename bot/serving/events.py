"""Events: what happens in conversations, told to RabbitMQ for analytics. What is said and who says it are not told.

An event is one of
- {"event": "message", "intent": name, "confidence": 0..1, "at": time}: a message was understood so,
- {"event": "procedure", "code": code, "at": time}: it was about this procedure,
- {"event": "action", "action": name, "at": time}: this answered it,
with the time cut down to the hour, ISO 8601 in UTC.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

import aio_pika
from rasa.core.brokers.pika import PikaEventBroker

from bot.settings import Settings

QUEUE = "tthc-events"
EXCHANGE = "tthc-conversations"
KEPT_WHILE_AWAY = 10_000  # events while RabbitMQ cannot be reached; then the oldest are let go
CONNECT_AGAIN_AFTER = 5.0  # seconds
_OF_RASA = ("action_listen", "action_session_start", "action_extract_slots", "action_unlikely_intent")  # actions that answer nothing
log = logging.getLogger(__name__)


class Events(PikaEventBroker):
    """Rasa's broker to the RabbitMQ of TTHC_RABBITMQ_URL; a server does not wait for it to begin, nor a citizen for it to answer."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "", "", queues=[QUEUE], exchange_name=EXCHANGE, event_loop=asyncio.get_running_loop())
        self._url = url
        self._unpublished_events: deque[dict[str, Any]] = deque(maxlen=KEPT_WHILE_AWAY)
        self._connecting: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(cls, broker_config: Any, event_loop: Any = None) -> Events | None:
        """Return the broker of the settings, None where there is none; it connects in the background."""
        url = Settings.read().rabbitmq_url
        if url is None:
            return None
        broker = cls(url)
        broker._connecting = asyncio.create_task(broker._keep_connecting())
        return broker

    async def _keep_connecting(self) -> None:
        while self._exchange is None:
            try:
                await self.connect()
                self._publish_unpublished_messages()
            except Exception as error:  # whatever a server that is starting says
                log.warning("events: RabbitMQ not reached: %s", type(error).__name__)
                await asyncio.sleep(CONNECT_AGAIN_AFTER)

    async def _connect(self) -> aio_pika.abc.AbstractRobustConnection:
        return await aio_pika.connect_robust(self._url, reconnect_interval=CONNECT_AGAIN_AFTER)

    def publish(self, event: Mapping[str, Any], headers: Any = None) -> None:
        """Tell of `event`, an event of Rasa's or one of ours kept while RabbitMQ was away."""
        told = event if "at" in event else told_of(event)
        if told is None:
            return
        if self._exchange is None:
            self._unpublished_events.append(dict(told))
        else:
            super().publish(dict(told), headers)

    async def close(self) -> None:
        """Close the connection."""
        if self._connecting:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        await super().close()


def told_of(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is told of Rasa's `event` (Event.as_dict), None for those that nobody needs to hear of."""
    at = _hour(event.get("timestamp"))
    if event.get("event") == "user":
        intent = (event.get("parse_data") or {}).get("intent") or {}
        return {"event": "message", "intent": intent.get("name"), "confidence": round(float(intent.get("confidence") or 0), 2), "at": at}
    if event.get("event") == "slot" and event.get("name") == "procedure" and isinstance(event.get("value"), str):
        return {"event": "procedure", "code": event["value"], "at": at}
    if event.get("event") == "action" and event.get("name") not in _OF_RASA:
        return {"event": "action", "action": event.get("name"), "at": at}
    return None


def _hour(timestamp: float | None) -> str:
    moment = dt.datetime.fromtimestamp(timestamp, dt.timezone.utc) if timestamp else dt.datetime.now(dt.timezone.utc)
    return moment.replace(minute=0, second=0, microsecond=0).isoformat()
