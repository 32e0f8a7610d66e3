"""What the gateway tells Prometheus: how many, how well, how long, how sure, how full. `GET /metrics`.

No label ever holds a text, a chat, a session, an address or a number of a person: every label's values are a short list written here or in the code
(channels, outcomes, kinds of reply, stages, routes, HTTP statuses, processes), but for the version of the snapshot, of which one is told at a time.
"""

from __future__ import annotations

import hmac
import time
from collections import Counter as Counts
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Literal

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answers.reply import Reply
from bot.dossiers.gateway import DossierGateway
from bot.dossiers.model import Dossier

Stage = Literal["door", "rasa", "dossiers", "render"]
Outcome = Literal["answered", "failed", "paused"]
OUTCOMES: tuple[Outcome, ...] = ("answered", "failed", "paused")
RECENT = 300  # seconds that "just now" reaches back
_STEP = 10  # seconds counted together in what is recent
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)  # up to the longest Rasa is waited for
_CONFIDENCE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")  # what a proxy says: with one of these the caller is not of this machine
_LOOPBACK = ("127.0.0.1", "::1")


class Metrics(Collector):
    """The metrics of one gateway."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter("tthc_messages", "Messages, by what became of them", ["channel", "outcome"], registry=self.registry)
        self._replies = Counter("tthc_replies", "Replies, by kind", ["channel", "kind"], registry=self.registry)
        self._whole = Histogram(
            "tthc_message_duration_seconds", "From a channel's question to its reply", ["channel"], buckets=_SECONDS, registry=self.registry
        )
        self._stages = Histogram(
            "tthc_stage_duration_seconds", "Time spent in one stage", ["stage"], buckets=_SECONDS, registry=self.registry
        )
        self._stage_errors = Counter("tthc_stage_errors", "Stages that failed", ["stage"], registry=self.registry)
        self._queue = Histogram(
            "tthc_queue_seconds", "Time a message waited until a Rasa server had room for it", buckets=_SECONDS, registry=self.registry
        )
        self._confidence = Histogram(
            "tthc_linker_confidence", "Confidence in the best procedure", ["kind"], buckets=_CONFIDENCE, registry=self.registry
        )
        self._requests = Counter("tthc_http_requests", "HTTP requests answered", ["route", "status"], registry=self.registry)
        self._database_errors = Counter("tthc_database_errors", "Failures of a database", ["engine"], registry=self.registry)
        self._under_way = Gauge("tthc_messages_in_progress", "Messages being answered now", registry=self.registry)
        self._recent: deque[tuple[int, Counts[str]]] = deque()
        self._told: list[tuple[str, str, str | None, Callable[[], float | Mapping[str, float]]]] = []
        self.tell("tthc_recent_messages", f"Messages of the last {RECENT} seconds", self._of_late, "outcome")
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a message as being answered until the block ends."""
        self._under_way.inc()
        try:
            yield
        finally:
            self._under_way.dec()

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Time the block as the stage `name`, and count it as failed when it raises."""
        began = time.perf_counter()
        try:
            yield
        except Exception:
            self._stage_errors.labels(name).inc()
            raise
        finally:
            self._stages.labels(name).observe(time.perf_counter() - began)

    def queued(self, seconds: float) -> None:
        """Count a message that waited so many `seconds` for a Rasa server."""
        self._queue.observe(seconds)

    def message(self, channel: str, outcome: Outcome, seconds: float, reply: Reply | None = None) -> None:
        """Count a message of `channel`, what became of it in so many `seconds`, and its `reply` if it has one."""
        self._messages.labels(channel, outcome).inc()
        self._note_recent(outcome)
        if outcome == "paused":
            return
        self._whole.labels(channel).observe(seconds)
        if reply is not None:
            self._replies.labels(channel, reply.kind).inc()
            if reply.scores:
                self._confidence.labels(reply.kind).observe(reply.scores[0])

    def _note_recent(self, outcome: str) -> None:
        step = int(time.monotonic()) // _STEP
        if not self._recent or self._recent[-1][0] != step:
            self._recent.append((step, Counts()))
            while self._recent[0][0] < step - RECENT // _STEP:
                self._recent.popleft()
        self._recent[-1][1][outcome] += 1

    def _of_late(self) -> Mapping[str, float]:
        since = int(time.monotonic()) // _STEP - RECENT // _STEP
        return {outcome: sum(counts[outcome] for step, counts in tuple(self._recent) if step > since) for outcome in OUTCOMES}

    def tell(self, name: str, what: str, read: Callable[[], float | Mapping[str, float]], label: str | None = None) -> None:
        """Tell what `read` returns whenever somebody looks: one number, or one for each value of `label`; nothing when it raises OSError or LookupError."""
        self._told.append((name, what, label, read))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return what is told of the state now."""
        for name, what, label, read in self._told:
            family = GaugeMetricFamily(name, what, labels=[label] if label else [])
            with suppress(OSError, LookupError):
                found = read()
                for value, number in found.items() if isinstance(found, Mapping) else (("", found),):
                    family.add_metric([value] if label else [], number)
            yield family

    def describe(self) -> list[GaugeMetricFamily]:
        """Return the names alone, so that nothing is read before somebody looks."""
        return [GaugeMetricFamily(name, what) for name, what, _, _ in self._told]

    @contextmanager
    def following_databases(self) -> Iterator[None]:
        """Count what any database of this process fails at, until the block ends; what a statement itself did wrong does not count."""

        def failed(context: Any) -> None:
            if isinstance(context.sqlalchemy_exception, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError):
                self._database_errors.labels(context.engine.dialect.name).inc()

        sa.event.listen(sa.engine.Engine, "handle_error", failed)
        try:
            yield
        finally:
            sa.event.remove(sa.engine.Engine, "handle_error", failed)

    def counting(self, application: ASGIApp, routes: Collection[str]) -> ASGIApp:
        """Return `application` with its answers counted by route, as long as that is one of `routes`, and status."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return await application(scope, receive, send)
            route = scope["path"] if scope["path"] in routes else "other"

            async def count(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._requests.labels(route, str(message["status"])).inc()
                await send(message)

            await application(scope, receive, count)

        return counted


class TimedGateway:
    """A dossier gateway whose look-ups are timed and whose failures are counted."""

    def __init__(self, gateway: DossierGateway, metrics: Metrics) -> None:
        self._gateway = gateway
        self._metrics = metrics

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        """See DossierGateway."""
        with self._metrics.stage("dossiers"):
            return await self._gateway.look_up(code, digits)

    async def fetch(self, code: str) -> Dossier | None:
        """See DossierGateway."""
        with self._metrics.stage("dossiers"):
            return await self._gateway.fetch(code)

    async def close(self) -> None:
        """See DossierGateway."""
        await self._gateway.close()


def endpoint(metrics: Metrics, token: str | None, look: Callable[[], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers GET /metrics after having had a `look` at what must be asked for.

    With a `token`, whoever brings it (Authorization: Bearer) is answered and nobody else. Without one, only callers on this machine are, and never
    what came through a proxy: behind one, everybody would seem to be on this machine.
    """

    async def told(request: Request) -> Response:
        if token is not None:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        elif request.client is None or request.client.host not in _LOOPBACK or any(name in request.headers for name in _FORWARDED):
            return Response(status_code=403)
        await look()
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return told
