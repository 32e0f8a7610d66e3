"""The web API: `POST /api/v1/messages`, its OpenAPI document, and the chat page that uses it.

A session is issued and signed by the server, so nobody can speak in another's conversation by naming it. A message is at most 16 KiB of JSON.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.answers.compose import small_talk
from bot.answers.reply import BlockType, Kind, Reply
from bot.channels.assistant import Conversations, Unanswered
from bot.channels.plain import to_text
from bot.knowledge.model import ASPECTS, Contact
from bot.understanding.codes import is_procedure_code

LARGEST_BODY = 16 * 1024  # bytes
SESSION_LASTS = 24 * 3600  # seconds
PAGE = Path(__file__).parent / "page"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


class BadRequest(Exception):
    """A request that cannot be served: its HTTP status and what to mend."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class Asked:
    """A message as a web client sends it."""

    text: str
    session: str | None
    choice: str | None
    aspects: tuple[str, ...]


class Sessions:
    """Issues sessions and tells the server's own from others'."""

    def __init__(self, secret: str) -> None:
        self._signer = TimestampSigner(secret, salt="web-session")

    def issue(self) -> str:
        """Return a new session."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode("ascii")

    def sender(self, session: str) -> str:
        """Return the sender that `session` stands for; raises BadRequest when it is forged or too old."""
        try:
            return "web-" + self._signer.unsign(session, max_age=SESSION_LASTS).decode("ascii")
        except BadSignature as error:
            raise BadRequest(401, "session: not known here or too old; leave it out to be given a new one") from error


async def read_message(request: Request) -> Asked:
    """Return the message in `request`; raises BadRequest telling what is wrong with it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadRequest(413, f"body: larger than {LARGEST_BODY} bytes")
    try:
        plain = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "body: not JSON") from error
    if not isinstance(plain, dict) or not isinstance(plain.get("text"), str):
        raise BadRequest(422, 'body: must be an object with a string "text"')
    for name in ("session", "choice"):
        if not isinstance(plain.get(name) or "", str):
            raise BadRequest(422, f"{name}: must be a string")
    if not (plain.get("session") or "").isascii():
        raise BadRequest(401, "session: not one of ours; leave it out to be given a new one")
    if plain.get("choice") and not is_procedure_code(plain["choice"]):
        raise BadRequest(422, "choice: must be the choice of a button")
    if any("\ud800" <= c <= "\udfff" for c in plain["text"]):
        raise BadRequest(422, "text: holds half a character (a lone surrogate)")
    aspects = plain.get("aspects") or []
    if not isinstance(aspects, list) or not all(a in ASPECTS for a in aspects):
        raise BadRequest(422, f"aspects: must be a list of {', '.join(ASPECTS)}")
    return Asked(plain["text"], plain.get("session"), plain.get("choice"), tuple(dict.fromkeys(aspects)))


def to_json(reply: Reply, session: str) -> dict[str, Any]:
    """Return `reply` as the API's answer: its own fields, the session, a message id, and the whole as plain text."""
    return {"session": session, "id": secrets.token_urlsafe(9), **reply.to_plain(), "text": to_text(reply)}


def routes(conversations: Conversations, sessions: Sessions, contact: Callable[[], Contact]) -> list[Route | Mount]:
    """Return the routes of the API and of the chat page."""

    async def messages(request: Request) -> Response:
        try:
            asked = await read_message(request)
            session = asked.session or sessions.issue()
            sender = sessions.sender(session)
        except BadRequest as error:
            return JSONResponse({"detail": error.detail}, error.status)
        metadata = {"choice": asked.choice, "aspects": list(asked.aspects)}
        try:
            address = request.client.host if request.client else None
            reply = await conversations.reply(sender, asked.text, metadata, contact(), address=address)
        except Unanswered:
            return JSONResponse(to_json(small_talk("error", contact()), session), 503)
        return JSONResponse(to_json(reply, session))

    async def openapi(request: Request) -> Response:
        return JSONResponse(OPENAPI)

    async def page(request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    return [
        Route("/", page),
        Route("/api/v1/messages", messages, methods=["POST"]),
        Route("/api/v1/openapi.json", openapi),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]


def guarded(application: Any) -> Callable[..., Awaitable[None]]:
    """Return `application` with the security headers every answer carries."""
    headers = [
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await application(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return guard


def _array(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _object(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_STRING: dict[str, Any] = {"type": "string"}
_OPTIONAL: dict[str, Any] = {"type": ["string", "null"]}
_ASPECT: dict[str, Any] = {"type": "string", "enum": list(ASPECTS)}
_ITEM = _object(["text", "count", "note"], text=_STRING, count=_OPTIONAL, note=_OPTIONAL)
_BLOCK = _object(
    ["type", "text", "items", "aspect"],
    type={"type": "string", "enum": list(get_args(BlockType))},
    text=_STRING,
    items=_array(_ITEM),
    aspect={"type": ["string", "null"], "enum": [*ASPECTS, None]},
)
_BUTTON = _object(["text", "choice", "aspects"], text=_STRING, choice=_OPTIONAL, aspects=_array(_ASPECT))
_REPLY = _object(
    ["session", "id", "kind", "codes", "scores", "aspects", "blocks", "buttons", "sources", "links", "awaits", "text"],
    session={"type": "string", "description": "send it with the next message of the conversation"},
    id={"type": "string", "description": "the id of this reply"},
    kind={"type": "string", "enum": list(get_args(Kind))},
    codes={**_array(_STRING), "description": "procedure codes, best first"},
    scores=_array({"type": "number"}),
    aspects=_array(_ASPECT),
    blocks={
        **_array(_BLOCK),
        "description": "what is said; show every text as text, never as HTML. A text is the heading of its items when it has some",
    },
    buttons={**_array(_BUTTON), "description": "suggestions: when one is tapped, send its text, choice and aspects"},
    sources=_array(_STRING),
    links=_array(_object(["text", "url"], text=_STRING, url=_STRING)),
    awaits={**_OPTIONAL, "description": "a dossier code: the next message may be the four digits that prove it one's own"},
    text={"type": "string", "description": "the whole reply as plain text"},
)
_MESSAGE = _object(
    ["text"],
    text={"type": "string", "description": "what the citizen says"},
    session={**_OPTIONAL, "description": "left out at first: the server issues one"},
    choice={**_OPTIONAL, "description": "the choice of the button that was tapped"},
    aspects={**_array(_ASPECT), "description": "the aspects of the button that was tapped"},
)
_PROBLEM = _object(["detail"], detail={"type": "string", "description": "what is wrong and how to mend it"})


def _answers(description: str, schema: str) -> dict[str, Any]:
    reference = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"description": description, "content": {"application/json": reference}}


OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Trợ lý thủ tục hành chính Hà Nội", "version": "1"},
    "paths": {
        "/api/v1/messages": {
            "post": {
                "summary": "Say something and get the reply",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
                },
                "responses": {
                    "200": _answers("the reply", "Reply"),
                    "400": _answers("not JSON", "Problem"),
                    "401": _answers("a session that is not the server's own, or too old", "Problem"),
                    "413": _answers("too large", "Problem"),
                    "422": _answers("JSON of another form", "Problem"),
                    "503": _answers("the assistant cannot answer now: a reply of kind `error`", "Reply"),
                },
            }
        }
    },
    "components": {"schemas": {"Message": _MESSAGE, "Reply": _REPLY, "Problem": _PROBLEM}},
}
