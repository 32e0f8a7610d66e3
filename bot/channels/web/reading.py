"""Reading requests: their bodies, bounded, and what each must hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from bot.channels.web.problems import BadRequest
from bot.knowledge.model import ASPECTS
from bot.understanding.codes import is_procedure_code

LARGEST_BODY = 16 * 1024  # bytes
MOST_READ = 4 * 1024 * 1024  # bytes of a body too large that are read and dropped: whoever is still sending would not hear the refusal
LONGEST_COMMENT = 500  # characters
THUMBS = ("up", "down")
LANGUAGES = ("vi", "en", None)  # None: whichever the page is in
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Asked:
    """A message as a web client sends it."""

    text: str
    session: str | None
    id: str | None
    choice: str | None
    aspects: tuple[str, ...]


@dataclass(frozen=True)
class Feedback:
    """What a citizen thinks of the reply `seq`."""

    seq: int
    thumb: str
    comment: str


async def read_bytes(request: Request) -> bytes:
    """Return the body of `request`; raises BadRequest when it is too large."""
    too_large = BadRequest(413, f"body: larger than {LARGEST_BODY} bytes")
    promised = request.headers.get("content-length", "0")
    if len(promised) > len(str(MOST_READ)) or int(promised) > MOST_READ:  # the server has seen to it that these are digits
        raise too_large
    body, length = b"", 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > MOST_READ:
            raise too_large
        if length <= LARGEST_BODY:
            body += chunk
    if length > LARGEST_BODY:
        raise too_large
    return body


async def read_body(request: Request) -> dict[str, Any]:
    """Return the object in `request`; raises BadRequest when it is too large or none."""
    try:
        plain = json.loads(await read_bytes(request))
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "body: not JSON") from error
    if not isinstance(plain, dict):
        raise BadRequest(422, "body: must be an object")
    if any(isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value) for value in plain.values()):
        raise BadRequest(422, "body: holds half a character (a lone surrogate)")
    return plain


async def read_message(request: Request) -> Asked:
    """Return the message in `request`; raises BadRequest telling what is wrong with it."""
    plain = await read_body(request)
    if not isinstance(plain.get("text"), str):
        raise BadRequest(422, 'body: must be an object with a string "text"')
    for name in ("session", "choice", "id"):
        if not isinstance(plain.get(name, ""), str | None):
            raise BadRequest(422, f"{name}: must be a string")
    if plain.get("id") and not _ID.fullmatch(plain["id"]):
        raise BadRequest(422, "id: must be 1 to 64 letters, digits, - and _")
    if plain.get("choice") and not is_procedure_code(plain["choice"]):
        raise BadRequest(422, "choice: must be the choice of a button")
    aspects = plain.get("aspects", [])
    if not isinstance(aspects, list) or not all(a in ASPECTS for a in aspects):
        raise BadRequest(422, f"aspects: must be a list of {', '.join(ASPECTS)}")
    return Asked(plain["text"], plain.get("session"), plain.get("id"), plain.get("choice"), tuple(dict.fromkeys(aspects)))


async def read_feedback(request: Request) -> Feedback:
    """Return the feedback in `request`; raises BadRequest telling what is wrong with it."""
    plain = await read_body(request)
    seq, thumb, comment = plain.get("seq"), plain.get("thumb"), plain.get("comment")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**31:
        raise BadRequest(422, "seq: must be the seq of a reply")
    if thumb not in THUMBS:
        raise BadRequest(422, f"thumb: must be one of {', '.join(THUMBS)}")
    if comment is None:
        comment = ""
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT:
        raise BadRequest(422, f"comment: must be a string of at most {LONGEST_COMMENT} characters")
    return Feedback(seq, thumb, comment)


def read_after(request: Request) -> int:
    """Return the seq after which a client wants to hear; raises BadRequest."""
    text = request.query_params.get("after") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest(422, "after: must be the seq of a reply, 0 for all")
    return int(text)


def bearer(request: Request) -> str | None:
    """Return the session in the Authorization header of `request`, None when it has none."""
    scheme, _, session = request.headers.get("authorization", "").partition(" ")
    return session.strip() or None if scheme.lower() == "bearer" else None
