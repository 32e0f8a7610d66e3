"""The pages: the assistant's own, the widget's file, the one for webmasters, a ward's site to look at, and `/hoi`, which needs no JavaScript.

Everything shown is escaped; nothing that a citizen or the server says is ever HTML.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.answers import wording as say
from bot.channels.web.api import Web, unit_named
from bot.channels.web.problems import BadRequest
from bot.channels.web.reading import Asked, read_bytes
from bot.knowledge.model import Knowledge
from bot.understanding.codes import is_procedure_code

log = logging.getLogger(__name__)
PAGE = Path(__file__).parents[1] / "page"
WIDGET = Path(__file__).parents[2] / "widget" / "dist" / "widget.js"
MOST_FIELDS = 20  # of the form of /hoi


def routes(web: Web, knowledge: Callable[[], Knowledge]) -> list[Route | Mount]:
    """Return the routes of the pages."""

    async def index(request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def widget(request: Request) -> Response:
        # Any page may load it (its integrity is checked under CORS only); who may speak with the assistant is another question.
        return FileResponse(
            WIDGET, media_type="text/javascript", headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=300"}
        )

    async def sample(request: Request) -> Response:
        return HTMLResponse(_document(say.WEB_SAMPLE_TITLE, _SAMPLE.format(**_said(), unit="phuong-cau-giay")))

    async def webmasters(request: Request) -> Response:
        unit = request.query_params.get("don_vi", "")[:100]
        try:
            key, wrong = (unit_named(unit, knowledge()).key if unit else ""), ""
        except BadRequest:
            key, wrong = "", say.WEB_NO_SUCH_UNIT
        return HTMLResponse(_document(say.WEB_EMBED_TITLE, _embedding(str(request.base_url).rstrip("/"), unit, key, wrong)))

    async def plain(request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(_document(say.WEB_PLAIN_TITLE, _conversation("", [])))
        return HTMLResponse(_document(say.WEB_PLAIN_TITLE, await _asked(web, request)))

    return [
        Route("/", index), Route("/widget.js", widget), Route("/mau", sample), Route("/nhung", webmasters),
        Route("/hoi", plain, methods=["GET", "POST"]), Mount("/page", StaticFiles(directory=PAGE)),
    ]  # fmt: skip


async def _asked(web: Web, request: Request) -> str:
    """Return the page of `/hoi` after the question in its form."""
    try:
        form = parse_qs((await read_bytes(request)).decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
        text, choice, held = (form.get(name, [""])[0] for name in ("cau_hoi", "chon", "phien"))
        label, _, code = choice.partition("|")
        code, label = (label, code) if is_procedure_code(label) else ("", label or code)
        found = None
        if held:
            try:
                found = await web.session_of(request, held)
            except BadRequest as error:
                if error.status != 401:
                    raise
        held, session = found or web.begin(request)
        question = (label or text).strip()
        if not question:
            return _conversation(held, [])
        reply, _ = await web.say(session, Asked(question, None, None, code or None, ()), request.client.host if request.client else None)
        return _conversation(held, [(question, reply)])
    except SQLAlchemyError as error:
        log.error("web: the store cannot be used: %s", type(error).__name__)
        return _conversation("", [("", web.trouble())])
    except ValueError:
        return _conversation("", [("", {"blocks": [{"type": "text", "text": say.WEB_NOT_READ, "items": []}]})])
    except BadRequest as error:
        told = {413: say.WEB_TOO_LONG, 429: say.WEB_TOO_MANY}.get(error.status, say.WEB_NOT_READ)
        return _conversation("", [("", {"blocks": [{"type": "text", "text": told, "items": []}]})])


def _said() -> dict[str, str]:
    return {name: escape(getattr(say, f"WEB_{name}")) for name in ("SAMPLE_TITLE", "SAMPLE_TEXT", "EMBED_TITLE")}


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/page/plain.css"></head><body><main>{body}</main></body></html>'
    )


_SAMPLE = """<h1>{SAMPLE_TITLE}</h1><p>{SAMPLE_TEXT}</p><p><a href="/nhung">{EMBED_TITLE}</a></p>
<script src="/widget.js" data-unit="{unit}" defer></script>"""


def _embedding(address: str, named: str, unit: str, wrong: str) -> str:
    """Return the page that makes the line for a site of `unit`."""
    parts = [
        f"<h1>{escape(say.WEB_EMBED_TITLE)}</h1><p>{escape(say.WEB_EMBED_INTRO)}</p>",
        f'<form action="/nhung"><label for="don_vi">{escape(say.WEB_EMBED_UNIT)}</label> ',
        f'<input id="don_vi" name="don_vi" value="{escape(named)}"> <button>{escape(say.WEB_EMBED_MAKE)}</button></form>',
    ]
    if wrong:
        parts.append(f'<p role="alert">{escape(wrong)}</p>')
    if WIDGET.is_file():
        integrity = "sha384-" + base64.b64encode(hashlib.sha384(WIDGET.read_bytes()).digest()).decode()
        attributes = f' data-unit="{unit}"' if unit else ""
        line = f'<script src="{address}/widget.js"{attributes} defer></script>'
        pinned = f'<script src="{address}/widget.js" integrity="{integrity}" crossorigin="anonymous"{attributes} defer></script>'
        policy = f"script-src {address}; connect-src {address}"
        for heading, text, code in (
            (say.WEB_EMBED_LINE, say.WEB_EMBED_LINE_TEXT, line),
            (say.WEB_EMBED_PINNED, say.WEB_EMBED_PINNED_TEXT, pinned),
            (say.WEB_EMBED_POLICY, say.WEB_EMBED_POLICY_TEXT, policy),
        ):
            parts.append(f"<h2>{escape(heading)}</h2><p>{escape(text)}</p><pre><code>{escape(code)}</code></pre>")
    attributes_told = "".join(f"<li><code>{escape(name)}</code>: {escape(what)}</li>" for name, what in say.WEB_EMBED_ATTRIBUTES.items())
    parts.append(f"<h2>{escape(say.WEB_EMBED_MORE)}</h2><ul>{attributes_told}</ul><p>{escape(say.WEB_EMBED_ALLOWED)}</p>")
    return "".join(parts)


def _conversation(session: str, turns: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the page of `/hoi`: what was just said and replied, and the form to go on with."""
    parts = [f"<h1>{escape(say.WEB_PLAIN_TITLE)}</h1><p>{escape(say.WEB_PLAIN_NOTICE)}</p>"]
    held = f'<input type="hidden" name="phien" value="{escape(session)}">'
    for question, reply in turns:
        if question:
            parts.append(f'<p class="question">{escape(question)}</p>')
        parts.append(f'<section aria-label="{escape(say.WEB_ANSWER)}">{"".join(map(_block, reply["blocks"]))}{_footer(reply)}</section>')
        buttons = "".join(
            f'<button name="chon" value="{escape((b["choice"] or "") + "|" + b["text"])}">{escape(b["text"])}</button>'
            for b in reply.get("buttons", ())
        )
        if buttons:
            parts.append(f'<form method="post" action="/hoi">{held}{buttons}</form>')
    parts.append(
        f'<form method="post" action="/hoi">{held}<label for="cau_hoi">{escape(say.WEB_YOUR_QUESTION)}</label>'
        f'<textarea id="cau_hoi" name="cau_hoi" rows="3" required></textarea><button>{escape(say.WEB_SEND)}</button></form>'
    )
    return "".join(parts)


def _block(block: dict[str, Any]) -> str:
    if block["type"] == "title":
        return f"<h2>{escape(block['text'])}</h2>"
    items = "".join(f"<li>{_item(item)}</li>" for item in block["items"])
    heading = "h3" if items else "p"
    told = f"<{heading}>{escape(block['text'])}</{heading}>" if block["text"] else ""
    if not items:
        return told
    return told + (f"<ol>{items}</ol>" if block["type"] == "steps" else f"<ul>{items}</ul>")


def _item(item: dict[str, Any]) -> str:
    return "<br>".join(escape(item[name]) for name in ("text", "count", "note") if item.get(name))


def _footer(reply: dict[str, Any]) -> str:
    links = "".join(
        f'<li><a href="{escape(link["url"])}" rel="noopener noreferrer">{escape(link["text"])}</a></li>'
        for link in reply.get("links", ())
        if link["url"].startswith(("https://", "http://"))
    )
    sources = "".join(f"<p>{escape(source)}</p>" for source in reply.get("sources", ()))
    return f"<footer>{sources}{f'<ul>{links}</ul>' if links else ''}</footer>" if links or sources else ""
