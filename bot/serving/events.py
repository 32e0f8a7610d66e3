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
TOLD_WITHIN = 10.0  # seconds RabbitMQ may take to connect, and to confirm what it was told
TOLD_AT_ONCE = 100  # events
CLOSED_WITHIN = 2.0  # seconds
_OF_RASA = ("action_listen", "action_session_start", "action_extract_slots", "action_unlikely_intent")  # actions that answer nothing
log = logging.getLogger(__name__)


class Events(PikaEventBroker):
    """Rasa's broker to the RabbitMQ of TTHC_RABBITMQ_URL; a server does not wait for it to begin, nor a citizen for it to answer.

    Events wait here until RabbitMQ has confirmed that it keeps them. Those of a connection that broke are told again, so one may be counted twice; those
    that wait when the process ends, or are more than `KEPT_WHILE_AWAY`, are lost, and the log says how many.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, "", "", queues=[QUEUE], exchange_name=EXCHANGE, event_loop=asyncio.get_running_loop())
        self._url = url
        self._waiting: deque[dict[str, Any]] = deque(maxlen=KEPT_WHILE_AWAY)
        self._news = asyncio.Event()
        self._lost = 0
        self._telling: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(cls, broker_config: Any, event_loop: Any = None) -> Events | None:
        """Return the broker of the settings, None where there is none; it connects in the background."""
        url = Settings.read().rabbitmq_url
        if url is None:
            return None
        broker = cls(url)
        broker._telling = asyncio.create_task(broker._keep_telling())
        return broker

    async def _keep_telling(self) -> None:
        """Connect, and tell what waits and what comes; when the connection breaks, connect again."""
        while True:
            try:
                async with await aio_pika.connect(self._url, timeout=TOLD_WITHIN) as connection:
                    self._exchange = await self._set_up_exchange(await connection.channel())
                    while True:
                        await self._tell()
                        self._news.clear()
                        await self._news.wait()
            except Exception as error:  # whatever a server that is starting or ending says
                log.warning("events: RabbitMQ not reached: %s; %d wait", type(error).__name__, len(self._waiting))
            self._exchange = None
            await asyncio.sleep(CONNECT_AGAIN_AFTER)

    async def _tell(self) -> None:
        """Tell all that waits, some at a time, in its order; raises what the connection raises, and what was not confirmed waits again."""
        if self._lost:
            log.error("events: %d were lost while RabbitMQ was away", self._lost)
            self._lost = 0
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(TOLD_AT_ONCE, len(self._waiting)))]
            try:
                told = asyncio.gather(*(self._exchange.publish(self._message(event, None), "") for event in some))
                await asyncio.wait_for(told, TOLD_WITHIN)
            except BaseException:
                self._waiting.extendleft(reversed(some[: KEPT_WHILE_AWAY - len(self._waiting)]))
                raise

    def publish(self, event: Mapping[str, Any], headers: Any = None) -> None:
        """Tell of Rasa's `event` when RabbitMQ is there."""
        told = told_of(event)
        if told is None:
            return
        self._lost += len(self._waiting) == KEPT_WHILE_AWAY
        self._waiting.append(told)
        self._news.set()

    async def close(self) -> None:
        """Tell what waits, where that can be done at once, and close the connection."""
        if self._telling is None:
            return
        until = asyncio.get_running_loop().time() + CLOSED_WITHIN
        while self._waiting and self._exchange is not None and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)
        self._telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._telling
        if self._waiting:
            log.error("events: %d were not told", len(self._waiting))


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
