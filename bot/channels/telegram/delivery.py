"""Sending letters so that each arrives once: what Telegram refused is told apart from what may have arrived without our hearing of it.

The Bot API takes no key by which it would know a message sent twice, and shows no history. So before a letter goes out, the highest message id known is
stored with it. When its fate is unknown (the connection broke, the process was killed), the ids after that one are tried: editing a message of ours to say
what it says already is refused with "message is not modified" and changes nothing, editing one that is not there with "not found". Only a letter that is
not there is sent again. docs/adr/0006 tells what this guarantees.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from cachetools import TTLCache
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.http import NotSent
from bot.channels.telegram.letter import Letter, Rows
from bot.channels.telegram.pace import seconds
from bot.channels.telegram.store import Store

log = logging.getLogger(__name__)
TRIED_IDS = 30  # message ids tried for a letter of unknown fate: what other chats can have been sent in the moment before it
AGAIN_AFTER = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds before each further try; the last again and again
GIVE_UP_AFTER = 3600.0  # seconds
GROUPS_REMEMBERED, GROUPS_FOR = 10_000, 24 * 3600.0
_NOT_MODIFIED = "message is not modified"


def markup(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return `rows` as an inline keyboard, one button a row, or None when there are none."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in rows]) if rows else None


class Delivery:
    """Delivers the letters of `store`. `gone` is called with a chat (its name) that can no longer be written to."""

    def __init__(self, bot: ExtBot[Any], store: Store, gone: Callable[[str], Awaitable[None]]) -> None:
        self._bot = bot
        self._store = store
        self._gone = gone
        self._latest = 0  # message id; private chats share one count, a supergroup has its own
        self._groups: TTLCache[int, int] = TTLCache(GROUPS_REMEMBERED, GROUPS_FOR)

    def note(self, chat_id: int, message_id: int) -> None:
        """Note that a message with this id exists."""
        if chat_id > 0:
            self._latest = max(self._latest, message_id)
        else:
            self._groups[chat_id] = max(self._groups.get(chat_id, 0), message_id)

    async def deliver(self, chat: str, letter: Letter) -> bool:
        """Deliver `letter` to `chat`; return whether it has arrived. Tries until it has, it never can, or an hour has passed."""
        try:
            return await self._until_clear(chat, letter, time.monotonic() + GIVE_UP_AFTER)
        except Forbidden:
            self._store.sent(letter.number)
            await self._gone(chat)
        except TelegramError as error:
            log.error("telegram: a letter cannot be sent: %s", type(error).__name__)
            self._store.sent(letter.number)
        return False

    async def _until_clear(self, chat: str, letter: Letter, until: float) -> bool:
        """Send until it is clear that `letter` has arrived; raises TelegramError when it never will or the time is up."""
        waits = itertools.chain(AGAIN_AFTER, itertools.repeat(AGAIN_AFTER[-1]))
        after = letter.after  # None: not sent. Else it may have been sent, and its id is greater.
        while True:
            wait = 0.0
            try:
                if after is None or not await self._is_there(letter, after):
                    after = None

                    def begin(letter: Letter = letter) -> None:
                        nonlocal after
                        after = self._known(letter)
                        self._store.sending(letter.number, after)

                    try:
                        await self._send(letter, begin)
                    except (NotSent, RetryAfter):
                        after = None
                        raise
                self._store.sent(letter.number)
                return True
            except ChatMigrated as error:
                letter, after = replace(letter, to=error.new_chat_id), None
            except (Forbidden, BadRequest, InvalidToken):
                raise
            except RetryAfter as error:
                wait = seconds(error)
            except NetworkError:
                wait = next(waits)
            if time.monotonic() + wait > until:
                raise NetworkError("given up")
            await asyncio.sleep(wait)

    async def _send(self, letter: Letter, begin: Callable[[], None]) -> None:
        bot, rows = self._bot, markup(letter.rows)
        if letter.edits is not None:
            try:
                await bot.edit_message_text(letter.html, letter.to, letter.edits, reply_markup=rows, rate_limit_args=begin)
                return
            except BadRequest as error:
                if _NOT_MODIFIED in error.message.lower():
                    return
                # The message is gone or too old to be edited: its content comes as a new one.
        quoted = ReplyParameters(letter.quotes, allow_sending_without_reply=True) if letter.quotes else None
        if letter.file is not None:
            name, text = letter.file
            file = InputFile(text.encode(), filename=name)
            message = await bot.send_document(letter.to, file, caption=letter.html, reply_parameters=quoted, rate_limit_args=begin)
        else:
            message = await bot.send_message(letter.to, letter.html, reply_markup=rows, reply_parameters=quoted, rate_limit_args=begin)
        self.note(letter.to, message.message_id)

    async def _is_there(self, letter: Letter, after: int) -> bool:
        """Tell whether one of the messages after the id `after` is `letter`; raises TelegramError when that cannot be found out."""
        if letter.edits is not None:
            return False  # edited once more, it says the same
        for message_id in range(after + 1, after + 1 + TRIED_IDS):
            if await self._says(letter, message_id):
                self.note(letter.to, message_id)
                return True
        return False

    async def _says(self, letter: Letter, message_id: int) -> bool:
        """Make the bot's message `message_id` say what `letter` says, and tell whether there is such a message in its chat."""
        rows = markup(letter.rows)
        try:
            if letter.file is not None:
                await self._bot.edit_message_caption(letter.to, message_id, caption=letter.html)
            else:
                await self._bot.edit_message_text(letter.html, letter.to, message_id, reply_markup=rows)
        except BadRequest as error:
            return _NOT_MODIFIED in error.message.lower()
        return True

    def _known(self, letter: Letter) -> int:
        """Return the highest message id known in the count that the chat of `letter` belongs to."""
        return self._latest if letter.to > 0 else max(self._groups.get(letter.to, 0), letter.quotes or 0)
