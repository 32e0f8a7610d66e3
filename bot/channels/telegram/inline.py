"""Inline mode: `@bot khai sinh`, typed in any chat, offers procedures; the one picked is posted with a button that opens it here."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.ext import ExtBot
from telegram.helpers import create_deep_linked_url

from bot.answers import wording as say
from bot.channels.telegram.links import to_procedure
from bot.knowledge.model import Procedure
from bot.understanding.search import Search

MOST_OFFERED = 10
KEPT_FOR = 300  # seconds Telegram may give the same answer to the same words
LONGEST_TITLE, LONGEST_DESCRIPTION = 100, 160  # characters; ours: what a list shows
_START = "inline"


async def offer(bot: ExtBot[Any], query: InlineQuery, search: Callable[[], Search]) -> None:
    """Answer `query` with procedures; raises TelegramError."""
    known = search()
    found = known.find(query.query, MOST_OFFERED) if query.query.strip() else []
    articles = [_article(procedure, known.knowledge.fields[procedure.field].name, bot.username) for procedure in found]
    button = InlineQueryResultsButton(say.TELEGRAM_INLINE_ASK, start_parameter=_START)
    await bot.answer_inline_query(query.id, articles, cache_time=KEPT_FOR, is_personal=False, button=button)


def _article(procedure: Procedure, field: str, username: str) -> InlineQueryResultArticle:
    text = say.TELEGRAM_INLINE_TEXT.format(name=procedure.label, code=procedure.code)
    link = create_deep_linked_url(username, to_procedure(procedure.code))
    return InlineQueryResultArticle(
        procedure.code, _short(procedure.label, LONGEST_TITLE), InputTextMessageContent(html.escape(text, quote=False)),
        InlineKeyboardMarkup([[InlineKeyboardButton(say.TELEGRAM_INLINE_OPEN, url=link)]]),
        description=_short(procedure.summary or field, LONGEST_DESCRIPTION),
    )  # fmt: skip


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
