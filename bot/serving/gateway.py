"""The gateway: the only door. Serves the web API, the chat page, Telegram's webhook and the health probes."""

from __future__ import annotations

import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.channels.own_data import OwnData
from bot.channels.telegram import TelegramBot
from bot.channels.telegram.asking import Assistant
from bot.channels.telegram.seal import CONVERSATIONS, Seal
from bot.channels.telegram.store import NotHeld, SqlStore
from bot.channels.web import Origins, Sessions, Web, WebStore, guarded, pages
from bot.channels.web.pace import Pace
from bot.channels.web.proxies import behind
from bot.channels.web.sessions import SENDER
from bot.dossiers.connect import connect
from bot.dossiers.notices import Notices
from bot.knowledge.publish import SnapshotError
from bot.knowledge.served import Served
from bot.questions.recorder import Recorder
from bot.questions.store import QuestionStore
from bot.serving.answering import Answering, traced
from bot.serving.awaited import Awaited, awaited
from bot.serving.conversations import RasaServer
from bot.serving.leaving import leaving
from bot.serving.metrics import Metrics, TimedGateway, endpoint
from bot.serving.pause import Switch
from bot.serving.reception import Reception
from bot.serving.recorded import Recorded
from bot.serving.state import tell_state
from bot.serving.tidying import Tidying, logs_tidied
from bot.serving.token import RASA
from bot.serving.watch import Watch
from bot.settings import Settings
from bot.understanding.search import Search

log = logging.getLogger(__name__)
PREFLIGHT_LASTS = 600  # seconds a browser remembers that a site may speak here
TELEGRAM_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # sent by Telegram with every update (Bot API, setWebhook)  # noqa: S105 - a header's name


def create(settings: Settings, assistant: Assistant | None = None) -> ASGIApp:
    """Return the gateway's application; it asks `assistant` in place of the Rasa server when one is given (benchmarks)."""
    dossiers, notices = connect(settings), Notices(settings.notices_url)
    metrics, switch = Metrics(), Switch(settings.home)
    rasa_url = settings.rasa_url or f"http://127.0.0.1:{settings.rasa_port}"
    reception = Reception.open(settings, TimedGateway(dossiers, metrics), notices)
    rasa = RasaServer(rasa_url, reception, settings.secret_for(RASA), metrics)
    rendering = partial(metrics.stage, "render")
    served: Served[Search] = Served(settings.home, Search.open)

    def search() -> Search:
        return served.get()[1]

    def remembered(use: str) -> Awaited:
        return awaited(settings.redis_url, settings.secret_for(use).encode())

    recorder = Recorder(QuestionStore(settings.questions_url), remembered("asked-back"))
    answering = Answering(Recorded(assistant or rasa, recorder), switch, metrics)
    own_data = OwnData(remembered("own-data"))
    telegram: TelegramBot | None = None
    if settings.telegram_token:
        seal = Seal(settings.secret_for("telegram-seal"))
        telegram = TelegramBot(
            settings.telegram_token, answering, search, SqlStore(settings.telegram_url, seal), seal, api=settings.telegram_api,
            public_url=settings.public_url, webhook_secret=settings.secret_for("telegram"), rate=settings.telegram_rate,
            notices=notices, own_data=own_data, notice=answering.notice, rendering=rendering,
        )  # fmt: skip
    origins = Origins.read(settings.sites)
    web_store = WebStore(settings.web_url)
    web = Web(
        answering, Sessions(settings.secret_for("web")), origins, web_store,
        Pace(settings.session_rate, settings.address_rate, settings.redis_url), lambda: search().knowledge, Reception.masked,
        own_data, (rasa.forget, notices.end), recorder, notice=answering.notice, rendering=rendering,
    )  # fmt: skip
    tellers = {SENDER: web.deliver, **({CONVERSATIONS: telegram.deliver} if telegram else {})}
    watch = Watch(dossiers, notices, tellers, silent=lambda: switch.pause is not None)
    look = tell_state(metrics, settings.home, lambda: served.get()[0], switch, rasa.ready, telegram)

    tidying = Tidying(
        {"questions": recorder.tidy, "web": web_store.tidy, "notices": notices.tidy, "logs": logs_tidied(settings.logs)}
    )  # fmt: skip

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        try:
            version = served.get()[0]
        except SnapshotError:
            return JSONResponse({"status": "no snapshot"}, 503)
        if not await answering.ready():
            return JSONResponse({"status": "rasa not ready", "snapshot": version}, 503)
        return JSONResponse({"status": "paused" if switch.pause else "ok", "snapshot": version})

    async def telegram_update(request: Request) -> Response:
        assert telegram is not None
        secret = request.headers.get(TELEGRAM_SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), settings.secret_for("telegram").encode()):
            return Response(status_code=403)
        try:
            update = await request.json()
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict):
            return Response(status_code=400)
        try:
            await telegram.feed(update)
        except NotHeld:
            return Response(status_code=503)  # another gateway is the bot: the proxy asks the next, or Telegram comes again
        return Response()

    routes = [*web.routes(), *pages.routes(web, lambda: search().knowledge)]
    routes += [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", endpoint(metrics, settings.metrics_token, look))]
    if telegram and settings.public_url:
        routes.append(Route(telegram.webhook_path, telegram_update, methods=["POST"]))

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        switch.start()
        recorder.start()
        if telegram:
            await telegram.start()
        await web.start()
        watch.start()
        tidying.start()
        try:
            with metrics.following_databases(), leaving(web.end_streams):
                yield
        finally:
            await tidying.stop()
            await watch.stop()
            await switch.stop()
            if telegram:
                await telegram.stop()
            await web.stop()
            await recorder.stop()
            await own_data.close()
            await rasa.close()

    # The widget speaks from other sites: they are let in by name, with no cookie.
    cross_origin = Middleware(
        CORSMiddleware, allow_origins=sorted(origins.sites), allow_methods=["GET", "POST", "DELETE"], allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"], max_age=PREFLIGHT_LASTS,
    )  # fmt: skip
    application = Starlette(routes=routes, lifespan=lifespan, middleware=[cross_origin])
    return behind(guarded(traced(metrics.counting(application, {route.path for route in routes}))), settings.proxies)
