"""One page of a ward's site in three forms, each with another chat on it, and a stub that answers each in its own tongue at once.

`uvicorn bench.widget_page:application`; BENCH_PACKAGES names the folder of the npm packages. Everything is sent gzipped, as a site would.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import socketio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.answers.reply import Block, Reply

WIDGET = Path(__file__).resolve().parents[1] / "bot/widget/dist/widget.js"
PACKAGES = Path(os.environ["BENCH_PACKAGES"])
SCRIPTS = {
    "widget": WIDGET,
    "rasa-webchat": PACKAGES / "rasa-webchat/lib/index.js",
    "deep-chat": PACKAGES / "deep-chat/dist/deepChat.bundle.js",
}
ANSWER = "Bạn cần tờ khai và giấy chứng sinh."
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Trang của phường Trắng"><title>Phường Trắng</title><link rel="icon" href="data:,"></head>
<body>{site}{chat}</body></html>"""
SITE = "<main><h1>Phường Trắng</h1><p>Tin tức của phường.</p></main>"
CHATS = {
    "widget": '<script src="/widget.js" defer></script>',
    "widget-page": '<script src="/widget.js" data-open="page" defer></script>',
    "rasa-webchat": '<script src="/rasa-webchat.js"></script><script src="/rasa-webchat-start.js"></script>',
    "deep-chat": '<script type="module" src="/deep-chat.js"></script><deep-chat connect=\'{"url": "/deep-chat"}\'></deep-chat>',
}
START = 'WebChat.default({socketUrl: location.origin, title: "Trợ lý", inputTextFieldHint: "Viết câu hỏi", initPayload: "chào"}, null);'
REPLY: dict[str, Any] = {**Reply("answer", (Block("text", ANSWER),)).to_plain(), "text": ANSWER, "id": "1", "seq": 1}


async def page(request: Request) -> Response:
    """The site's page with the chat of that name."""
    name = request.path_params["name"]
    return HTMLResponse(PAGE.format(site="" if name == "widget-page" else SITE, chat=CHATS[name]))


async def script(request: Request) -> Response:
    """The built file of the chat of that name."""
    return FileResponse(SCRIPTS[request.path_params["name"]], media_type="text/javascript")


async def start(request: Request) -> Response:
    """What puts rasa-webchat on its page."""
    return Response(START, media_type="text/javascript")


async def session(request: Request) -> Response:
    """A session for the widget."""
    contact = {"hotlines": ["1900 0000"], "hours": ""}
    body = {"session": "s", "expires": "2100-01-01T00:00:00Z", "unit": None, "contact": contact, "greeting": ""}
    return JSONResponse(body, 201)


async def message(request: Request) -> Response:
    """The widget's answer, at once."""
    return JSONResponse(REPLY if request.method == "POST" else {"messages": []})


async def events(request: Request) -> Response:
    """A stream that brings nothing."""

    async def nothing() -> Any:
        yield ": here\n\n"

    return StreamingResponse(nothing(), media_type="text/event-stream")


async def deep_chat(request: Request) -> Response:
    """The answer as deep-chat reads it."""
    return JSONResponse({"text": ANSWER})


rooms = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")


async def session_request(sid: str, data: Any) -> None:
    """Confirm a session of rasa-webchat."""
    await rooms.emit("session_confirm", (data or {}).get("session_id") or sid, room=sid)


async def user_uttered(sid: str, data: Any) -> None:
    """The answer as rasa-webchat reads it."""
    if data.get("message") != "chào":
        await rooms.emit("bot_uttered", {"text": ANSWER}, room=sid)


rooms.on("session_request", session_request)  # events and payloads as in Rasa's own channel for this chat (rasa/core/channels/socketio.py)
rooms.on("user_uttered", user_uttered)

pages = Starlette(
    routes=[
        Route("/page/{name}", page), Route("/rasa-webchat-start.js", start), Route("/{name}.js", script),
        Route("/api/v1/sessions", session, methods=["POST"]), Route("/api/v1/messages", message, methods=["GET", "POST"]),
        Route("/api/v1/events", events), Route("/deep-chat", deep_chat, methods=["POST"]),
    ],
    middleware=[Middleware(GZipMiddleware)],
)  # fmt: skip
application = socketio.ASGIApp(rooms, pages)
