"""What each update gets: the letters that answer it, and what is done beside them.

A clerk answers one update of a chat at a time. Whatever can wait for its turn again after a restart happens before the answer is stored; marking a button
and the like is done once and not mended when it fails.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import telegram
from cachetools import TTLCache
from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.answers import wording as say
from bot.answers.compose import simple, small_talk
from bot.answers.nearest import nearest
from bot.answers.reply import Block, Reply
from bot.channels.own_data import OwnData, deleted, privacy
from bot.channels.plain import to_text
from bot.channels.telegram import links
from bot.channels.telegram.asking import Asking, is_late
from bot.channels.telegram.delivery import markup
from bot.channels.telegram.keyboards import ON_A_PAGE, Key, Keyboard, Tap
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.notices import Notices
from bot.channels.telegram.reading import Command, command_in, is_asked_anew, is_for_us, is_service, said_in
from bot.channels.telegram.render import render
from bot.channels.telegram.store import Store, Waiting
from bot.knowledge.model import Contact, Knowledge
from bot.understanding.codes import take_codes

log = logging.getLogger(__name__)
ALBUM_FOR, MOST_ALBUMS = 3600.0, 10_000  # seconds an album is remembered, of which each picture is a message
LATE_FOR = 600.0  # seconds in which a chat is told once that messages went unanswered

_FOUR_DIGITS = re.compile(r"\s*\d{4}\s*")  # what is asked for to look a dossier up
Tell = Callable[[Sequence[Letter]], Awaitable[None]]
Forgetter = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """The letters that answer an update, in order, the keyboards under them, and whether the chat is forgotten once they are delivered."""

    letters: tuple[Letter, ...] = ()
    keyboards: tuple[Keyboard, ...] = ()
    forgets: bool = False


@dataclass(frozen=True)
class Turn:
    """One update being answered: its place in the store, its chat, the message it quotes in a group, and how to say something before the answer."""

    waiting: Waiting
    chat_id: int
    quotes: int | None
    written: float
    tell: Tell

    @property
    def chat(self) -> str:
        """The name of the chat."""
        return self.waiting.chat


class Clerk:
    """Answers updates. `forgetters` delete all that is held of a conversation, each in its own place; `notice`: what is said while answering is off."""

    def __init__(
        self, bot: ExtBot[Any], asking: Asking, store: Store, knowledge: Callable[[], Knowledge], notices: Notices,
        own_data: OwnData, forgetters: Sequence[Forgetter], notice: Callable[[Contact], Reply | None],
        rendering: Callable[[], AbstractContextManager[None]],
    ) -> None:  # fmt: skip
        self._bot = bot
        self._notice = notice
        self._rendering = rendering
        self._asking = asking
        self._store = store
        self._knowledge = knowledge
        self._notices = notices
        self._own_data = own_data
        self._forgetters = forgetters
        self._albums: TTLCache[str, bool] = TTLCache(MOST_ALBUMS, ALBUM_FOR)
        self._told_late: TTLCache[str, bool] = TTLCache(MOST_ALBUMS, LATE_FOR)
        self._beside: set[asyncio.Task[None]] = set()

    async def answer(self, update: Update, waiting: Waiting, tell: Tell) -> Answer:
        """Return the answer to `update`; an empty one when it needs none."""
        query, edited = update.callback_query, update.edited_message
        if query is not None and query.message is not None:
            private = query.message.chat.type == ChatType.PRIVATE
            turn = Turn(waiting, query.message.chat.id, None if private else query.message.message_id, time.time(), tell)
            return await self._tapped(turn, query, query.message.message_id)
        if edited is not None and not is_asked_anew(edited):
            return Answer()
        message = edited or update.message
        if message is None or is_service(message) or not is_for_us(message, self._bot):
            return Answer()
        written = (message.edit_date or message.date).timestamp()
        quotes = message.message_id if message.chat.type != ChatType.PRIVATE or edited else None
        return await self._said(Turn(waiting, message.chat.id, quotes, written, tell), message)

    def failed(self, chat_id: int) -> Answer:
        """Return what is said when an update could not be answered at all."""
        return Answer((Letter(chat_id, say.TELEGRAM_FAILED),))

    def letters(self, reply: Reply, chat_id: int, quotes: int | None = None, *, extra: Sequence[Key] = ()) -> Answer:
        """Return `reply` as letters to a chat, its buttons and the `extra` ones under the last."""
        with self._rendering():
            messages = render(reply) or render(small_talk("error", self._knowledge().contact))
        keys = [*(Key.of(label, button) for label, button in messages[-1].buttons), *_checklist(reply), *extra]
        board = Keyboard.make(reply.kind, keys) if keys else None
        letters = [Letter(chat_id, m.html, quotes=quotes) for m in messages]
        if board:
            letters[-1] = dataclasses.replace(letters[-1], rows=board.rows())
        return Answer(tuple(letters), (board,) if board else ())

    async def _said(self, turn: Turn, message: telegram.Message) -> Answer:
        command = command_in(message, self._bot)
        if command is not None:
            return await self._command(turn, command, message)
        if message.location is not None:
            return await self._location(turn, message.location)
        text = said_in(message, self._bot)
        own = await self._own(turn, text) if text else None
        if own:
            return own
        if text or message.text is not None:
            return await self._question(turn, text, {}, message)
        return self._no_text(turn, message)

    def _no_text(self, turn: Turn, message: telegram.Message) -> Answer:
        album = message.media_group_id
        if album is not None and album in self._albums:
            return Answer()
        if album is not None:
            self._albums[album] = True
        sentence = next((s for kind, s in say.TELEGRAM_KINDS.items() if getattr(message, kind, None)), say.ONLY_TEXT)
        return self.letters(simple("out_of_scope", sentence), turn.chat_id, turn.quotes)

    async def _command(self, turn: Turn, command: Command, message: telegram.Message) -> Answer:
        if command.name == "quyenriengtu":
            return self.letters(privacy(), turn.chat_id, turn.quotes)
        if command.name == "xoadulieu":
            return await self._forget(turn)
        if command.name == "start" and command.rest:
            return await self._opened(turn, command.rest)
        bare, filled = say.TELEGRAM_COMMAND_SAYS.get(command.name, (command.name, command.name + " {rest}"))
        metadata = {}
        if command.name == "donvi":
            metadata = {"ward": "told" if command.rest else "ask"}
            self._store.keep_unit(turn.chat, None)  # what the citizen says counts for more than the link that was opened
        return await self._question(turn, filled.replace("{rest}", command.rest) if command.rest else bare, metadata, message)

    async def _opened(self, turn: Turn, parameter: str) -> Answer:
        """Answer someone who came by a link."""
        known = self._knowledge()
        procedure, unit = links.procedure_of(parameter, known), links.unit_of(parameter, known)
        if procedure is not None:
            return await self._question(turn, procedure.label, {"choice": procedure.code, "aspects": ["overview"]})
        hello = say.TELEGRAM_COMMAND_SAYS["start"][0]
        if unit is None:
            note = [Block("note", say.TELEGRAM_LINK_UNKNOWN)] if links.is_ours(parameter) else []
            return await self._question(turn, hello, {}, notes=note)
        self._store.keep_unit(turn.chat, unit.key)
        return await self._question(turn, hello, {"unit": unit.key}, notes=[Block("note", say.LINK_UNIT.format(ward=unit.name))])

    async def _location(self, turn: Turn, location: telegram.Location) -> Answer:
        known = self._knowledge()
        reply = self._notice(known.contact) or nearest(location.latitude, location.longitude, known)
        if reply is not None:
            return self.letters(reply, turn.chat_id, turn.quotes)
        return await self._question(turn, say.TELEGRAM_ASKS_WARD, {"ward": "ask"}, before=[Block("note", say.NO_COORDINATES)])

    async def _forget(self, turn: Turn) -> Answer:
        whole = True
        for forget in self._forgetters:
            try:
                await forget(turn.chat)
            except Exception as error:  # whatever fails, the others are asked as well
                log.error("telegram: not all was forgotten: %s", type(error).__name__)
                whole = False
        answer = self.letters(deleted(whole), turn.chat_id, turn.quotes)
        return dataclasses.replace(answer, forgets=True)

    async def _own(self, turn: Turn, text: str) -> Answer | None:
        """Answer what `text` says of the citizen's own data, deleting it when that was asked for twice; None when it speaks of something else."""
        reply = await self._own_data.heard(turn.chat, text)
        if reply == "delete":
            return await self._forget(turn)
        return self.letters(reply, turn.chat_id, turn.quotes) if reply else None

    async def _question(
        self, turn: Turn, text: str, metadata: Mapping[str, Any], message: telegram.Message | None = None, *,
        before: Sequence[Block] = (), notes: Sequence[Block] = (),
    ) -> Answer:  # fmt: skip
        """Answer `text`; when it gave a dossier away, offer to delete the `message` that held it."""
        reply = await self._ask(turn, text, metadata)
        if reply is None:
            return Answer()
        reply = dataclasses.replace(reply, blocks=(*before, *reply.blocks, *notes))
        telling = take_codes(text).dossiers or (reply.kind == "dossier" and _FOUR_DIGITS.fullmatch(text))
        extra = []
        if telling and message is not None and message.chat.type == ChatType.PRIVATE:
            extra.append(Key(say.TELEGRAM_DELETE, "delete", message=message.message_id))
        return self.letters(reply, turn.chat_id, turn.quotes, extra=extra)

    async def _ask(self, turn: Turn, text: str, metadata: Mapping[str, Any]) -> Reply | None:
        if is_late(turn.written):
            told, self._told_late[turn.chat] = turn.waiting.told or turn.chat in self._told_late, True
            return None if told else simple("error", say.TELEGRAM_LATE)
        unit = self._store.unit(turn.chat)
        hints = {**metadata, "unit_else": unit} if unit and "unit" not in metadata else metadata

        async def tell(reply: Reply) -> None:
            await turn.tell(self.letters(reply, turn.chat_id, turn.quotes).letters)

        reply = await self._asking.ask(turn.chat, turn.chat_id, text, hints, written=turn.written, told=turn.waiting.told, tell=tell)
        if reply is not None and reply.kind == "dossier":
            self._store.keep_address(turn.chat, turn.chat_id if await self._notices.wanted(turn.chat) else None)
        return reply

    async def _tapped(self, turn: Turn, query: telegram.CallbackQuery, message_id: int) -> Answer:
        tap = Tap.read(query.data or "")
        board = self._store.keyboard(turn.chat, tap.keyboard) if tap else None
        if tap is None or board is None or (tap.key is not None and tap.key >= len(board.keys)):
            return self.letters(simple("clarify", say.TELEGRAM_BUTTON_OLD), turn.chat_id, turn.quotes)
        if tap.key is None:
            await self._show(turn.chat_id, message_id, board.rows(tap.page or 0))
            return Answer()
        key = board.keys[tap.key]
        if key.does == "file":
            name = say.TELEGRAM_CHECKLIST_FILE.format(code=key.choice)
            return Answer((Letter(turn.chat_id, say.TELEGRAM_CHECKLIST_SENT, quotes=turn.quotes, file=(name, key.text)),))
        if key.does == "delete":
            return await self._delete(turn, board, tap.key, message_id)
        return await self._chosen(turn, board, tap.key, message_id)

    async def _chosen(self, turn: Turn, board: Keyboard, number: int, message_id: int) -> Answer:
        key = board.keys[number]
        leafs = board.kind == "statistics" and key.choice is None
        if not leafs:
            self._do_beside(self._show(turn.chat_id, message_id, board.rows(number // ON_A_PAGE, number)))
        own = None if key.choice else await self._own(turn, key.text)
        if own:
            return own
        metadata = {"choice": key.choice, "aspects": list(key.aspects)} if key.choice else {}
        reply = await self._ask(turn, key.text, metadata)
        if reply is None:
            return Answer()
        answer = self.letters(reply, turn.chat_id, turn.quotes)
        if leafs and reply.kind == "statistics" and len(answer.letters) == 1:
            [page] = answer.letters
            return Answer((dataclasses.replace(page, edits=message_id),), answer.keyboards)
        return answer

    async def _delete(self, turn: Turn, board: Keyboard, number: int, message_id: int) -> Answer:
        """Delete the citizen's message that the key speaks of, and the key."""
        message = board.keys[number].message
        try:
            if message is not None:
                await self._bot.delete_message(turn.chat_id, message)
        except BadRequest:
            return self.letters(simple("error", say.TELEGRAM_NOT_DELETED), turn.chat_id, turn.quotes)
        left = dataclasses.replace(board, keys=(*board.keys[:number], *board.keys[number + 1 :]))
        self._store.keep_keyboard(turn.chat, left)
        self._do_beside(self._show(turn.chat_id, message_id, left.rows()))
        return Answer()

    async def _show(self, chat_id: int, message_id: int, rows: tuple[tuple[str, str], ...]) -> None:
        """Show `rows` under a message; when that fails the old ones stay."""
        try:
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=markup(rows))
        except TelegramError as error:
            log.info("telegram: buttons not changed: %s", type(error).__name__)

    def _do_beside(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


def _checklist(reply: Reply) -> list[Key]:
    """Return the key that sends the papers of an answer as a file, or none when it lists none."""
    lists = [b for b in reply.blocks if b.type in ("checklist", "case") and b.items]
    if reply.kind != "answer" or not lists:
        return []
    blocks = [b for b in reply.blocks if b.type == "title" or b in lists]
    text = to_text(Reply("answer", tuple(blocks), sources=reply.sources))
    return [Key(say.TELEGRAM_CHECKLIST, "file", text, choice=reply.codes[0] if reply.codes else "")]
