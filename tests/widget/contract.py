"""A small server that keeps the web contract, over the stub assistant: sessions, ids answered once, replay, events, deletion, feedback.

`uvicorn tests.widget.contract:application`. What is said lies in a file, so that a restart forgets nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels.plain import to_text
from tests.widget.assistant import StubAssistant, birth, made_up

KEPT = Path(os.environ["STUB_KEPT"])
WIDGET = Path(__file__).resolve().parents[2] / "bot/widget/dist/widget.js"
PAGE = Path(__file__).resolve().parents[2] / "bot/channels/page/index.html"
assistant = StubAssistant()
sessions: dict[str, dict[str, Any]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep() -> None:
    KEPT.write_text(json.dumps(sessions))


def of(request: Request) -> dict[str, Any] | None:
    return sessions.get(request.headers.get("authorization", "").removeprefix("Bearer "))


async def begin(request: Request) -> Response:
    name = secrets.token_urlsafe(16)
    sessions[name] = {"messages": [], "feedback": []}
    keep()
    expires = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=1)
    contact = {"hotlines": list(made_up().contact.hotlines), "hours": "8:00-17:00"}
    return JSONResponse({"session": name, "expires": expires.isoformat(), "unit": None, "contact": contact, "greeting": ""}, 201)


async def say(request: Request) -> Response:
    session = of(request)
    if session is None:
        return JSONResponse({"detail": "unknown"}, 401)
    body = await request.json()
    for message in session["messages"]:
        if message["id"] == body.get("id"):
            return JSONResponse({**message["reply"], "seq": message["seq"]})
    reply = await assistant.reply("", body["text"], {"choice": body.get("choice"), "aspects": body.get("aspects")}, made_up().contact)
    plain = {**reply.to_plain(), "text": to_text(reply)}
    seq = len(session["messages"]) + 1
    session["messages"].append({"seq": seq, "id": body.get("id"), "said": body["text"], "reply": plain})
    keep()
    return JSONResponse({**plain, "seq": seq})


async def after(request: Request) -> Response:
    session = of(request)
    if session is None:
        return JSONResponse({"detail": "unknown"}, 401)
    return JSONResponse({"messages": [m for m in session["messages"] if m["seq"] > int(request.query_params["after"])]})


async def events(request: Request) -> Response:
    session = of(request)
    if session is None:
        return JSONResponse({"detail": "unknown"}, 401)

    async def stream() -> AsyncIterator[str]:
        seen = int(request.query_params["after"])
        yield ": here\n\n"
        while True:
            for message in session["messages"]:
                if message["seq"] > seen and message["said"] is None:
                    yield f"event: message\ndata: {json.dumps(message)}\n\n"
                    seen = message["seq"]
            await asyncio.sleep(0.2)

    return StreamingResponse(stream(), media_type="text/event-stream")


async def forget(request: Request) -> Response:
    name = request.headers.get("authorization", "").removeprefix("Bearer ")
    gone = sessions.pop(name, None)
    keep()
    return Response(status_code=204 if gone else 401)


async def feedback(request: Request) -> Response:
    session = of(request)
    if session is None:
        return JSONResponse({"detail": "unknown"}, 401)
    session["feedback"].append(await request.json())
    keep()
    return Response(status_code=204)


async def heard(request: Request) -> Response:
    """Tell what the assistant was asked since the start."""
    return JSONResponse(assistant.heard)


async def tell(request: Request) -> Response:
    """Tell every session something it has not asked for."""
    for session in sessions.values():
        reply = {**birth().to_plain(), "blocks": [{"type": "note", "text": "Một hồ sơ vừa có thay đổi.", "items": [], "aspect": None}]}
        session["messages"].append({"seq": len(session["messages"]) + 1, "id": None, "said": None, "reply": reply})
    keep()
    return Response(status_code=204)


application = Starlette(
    routes=[
        Route("/stub/heard", heard), Route("/stub/tell", tell, methods=["POST"]),
        Route("/api/v1/sessions", begin, methods=["POST"]), Route("/api/v1/messages", say, methods=["POST"]), Route("/api/v1/messages", after),
        Route("/api/v1/events", events), Route("/api/v1/session", forget, methods=["DELETE"]),
        Route("/api/v1/feedback", feedback, methods=["POST"]), Route("/widget.js", lambda r: FileResponse(WIDGET)), Route("/", lambda r: FileResponse(PAGE)),
        Route("/readyz", lambda r: JSONResponse({})),
    ],
    middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])],
)  # fmt: skip
