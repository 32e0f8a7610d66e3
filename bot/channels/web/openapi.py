"""The OpenAPI document of the web API: what every request may hold and every answer does."""

from __future__ import annotations

from typing import Any, get_args

from bot.answers.reply import BlockType, Kind
from bot.channels.web.reading import LANGUAGES, LONGEST_COMMENT, THUMBS
from bot.knowledge.model import ASPECTS


def _array(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _object(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_STRING: dict[str, Any] = {"type": "string"}
_OPTIONAL: dict[str, Any] = {"type": ["string", "null"]}
_ASPECT: dict[str, Any] = {"type": "string", "enum": list(ASPECTS)}
_ITEM = _object(["text", "count", "note", "address"], text=_STRING, count=_OPTIONAL, note=_OPTIONAL, address=_OPTIONAL)
_BLOCK = _object(
    ["type", "text", "items", "aspect"],
    type={"type": "string", "enum": list(get_args(BlockType))},
    text=_STRING,
    items=_array(_ITEM),
    aspect={"type": ["string", "null"], "enum": [*ASPECTS, None]},
)
_BUTTON = _object(["text", "choice", "aspects"], text=_STRING, choice=_OPTIONAL, aspects=_array(_ASPECT))
_SEQ = {"type": "integer", "minimum": 1, "description": "the place of the reply in its session"}
_WHAT_IS_SAID: dict[str, Any] = dict(
    kind={"type": "string", "enum": list(get_args(Kind))},
    codes={**_array(_STRING), "description": "procedure codes, best first"},
    scores=_array({"type": "number"}),
    aspects={**_array(_ASPECT), "description": "what is told of the first procedure: what was asked, and all that an overview tells"},
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
_REPLY = _object(
    ["session", "id", *_WHAT_IS_SAID],
    session={"type": "string", "description": "send it with the next message of the conversation"},
    id={"type": "string", "description": "the id of the message, the client's own or one given to it"},
    seq=_SEQ,  # an error has none
    **_WHAT_IS_SAID,
)
_MESSAGE = _object(
    ["text"],
    text={"type": "string", "description": "what the citizen says"},
    id={**_OPTIONAL, "description": "the client's own name of the message, 1 to 64 of A-Z a-z 0-9 _ -: sent again, it is answered once"},
    session={**_OPTIONAL, "description": "the session, where it does not stand in the header; left out at first: the server issues one"},
    choice={**_OPTIONAL, "description": "the choice of the button that was tapped"},
    aspects={**_array(_ASPECT), "description": "the aspects of the button that was tapped"},
)
_BEGIN = _object(
    [],
    unit={**_OPTIONAL, "description": "the ward or commune whose site it is, such as phuong-cau-giay"},
    language={"type": ["string", "null"], "enum": list(LANGUAGES)},
)
_SESSION = _object(
    ["session", "expires", "unit", "contact", "greeting"],
    session={
        "type": "string",
        "description": "bound to the origin of the page that asked for it; sent in the header Authorization: Bearer",
    },
    expires={"type": "string", "format": "date-time"},
    unit={"anyOf": [_object(["key", "name"], key=_STRING, name=_STRING), {"type": "null"}]},
    contact=_object(["hotlines", "hours"], hotlines=_array(_STRING), hours=_STRING),
    greeting=_STRING,
)
_TURN = _object(
    ["seq", "id", "said", "reply"],
    seq=_SEQ,
    id=_OPTIONAL,
    said={**_OPTIONAL, "description": "what was said, personal numbers left out; null for what came unasked"},
    reply=_object([*_WHAT_IS_SAID], **_WHAT_IS_SAID),
)
_FEEDBACK = _object(
    ["seq", "thumb"],
    seq=_SEQ,
    thumb={"type": "string", "enum": list(THUMBS)},
    comment={"type": ["string", "null"], "maxLength": LONGEST_COMMENT},
)
_PROBLEM = _object(["detail"], detail={"type": "string", "description": "what is wrong and how to mend it"})
_SCHEMAS = {
    "Message": _MESSAGE, "Reply": _REPLY, "Problem": _PROBLEM, "Begin": _BEGIN, "Session": _SESSION, "Turn": _TURN,
    "Turns": _object(["messages"], messages=_array({"$ref": "#/components/schemas/Turn"})), "Feedback": _FEEDBACK,
}  # fmt: skip


def _answers(description: str, schema: str) -> dict[str, Any]:
    reference = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"description": description, "content": {"application/json": reference}}


def _body(schema: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


_NO_SESSION = {"401": _answers("no session, or one that is not the server's own, too old, deleted or another site's", "Problem")}
_NOT_HERE = {"403": _answers("a page of a site that is not allowed", "Problem")}
_UNREAD = {
    "400": _answers("not JSON", "Problem"), "413": _answers("too large", "Problem"), "422": _answers("of another form: see the detail", "Problem"),
}  # fmt: skip
_TOO_MANY = {
    "429": {**_answers("too many; Retry-After says when to go on", "Problem"), "headers": {"Retry-After": {"schema": {"type": "integer"}}}}
}
_DOWN = {"503": _answers("the assistant cannot answer now: a reply of kind `error`", "Reply")}
_HELD: dict[str, Any] = {"security": [{"session": []}]}
_AFTER = {
    "name": "after", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    "description": "the seq after which to tell, 0 for all that is kept",
}  # fmt: skip
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Trợ lý thủ tục hành chính Hà Nội", "version": "1"},
    "paths": {
        "/api/v1/sessions": {
            "post": {
                "summary": "Begin a session",
                "requestBody": _body("Begin"),
                "responses": {"201": _answers("the session", "Session"), **_NOT_HERE, **_UNREAD, **_TOO_MANY},
            }
        },
        "/api/v1/session": {
            "delete": {
                "summary": "Delete all that is held of the session",
                **_HELD,
                "responses": {"204": {"description": "gone"}, **_NO_SESSION, **_NOT_HERE, "503": _answers("not now", "Problem")},
            }
        },
        "/api/v1/messages": {
            "post": {
                "summary": "Say something and get the reply",
                "security": [{"session": []}, {}],
                "requestBody": _body("Message"),
                "responses": {"200": _answers("the reply", "Reply"), **_UNREAD, **_NO_SESSION, **_NOT_HERE, **_TOO_MANY, **_DOWN},
            },
            "get": {
                "summary": "What was said and replied since",
                **_HELD,
                "parameters": [_AFTER],
                "responses": {"200": _answers("the turns, oldest first", "Turns"), "422": _UNREAD["422"], **_NO_SESSION, **_NOT_HERE, **_DOWN},
            },
        },
        "/api/v1/events": {
            "get": {
                "summary": "What comes unasked, as server-sent events `message`, each a Turn; a comment every 15 seconds",
                **_HELD,
                "parameters": [_AFTER],
                "responses": {
                    "200": {"description": "a stream", "content": {"text/event-stream": {"schema": _STRING}}},
                    "422": _UNREAD["422"], **_NO_SESSION, **_NOT_HERE, **_DOWN,
                },
            }
        },
        "/api/v1/feedback": {
            "post": {
                "summary": "What a citizen thinks of a reply; the last word counts",
                **_HELD,
                "requestBody": _body("Feedback"),
                "responses": {"204": {"description": "noted"}, **_UNREAD, **_NO_SESSION, **_NOT_HERE, **_DOWN},
            }
        },
    },
    "components": {"schemas": _SCHEMAS, "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}}},
}  # fmt: skip
