"""A stand-in for Telegram's Bot API on 127.0.0.1: takes what the real one takes, refuses what it refuses, limits, loses and repeats as it does.

Messages of private chats and the bot's own share one count of ids, as they do for a real bot; a group has its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import re
import socket
import time
from collections import defaultdict, deque
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

from tests.channels.telegram.rules import (
    ACTIONS,
    LONGEST_CAPTION,
    Refused,
    check_buttons,
    check_commands,
    check_results,
    parse,
    visible_text,
)

TOKEN = "123456:stand-in"
BOT = {"id": 123456, "is_bot": True, "first_name": "Trợ lý", "username": "thu_tuc_bot"}
IN_A_SECOND, IN_A_GROUP_MINUTE = 30, 20  # messages; Telegram's Bot FAQ, "My bot is hitting limits"
IN_A_CHAT = (3, 2.9)  # messages in so many seconds: one a second, a little less for the unsteadiness of the way
RETRY_AFTER = 1  # seconds
DELETABLE_FOR = 48 * 3600.0
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
BLOCKED = "Forbidden: bot was blocked by the user"


@dataclass
class Sent:
    """A message the bot sent: its chat, its text as shown, its source, its buttons (label, callback data), the message it quotes, its id and file."""

    chat: int
    text: str
    html: str
    buttons: list[tuple[str, str]]
    quotes: int | None
    id: int = 0
    file: str | None = None
    at: float = 0.0  # time.monotonic


@dataclass
class BotApi:
    """The server. Tests read what it was sent, and speak to the bot by `text`, `tap` and `other`, which return the update as well.

    `trouble` is what befalls the next messages sent: "429", "502", "cut" (not taken, connection broken), "lost" (taken, connection broken),
    "slow" (taken, answered late), "refused" (400), "forbidden"; "" lets one pass. `befalls`, when given, says so for each.
    """

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    called: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # limits that were not held
    refused: list[str] = field(default_factory=list)  # 400s: what the bot should not have sent
    webhook: dict[str, str] = field(default_factory=dict)
    down: bool = False  # getMe fails
    trouble: list[str] = field(default_factory=list)
    befalls: Callable[[], str] = lambda: ""
    slow_for: float = 1.0  # seconds
    in_a_second: int = IN_A_SECOND
    keeps_calls: bool = True
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _next: int = 1000
    _next_in: dict[int, int] = field(default_factory=lambda: defaultdict(lambda: 10))
    _lately: deque[float] = field(default_factory=deque)
    _lately_in: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _silent_until: dict[int, float] = field(default_factory=dict)
    _queries: set[str] = field(default_factory=set)

    def calls(self, method: str) -> list[dict[str, str]]:
        """Return the parameters of each call of `method` so far."""
        return [parameters for name, parameters in self.called if name == method]

    async def until(self, true: Callable[[], bool], within: float = 8.0) -> None:
        """Wait until `true()`; raises TimeoutError after `within` seconds."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(true), within)

    async def answers(self, count: int, within: float = 8.0) -> list[Sent]:
        """Wait until `count` messages were sent and return all."""
        await self.until(lambda: len(self.sent) >= count, within)
        return self.sent

    def text(self, text: str, *, chat: int = 1, **extra: Any) -> dict[str, Any]:
        """Return an update with a text message; commands and mentions get their entities."""
        kinds = {"/": "bot_command", "@": "mention"}
        entities = [
            {"type": kinds[m[0][0]], "offset": len(text[: m.start()].encode("utf-16-le")) // 2, "length": len(m[0])}
            for m in re.finditer(r"(?<!\S)[/@][\w@]+", text)
        ]
        return self.other(chat=chat, text=text, entities=entities, **extra)

    def other(self, *, chat: int = 1, kind: str = "message", date: float | None = None, **content: Any) -> dict[str, Any]:
        """Return an update with a message of any content, as of `date` (default: now); a negative chat is a group."""
        where = {"id": chat, "type": "private", "first_name": "A"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "G"}
        number, at = self._message_id(chat), int(time.time() if date is None else date)
        message = {"message_id": number, "date": at, "chat": where, "from": {"id": 7, "is_bot": False, "first_name": "A"}, **content}
        message["a_field_of_tomorrow"] = {"unknown": True}
        self.messages[chat, number] = {"ours": False, "at": at}
        return {"update_id": self._number(), kind: message, "another": 1}

    def tap(self, sent: Sent, button: int) -> dict[str, Any]:
        """Return the update of tapping the n-th button under `sent`."""
        keyboard = [[{"text": label, "callback_data": data}] for label, data in sent.buttons]
        where = {"id": sent.chat, "type": "private" if sent.chat > 0 else "supergroup", "first_name": "A"}
        message = {"message_id": sent.id, "date": int(time.time()), "chat": where, "from": BOT, "text": sent.text}
        message["reply_markup"] = {"inline_keyboard": keyboard}
        number = self._number()
        self._queries.add(f"q{number}")
        person = {"id": 7, "is_bot": False, "first_name": "A"}
        query = {"id": f"q{number}", "from": person, "chat_instance": "c", "message": message, "data": sent.buttons[button][1]}
        return {"update_id": number, "callback_query": query}

    def inline(self, query: str) -> dict[str, Any]:
        """Return the update of typing `query` behind the bot's name in some chat."""
        number = self._number()
        self._queries.add(f"q{number}")
        person = {"id": 7, "is_bot": False, "first_name": "A"}
        return {"update_id": number, "inline_query": {"id": f"q{number}", "from": person, "query": query, "offset": ""}}

    async def offer(self, *updates: dict[str, Any]) -> None:
        """Let the bot poll `updates`."""
        async with self._changed:
            self._updates += updates
            self._changed.notify_all()

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _message_id(self, chat: int) -> int:
        if chat > 0:
            return self._number_of(0)
        return self._number_of(chat)

    def _number_of(self, count: int) -> int:
        self._next_in[count] += 1
        return self._next_in[count]

    async def serve(self, request: Request) -> Response:
        """Answer one call of the Bot API."""
        method = request.path_params["method"]
        parameters = await _parameters(request)
        if request.path_params["token"] != TOKEN:
            return _error(401, "Unauthorized")
        if self.keeps_calls:
            self.called.append((method, parameters))
        await self._notify()
        if method == "getMe" and self.down:
            return _error(502, "Bad Gateway")
        trouble = ""
        if method in ("sendMessage", "sendDocument"):
            flood = self._flood(int(parameters["chat_id"]))
            if flood:
                self.broken.append(flood)
                return _too_many()
            trouble = self.trouble.pop(0) if self.trouble else self.befalls()
        if trouble == "429":
            self._silent_until[int(parameters["chat_id"])] = time.monotonic() + RETRY_AFTER
        if trouble in _NOT_TAKEN:
            return _NOT_TAKEN[trouble]()
        try:
            result = await getattr(self, f"_{method}")(parameters)
        except Refused as refusal:
            if "not found" not in str(refusal) and "can't be" not in str(refusal) and "not modified" not in str(refusal):
                self.refused.append(str(refusal))
            return _error(400, str(refusal))
        await self._notify()
        if trouble == "slow":
            await asyncio.sleep(self.slow_for)
        return CutShort() if trouble == "lost" else JSONResponse({"ok": True, "result": result})

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _flood(self, chat: int) -> str:
        """Return which limit another message to `chat` breaks, if any, and count it."""
        now = time.monotonic()
        if now < self._silent_until.get(chat, 0):
            return f"called again before retry_after was over, {self._silent_until[chat] - now:.3f} s too early"
        most, window = IN_A_CHAT if chat > 0 else (IN_A_GROUP_MINUTE, 60.0)
        for times, most_of, seconds, name in (
            (self._lately, self.in_a_second, 1.0, "in all"), (self._lately_in[chat], most, window, "in one chat"),
        ):  # fmt: skip
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= most_of:
                return f"{len(times) + 1} messages in {seconds} s {name}"
        self._lately.append(now)
        self._lately_in[chat].append(now)
        return ""

    async def _getMe(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {**BOT, "supports_tomorrow": True}

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
        if not parameters["url"].startswith("https://"):
            raise Refused("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = parameters
        return True

    async def _deleteWebhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = {}
        return True

    async def _setMyCommands(self, parameters: dict[str, str]) -> bool:
        check_commands(parse(parameters["commands"]))
        return True

    async def _setMyDescription(self, parameters: dict[str, str]) -> bool:
        if len(parameters["description"]) > 512:
            raise Refused("Bad Request: description is too long")
        return True

    async def _setMyShortDescription(self, parameters: dict[str, str]) -> bool:
        if len(parameters["short_description"]) > 120:
            raise Refused("Bad Request: short description is too long")
        return True

    async def _setChatMenuButton(self, parameters: dict[str, str]) -> bool:
        return True

    async def _sendMessage(self, parameters: dict[str, str]) -> dict[str, Any]:
        text = visible_text(_source(parameters))
        return self._keep(parameters, text, parameters.get("text", ""))

    async def _sendDocument(self, parameters: dict[str, str]) -> dict[str, Any]:
        caption = parameters.get("caption", "")
        text = visible_text(caption, LONGEST_CAPTION) if caption else ""
        return self._keep(parameters, text, caption, parameters["document"])

    def _keep(self, parameters: dict[str, str], text: str, html: str, file: str | None = None) -> dict[str, Any]:
        rows = _rows(parameters)
        chat = int(parameters["chat_id"])
        quotes = parse(parameters.get("reply_parameters", "{}")).get("message_id")
        number = self._message_id(chat)
        buttons = [(b["text"], b["callback_data"]) for row in rows for b in row]
        self.sent.append(Sent(chat, text, html, buttons, quotes, number, file, time.monotonic()))
        self.messages[chat, number] = {"ours": True, "at": time.time(), "content": (html, buttons), "file": file is not None}
        where = {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "A"}
        return {"message_id": number, "date": int(time.time()), "chat": where, "from": BOT, "text": text}

    async def _editMessageText(self, parameters: dict[str, str]) -> dict[str, Any]:
        text = visible_text(_source(parameters))
        return self._edit(parameters, parameters["text"], text)

    async def _editMessageCaption(self, parameters: dict[str, str]) -> dict[str, Any]:
        visible_text(parameters["caption"], LONGEST_CAPTION)
        return self._edit(parameters, parameters["caption"], None)

    async def _editMessageReplyMarkup(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._edit(parameters, None, None)

    def _edit(self, parameters: dict[str, str], html: str | None, text: str | None) -> dict[str, Any]:
        chat, number = int(parameters["chat_id"]), int(parameters["message_id"])
        found = self.messages.get((chat, number))
        if found is None:
            raise Refused("Bad Request: message to edit not found")
        if not found["ours"]:
            raise Refused("Bad Request: message can't be edited")
        if html is not None and found["file"] != (text is None):
            raise Refused("Bad Request: there is no text in the message to edit")
        buttons = [(b["text"], b["callback_data"]) for row in _rows(parameters) for b in row]
        content = (found["content"][0] if html is None else html, buttons)
        if content == found["content"]:
            raise Refused(NOT_MODIFIED)
        found["content"] = content
        for sent in self.sent:
            if (sent.chat, sent.id) == (chat, number):
                sent.buttons, sent.html, sent.text = buttons, content[0], sent.text if text is None else text
        where = {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "A"}
        return {"message_id": number, "date": int(time.time()), "chat": where, "from": BOT, "text": text or ""}

    async def _deleteMessage(self, parameters: dict[str, str]) -> bool:
        place = int(parameters["chat_id"]), int(parameters["message_id"])
        if place not in self.messages:
            raise Refused("Bad Request: message to delete not found")
        if time.time() - self.messages[place]["at"] > DELETABLE_FOR:
            raise Refused("Bad Request: message can't be deleted for everyone")
        del self.messages[place]
        return True

    async def _sendChatAction(self, parameters: dict[str, str]) -> bool:
        if parameters.get("action") not in ACTIONS:
            raise Refused("Bad Request: wrong parameter action in request")
        return True

    async def _answerCallbackQuery(self, parameters: dict[str, str]) -> bool:
        self._ask_once(parameters["callback_query_id"])
        return True

    async def _answerInlineQuery(self, parameters: dict[str, str]) -> bool:
        check_results(parse(parameters["results"]))
        self._ask_once(parameters["inline_query_id"])
        return True

    def _ask_once(self, query: str) -> None:
        if query not in self._queries:
            raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries.discard(query)


class CutShort(Response):
    """A response that breaks off: it promises more than it sends, so that uvicorn closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the beginning only."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _too_many() -> Response:
    return _error(429, f"Too Many Requests: retry after {RETRY_AFTER}", retry_after=RETRY_AFTER)


_NOT_TAKEN: dict[str, Callable[[], Response]] = {
    "429": _too_many,
    "502": lambda: _error(502, "Bad Gateway"),
    "forbidden": lambda: _error(403, BLOCKED),
    "refused": lambda: _error(400, "Bad Request: have no rights to send a message"),
    "cut": CutShort,
}


async def _parameters(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("multipart/"):
        whole = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n" + await request.body()
        parts = email.message_from_bytes(whole, policy=email.policy.HTTP).iter_parts()
        return {str(p.get_param("name", header="content-disposition")): bytes(p.get_payload(decode=True) or b"").decode() for p in parts}
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _source(parameters: dict[str, str]) -> str:
    text = parameters.get("text", "")
    if parameters.get("parse_mode") == "HTML":
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _rows(parameters: dict[str, str]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = parse(parameters.get("reply_markup", "{}")).get("inline_keyboard", [])
    check_buttons(rows)
    return rows


def _error(code: int, description: str, **parameters: int) -> Response:
    return JSONResponse({"ok": False, "error_code": code, "description": description, "parameters": parameters}, code)


@contextlib.asynccontextmanager
async def served(application: Starlette) -> AsyncIterator[str]:
    """Serve `application` on a free port of 127.0.0.1; yield its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1, lifespan="off", ws="none"))
        serving = asyncio.create_task(server._serve([listening]))  # `serve` would take over the signals of the test run
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[BotApi]:
    """Serve a stand-in on a free port."""
    api = BotApi()
    async with served(Starlette(routes=[Route("/bot{token}/{method}", api.serve, methods=["GET", "POST"])])) as api.url:
        yield api
