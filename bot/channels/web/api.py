"""The web API: sessions, messages answered once, what came while a page was away, feedback, deletion. `openapi.py` describes it."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.answers.compose import offered_again, small_talk
from bot.answers.reply import Reply
from bot.channels.assistant import QUESTION, Conversations, Unanswered
from bot.channels.own_data import OwnData, deleted
from bot.channels.plain import to_text
from bot.channels.web.openapi import OPENAPI
from bot.channels.web.origins import Origins
from bot.channels.web.pace import Pace
from bot.channels.web.problems import BadRequest
from bot.channels.web.reading import LANGUAGES, Asked, bearer, read_after, read_body, read_feedback, read_message
from bot.channels.web.sessions import SENDER, Session, Sessions, expiry
from bot.channels.web.store import LEASE, Message, WebStore
from bot.knowledge.model import Contact, Knowledge, Unit
from bot.questions.question import new_id
from bot.questions.recorder import Recorder
from bot.questions.store import Thumb
from bot.text import fold, normalise, syllables

NOT_MY_QUESTION = "khong dung cau toi hoi"  # what the widget's button says in the citizen's name
OTHERS_OFFERED = 4
LOOKED_EVERY = 0.2  # seconds, while another request with the same id is being answered
HEARTBEAT = 15.0  # seconds between the signs of life of a stream
EVENTS_EVERY = 2.0  # seconds between looks for what came unasked
TIDIED_EVERY = 3600.0  # seconds
_KINDS = ("", "phuong-", "xa-")  # before the key of a unit that a site names without its kind
log = logging.getLogger(__name__)

MOST_AT_ONCE = 64  # messages being answered; more would wait for seconds, and everybody behind them


class Web:
    """The web's side of the assistant.

    `masked` returns a text as it may be kept; `forgetters` delete all that is held of a conversation elsewhere; `notice` is what everybody is told
    while answering is off; `rendering` is entered around the rendering of a reply.
    """

    def __init__(
        self, conversations: Conversations, sessions: Sessions, origins: Origins, store: WebStore, pace: Pace, knowledge: Callable[[], Knowledge],
        masked: Callable[[str], str], own_data: OwnData, forgetters: tuple[Callable[[str], Awaitable[None]], ...] = (),
        recorder: Recorder | None = None, *,
        notice: Callable[[Contact], Reply | None] = lambda _: None, rendering: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:  # fmt: skip
        self._conversations = conversations
        self._sessions = sessions
        self._origins = origins
        self._store = store
        self._pace = pace
        self._knowledge = knowledge
        self._masked = masked
        self._own_data = own_data
        self._forgetters = forgetters
        self._notice = notice
        self._rendering = rendering
        self._recorder = recorder
        self._tidying: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._under_way = 0  # messages being answered

    async def start(self) -> None:
        """Begin deleting what is too old, now and every hour."""
        self._stopping.clear()
        self._tidying = asyncio.create_task(self._tidy())

    def end_streams(self) -> None:
        """Let the streams end, which would go on for as long as somebody looks at a page: a gateway that is told to stop waits for them."""
        self._stopping.set()

    async def stop(self) -> None:
        """End streams and the deleting; close the store."""
        self.end_streams()
        if self._tidying:
            self._tidying.cancel()
        await self._store.close()

    def routes(self) -> list[Route]:
        """Return the API's routes."""
        return [
            Route("/api/v1/sessions", self._answering(self._begin), methods=["POST"]),
            Route("/api/v1/session", self._answering(self._forget), methods=["DELETE"]),
            Route("/api/v1/messages", self._answering(self._say), methods=["POST"]),
            Route("/api/v1/messages", self._answering(self._after), methods=["GET"]),
            Route("/api/v1/events", self._answering(self._events), methods=["GET"]),
            Route("/api/v1/feedback", self._answering(self._feedback), methods=["POST"]),
            Route("/api/v1/openapi.json", _openapi, methods=["GET"]),
        ]

    async def deliver(self, sender: str, reply: Reply, key: str) -> Literal["delivered", "failed"]:
        """Leave `reply`, which nobody asked for, in the session of `sender`, once for each `key`: it is seen at once, or at the next visit."""
        try:
            await self._store.tell(sender, key, _plain(reply))
        except SQLAlchemyError as error:
            log.error("web: a notice was not kept: %s", type(error).__name__)
            return "failed"
        return "delivered"

    async def say(self, session: Session, asked: Asked, address: str | None) -> tuple[dict[str, Any], int]:
        """Return the reply to `asked`, its place in the session included, and the HTTP status: an id is answered once, said as often as it may be."""
        await self._pace.check(session.sender, address)
        ident = asked.id or secrets.token_urlsafe(9)
        contact = self._knowledge().contact
        if self._notice(contact):  # said without the store, which may be what is broken; asked again later, it is answered
            return {**_plain(await self._conversations.reply(session.sender, asked.text, {}, contact, address=address)), "id": ident}, 200
        message = await self._store.begin(session.sender, ident, self._masked(asked.text))
        waited = 0.0
        while message.reply is None and not message.mine:
            if waited > LEASE:
                return self.trouble(), 503
            await asyncio.sleep(LOOKED_EVERY)
            waited += LOOKED_EVERY
            message = await self._store.begin(session.sender, ident, self._masked(asked.text))
        if message.reply is not None:
            return {**message.reply, "seq": message.seq, "id": ident}, 200
        if self._under_way >= MOST_AT_ONCE:  # told at once, so that those who are being answered do not wait longer
            await self._store.unanswered(session.sender, message.seq)
            return {**_plain(small_talk("busy", contact)), "id": ident}, 503
        self._under_way += 1
        try:
            return await self._answer(session, asked, message, address)
        finally:
            self._under_way -= 1

    def trouble(self) -> dict[str, Any]:
        """Return what is said where the store cannot be used: the notice while answering is off, else that something is wrong."""
        contact = self._knowledge().contact
        return _plain(self._notice(contact) or small_talk("error", contact))

    async def _answer(self, session: Session, asked: Asked, message: Message, address: str | None) -> tuple[dict[str, Any], int]:
        question = new_id()
        metadata = {"choice": asked.choice, "aspects": list(asked.aspects), "unit_else": session.unit, QUESTION: question}
        contact = self._knowledge().contact
        own = await self._own_data.heard(session.sender, asked.text)
        if own == "delete":
            own = deleted(await self._forget_all(session.sender))
        try:
            reply = own or await self._others(session, asked)
            if reply:
                question = ""
            else:
                reply = await self._conversations.reply(session.sender, asked.text, metadata, contact, address=address)
        except Unanswered:
            await self._store.unanswered(session.sender, message.seq)
            return {**_plain(small_talk("error", contact)), "id": message.id}, 503
        with self._rendering():
            plain = _plain(reply)
        await self._store.answered(session.sender, message.seq, plain, question)
        return {**plain, "seq": message.seq, "id": message.id}, 200

    async def _others(self, session: Session, asked: Asked) -> Reply | None:
        """Return the other procedures the last question may have meant, when the citizen says that the answer was to another."""
        if " ".join(syllables(fold(normalise(asked.text)))) != NOT_MY_QUESTION:
            return None
        said = await self._store.after(session.sender, 0)
        last = next((m.reply for m in reversed(said) if m.reply and m.reply["codes"]), None)
        others = (last["codes"][1:] if last and last["kind"] == "answer" else [])[:OTHERS_OFFERED]
        return offered_again(others, self._knowledge()) if others else None

    # --- Requests

    def _answering(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Return `answer` with what it raises told as its status and what to mend."""

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except BadRequest as error:
                after = {"Retry-After": str(error.retry_after)} if error.retry_after else None
                return JSONResponse({"detail": error.detail}, error.status, after)
            except SQLAlchemyError as error:
                log.error("web: the store cannot be used: %s", type(error).__name__)
                return JSONResponse(self.trouble(), 503)

        return answered

    async def session_of(self, request: Request, given: str | None = None) -> tuple[str, Session] | None:
        """Return the session `request` carries (or is `given` elsewhere), None when it carries none; raises BadRequest."""
        origin = self._origins.check(request.headers.get("origin"), request.headers.get("host", ""))
        text = bearer(request) or given
        if not text:
            return None
        session = self._sessions.read(text, origin)
        if await self._store.is_gone(session.sender):
            raise BadRequest(401, "session: was deleted; leave it out to be given a new one")
        return text, session

    async def _held(self, request: Request) -> Session:
        found = await self.session_of(request)
        if found is None:
            raise BadRequest(401, "session: needed, in the header Authorization: Bearer …")
        return found[1]

    def begin(self, request: Request, unit: str | None = None) -> tuple[str, Session]:
        """Return a new session for the page that `request` comes from; raises BadRequest."""
        origin = self._origins.check(request.headers.get("origin"), request.headers.get("host", ""), unit)
        text = self._sessions.issue(origin, unit)
        return text, self._sessions.read(text, origin)

    async def _begin(self, request: Request) -> Response:
        plain = await read_body(request)
        named = plain.get("unit")
        if named is not None and not isinstance(named, str):
            raise BadRequest(422, "unit: must be a string")
        if plain.get("language") not in LANGUAGES:
            raise BadRequest(422, "language: must be vi or en")
        knowledge = self._knowledge()
        unit = unit_named(named, knowledge) if named else None
        await self._pace.check(None, _address(request))
        text, _ = self.begin(request, unit.key if unit else None)
        contact = {"hotlines": list(knowledge.contact.hotlines), "hours": ""}
        told = {"key": unit.key, "name": unit.name} if unit else None
        return JSONResponse({"session": text, "expires": expiry(), "unit": told, "contact": contact, "greeting": ""}, 201)

    async def _say(self, request: Request) -> Response:
        asked = await read_message(request)
        text, session = await self.session_of(request, asked.session) or self.begin(request)
        reply, status = await self.say(session, asked, _address(request))
        return JSONResponse({"session": text, **reply}, status)

    async def _after(self, request: Request) -> Response:
        session, after = await self._held(request), read_after(request)
        return JSONResponse({"messages": [_told(m) for m in await self._store.after(session.sender, after)]})

    async def _events(self, request: Request) -> Response:
        session, after = await self._held(request), read_after(request)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(session, after), media_type="text/event-stream", headers=headers)

    async def _stream(self, session: Session, after: int) -> AsyncIterator[str]:
        yield ": here\n\n"
        silent = 0.0
        while not self._stopping.is_set():
            for message in await self._store.after(session.sender, after, unasked=True):
                after, silent = message.seq, 0.0
                yield f"event: message\ndata: {json.dumps(_told(message), ensure_ascii=False)}\n\n"
            await asyncio.sleep(EVENTS_EVERY)
            silent += EVENTS_EVERY
            if silent >= HEARTBEAT:
                silent = 0.0
                yield ": here\n\n"

    async def _feedback(self, request: Request) -> Response:
        session, feedback = await self._held(request), await read_feedback(request)
        comment = self._masked(feedback.comment)
        if not await self._store.note_feedback(session.sender, feedback.seq, feedback.thumb, comment):
            raise BadRequest(422, "seq: no reply of this session")
        if self._recorder:
            for question in await self._store.questions(session.sender, feedback.seq):
                self._recorder.thumb(Thumb(question, feedback.thumb, comment))
        return Response(status_code=204)

    async def _forget(self, request: Request) -> Response:
        session = await self._held(request)
        if not await self._forget_all(session.sender):
            return JSONResponse({"detail": "not all could be deleted now; try again"}, 503)
        return Response(status_code=204)

    async def _forget_all(self, sender: str) -> bool:
        """Delete everything of the session of `sender`, its questions too; tells whether all is gone: else the session stays, to be deleted again."""
        try:
            if self._recorder:
                await self._recorder.forget(await self._store.questions(sender))
            for forget in self._forgetters:
                await forget(sender)
            await self._store.forget(sender)
        except Exception as error:  # whatever fails, the citizen is not told that all is gone
            log.error("web: not all was forgotten: %s", type(error).__name__)
            return False
        return True

    async def _tidy(self) -> None:
        while True:
            try:
                await self._store.tidy()
            except SQLAlchemyError as error:
                log.error("web: not tidied: %s", type(error).__name__)
            await asyncio.sleep(TIDIED_EVERY)


def unit_named(name: str, knowledge: Knowledge) -> Unit:
    """Return the unit a site names ("phuong-cau-giay", "cau_giay"); raises BadRequest when there is none or more than one."""
    key = name.strip().lower().replace("_", "-")
    found = [knowledge.units[kind + key] for kind in _KINDS if kind + key in knowledge.units]
    if len(found) != 1:
        raise BadRequest(422, "unit: not one of the city's; write its key, such as phuong-cau-giay")
    return found[0]


async def _openapi(request: Request) -> Response:
    return JSONResponse(OPENAPI)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _plain(reply: Reply) -> dict[str, Any]:
    """Return `reply` as the API's answer: its own fields, and the whole as plain text."""
    return {**reply.to_plain(), "text": to_text(reply)}


def _told(message: Message) -> Mapping[str, Any]:
    return {"seq": message.seq, "id": message.id if message.said is not None else None, "said": message.said, "reply": message.reply}


__all__ = ["SENDER", "Web"]
