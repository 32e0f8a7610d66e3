"""A stand-in for Telegram's Bot API on 127.0.0.1: takes what the real one takes, refuses what it refuses, in its own words.

`visible_text` and `check_buttons` are its rules, usable without a server; `BotApi` serves them over HTTP in the loop of the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import socket
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TOKEN = "123456:stand-in"
BOT = {"id": 123456, "is_bot": True, "first_name": "Trợ lý", "username": "thu_tuc_bot"}
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "tg-spoiler", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # the only named entities Telegram knows

_TAG = re.compile(r'<(/?)([a-zA-Z-]*)((?:\s+[a-z]+="[^"<>]*")*)\s*>')
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));")


class Refused(Exception):
    """A request the Bot API answers with 400 and this description."""


def visible_text(source: str) -> str:
    """Return the text of Telegram HTML as it is shown; raises Refused as sendMessage would."""
    text, entities = "", 0
    opened: list[str] = []
    at = 0
    while at < len(source):
        if source[at] != "<":
            end = source.find("<", at)
            end = len(source) if end < 0 else end
            text += _ENTITY.sub(_character, source[at:end])
            at = end
            continue
        tag = _TAG.match(source, at)
        byte = len(source[:at].encode())
        if not tag or tag[2] not in TAGS:
            raise Refused(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag[2] if tag else ""}" at byte offset {byte}')
        if not tag[1]:
            opened.append(tag[2])
            entities += 1
        elif not opened or opened.pop() != tag[2]:
            raise Refused(f"Bad Request: can't parse entities: Unexpected end tag at byte offset {byte}")
        at = tag.end()
    if opened:
        raise Refused(f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1]}\"")
    if all(unicodedata.category(c)[0] == "Z" or unicodedata.category(c) in ("Cc", "Cf") for c in text):
        raise Refused("Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Refused("Bad Request: message is too long")
    assert entities <= 100, "Telegram would silently ignore the rest"
    return text


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED.get(name, found[0])
    return chr(int(decimal or hexadecimal, 10 if decimal else 16))


def check_buttons(rows: list[list[dict[str, Any]]]) -> None:
    """Check an inline keyboard; raises Refused as sendMessage would."""
    if sum(map(len, rows)) > 100:
        raise Refused("Bad Request: REPLY_MARKUP_TOO_LONG")
    for button in (b for row in rows for b in row):
        if not button["text"].strip():
            raise Refused("Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")


@dataclass
class Sent:
    """A message the bot sent: its chat, its text as shown, its source, its buttons and the message it quotes."""

    chat: int
    text: str
    html: str
    buttons: list[tuple[str, str]]
    quotes: int | None


@dataclass
class BotApi:
    """The server. Tests read what it was sent, and speak to the bot by `text`, `tap` and `other`, which return the update as well."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    called: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    webhook: dict[str, str] = field(default_factory=dict)
    down: bool = False  # getMe fails
    trouble: list[str] = field(default_factory=list)  # what befalls the next sendMessages: "429", "cut", "forbidden"
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _next: int = 1000

    def calls(self, method: str) -> list[dict[str, str]]:
        """Return the parameters of each call of `method` so far."""
        return [parameters for name, parameters in self.called if name == method]

    async def until(self, true: Callable[[], bool], within: float = 8.0) -> None:
        """Wait until `true()`; raises TimeoutError after `within` seconds."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(true), within)

    async def answers(self, count: int) -> list[Sent]:
        """Wait until `count` messages were sent and return all."""
        await self.until(lambda: len(self.sent) >= count)
        return self.sent

    def text(self, text: str, *, chat: int = 1, **extra: Any) -> dict[str, Any]:
        """Return an update with a text message; commands and mentions get their entities."""
        kinds = {"/": "bot_command", "@": "mention"}
        entities = [
            {"type": kinds[m[0][0]], "offset": len(text[: m.start()].encode("utf-16-le")) // 2, "length": len(m[0])}
            for m in re.finditer(r"(?<!\S)[/@][\w@]+", text)
        ]
        return self.other(chat=chat, text=text, entities=entities, **extra)

    def other(self, *, chat: int = 1, kind: str = "message", **content: Any) -> dict[str, Any]:
        """Return an update with a message of any content; a negative chat is a group."""
        number = self._number()
        where = {"id": chat, "type": "private", "first_name": "A"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "G"}
        message = {"message_id": number, "date": 1, "chat": where, "from": {"id": 7, "is_bot": False, "first_name": "A"}, **content}
        return {"update_id": number, kind: message}

    def tap(self, sent: Sent, button: int) -> dict[str, Any]:
        """Return the update of tapping the n-th button under `sent`."""
        keyboard = [[{"text": label, "callback_data": data}] for label, data in sent.buttons]
        message = self.other(chat=sent.chat, text=sent.text, reply_markup={"inline_keyboard": keyboard})["message"]
        query = {"id": "q", "from": message["from"], "chat_instance": "c", "message": message, "data": sent.buttons[button][1]}
        return {"update_id": self._number(), "callback_query": query}

    async def offer(self, *updates: dict[str, Any]) -> None:
        """Let the bot poll `updates`."""
        async with self._changed:
            self._updates += updates
            self._changed.notify_all()

    def _number(self) -> int:
        self._next += 1
        return self._next

    async def serve(self, request: Request) -> Response:
        """Answer one call of the Bot API."""
        method = request.path_params["method"]
        parameters = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if request.path_params["token"] != TOKEN:
            return _error(401, "Unauthorized")
        async with self._changed:
            self.called.append((method, parameters))
            self._changed.notify_all()
        if method == "getMe" and self.down:
            return _error(502, "Bad Gateway")
        if method == "sendMessage" and self.trouble:
            return self._befall(self.trouble.pop(0))
        try:
            result = await getattr(self, f"_{method}")(parameters)
        except Refused as refusal:
            return _error(400, str(refusal))
        async with self._changed:
            self._changed.notify_all()
        return JSONResponse({"ok": True, "result": result})

    def _befall(self, trouble: str) -> Response:
        if trouble == "429":
            return _error(429, "Too Many Requests: retry after 1", retry_after=1)
        if trouble == "forbidden":
            return _error(403, "Forbidden: bot was blocked by the user")
        return CutShort()

    async def _getMe(self, parameters: dict[str, str]) -> dict[str, Any]:
        return BOT

    async def _getUpdates(self, parameters: dict[str, str]) -> list[dict[str, Any]]:
        offset = int(parameters.get("offset", 0))
        async with self._changed:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(lambda: self._updates), float(parameters.get("timeout", 0)) or 0.01)
            return list(self._updates)

    async def _setWebhook(self, parameters: dict[str, str]) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", parameters.get("secret_token", "")):
            raise Refused("Bad Request: secret token contains unallowed characters")
        self.webhook = parameters
        return True

    async def _deleteWebhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = {}
        return True

    async def _setMyCommands(self, parameters: dict[str, str]) -> bool:
        if not all(re.fullmatch(r"[a-z0-9_]{1,32}", c["command"]) for c in json.loads(parameters["commands"])):
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        return True

    async def _sendMessage(self, parameters: dict[str, str]) -> dict[str, Any]:
        source = parameters.get("text", "")
        text = visible_text(source if parameters.get("parse_mode") == "HTML" else html.escape(source))
        rows = json.loads(parameters.get("reply_markup", "{}")).get("inline_keyboard", [])
        check_buttons(rows)
        quotes = json.loads(parameters.get("reply_parameters", "{}")).get("message_id")
        chat = int(parameters["chat_id"])
        self.sent.append(Sent(chat, text, source, [(b["text"], b["callback_data"]) for row in rows for b in row], quotes))
        message: dict[str, Any] = self.other(chat=chat, text=text)["message"]
        return message

    async def _sendChatAction(self, parameters: dict[str, str]) -> bool:
        return True

    async def _answerCallbackQuery(self, parameters: dict[str, str]) -> bool:
        return True

    async def _editMessageReplyMarkup(self, parameters: dict[str, str]) -> bool:
        check_buttons(json.loads(parameters.get("reply_markup", "{}")).get("inline_keyboard", []))
        return True


class CutShort(Response):
    """A response that breaks off: it promises more than it sends, so that uvicorn closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the beginning only."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _error(code: int, description: str, **parameters: int) -> Response:
    return JSONResponse({"ok": False, "error_code": code, "description": description, "parameters": parameters}, code)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[BotApi]:
    """Serve a stand-in on a free port."""
    api = BotApi()
    application = Starlette(routes=[Route("/bot{token}/{method}", api.serve, methods=["GET", "POST"])])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        api.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1, lifespan="off", ws="none"))
        serving = asyncio.create_task(server._serve([listening]))  # `serve` would take over the signals of the test run
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        try:
            yield api
        finally:
            server.should_exit = True
            await serving
