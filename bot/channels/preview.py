"""The answers of a procedure as citizens would see them, aspect by aspect, for staff to read before they publish.

In the terminal as plain text and as Telegram's messages; on a page of its own that holds the widget itself, whose <tthc-reply> shows one reply as
the chat does: what staff see is what the web shows. Pure functions but for the files of the widget and the page, which are read.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.answers import wording as say
from bot.answers.compose import answer
from bot.answers.reply import Reply
from bot.channels.plain import to_text
from bot.channels.telegram import render as telegram
from bot.knowledge.model import ASPECTS, Aspect, Knowledge
from bot.understanding.dialogue import Decision

PAGE = Path(__file__).parent / "page"
WIDGET = Path(__file__).parents[1] / "widget" / "dist" / "widget.js"
_TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Preview:
    """The answer to one aspect of a procedure."""

    aspect: Aspect
    reply: Reply


def previews(code: str, knowledge: Knowledge, aspects: Iterable[Aspect] = ASPECTS) -> list[Preview]:
    """Return the answer of the procedure `code` to each of `aspects`; raises KeyError when there is no such procedure."""
    procedure = knowledge.procedures[code]
    return [Preview(a, answer(procedure, Decision("answer", (code,), (1.0,), (a,)), knowledge)) for a in aspects]


def to_terminal(shown: Iterable[Preview]) -> str:
    """Return the answers as text: what the web says, then how many Telegram messages it takes, with the labels of their buttons."""
    parts = []
    for preview in shown:
        messages = telegram.render(preview.reply)
        sizes = ", ".join(str(telegram.utf16_length(html.unescape(_TAGS.sub("", m.html)))) for m in messages)
        buttons = " ".join(f"[{label}]" for message in messages for label, _ in message.buttons)
        parts.append(f"═══ {say.ASPECT_TITLE[preview.aspect]} ═══\n{to_text(preview.reply)}\n{buttons}".rstrip())
        parts.append(say.PREVIEW_TELEGRAM.format(count=len(messages), sizes=sizes))
    return "\n\n".join(parts)


def to_page(title: str, shown: Iterable[Preview]) -> str:
    """Return one HTML page with the answers side by side, as the web and as Telegram show them; it needs no server and no other file."""
    rows = []
    replies = []
    for preview in shown:
        messages = "".join(f'<div class="bubble">{m.html}</div>{_keyboard(m)}' for m in telegram.render(preview.reply))
        heading = html.escape(say.ASPECT_TITLE[preview.aspect])
        rows.append(f'<section><h2>{heading}</h2><tthc-reply></tthc-reply><div class="telegram">{messages}</div></section>')
        replies.append(preview.reply.to_plain())
    style = (PAGE / "preview.css").read_text(encoding="utf-8")
    data = json.dumps(replies, ensure_ascii=False).replace("<", "\\u003c")
    return _DOCUMENT.format(
        title=html.escape(title), style=style, rows="\n".join(rows), replies=data, script=WIDGET.read_text(encoding="utf-8")
    )


def _keyboard(message: telegram.Message) -> str:
    return "".join(f'<div class="key">{html.escape(label)}</div>' for label, _ in message.buttons)


_DOCUMENT = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>{style}</style></head>
<body class="preview"><h1>{title}</h1>
{rows}
<script>
{script}
const replies = {replies};
document.querySelectorAll("tthc-reply").forEach((place, n) => {{ place.reply = replies[n]; }});
</script></body></html>
"""
