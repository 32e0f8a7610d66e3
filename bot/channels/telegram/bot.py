"""The bot: connects to Telegram, takes updates by polling or webhook into the store, and has them answered and delivered.

Nothing a citizen writes and no chat's id or name reaches a log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from telegram import LinkPreviewOptions, Update
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import TelegramError
from telegram.ext import Defaults, ExtBot, Updater

from bot import trace
from bot.answers.reply import Reply
from bot.channels.own_data import OwnData
from bot.channels.telegram import inline, profile
from bot.channels.telegram.asking import Asking, Assistant
from bot.channels.telegram.clerk import Clerk, Forgetter
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.http import Http
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.notices import NoNotices, Notices, Outcome
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.queues import FIRST, Arrivals, Queues
from bot.channels.telegram.seal import Seal
from bot.channels.telegram.store import NotHeld, Store, Waiting
from bot.knowledge.model import Contact, Knowledge
from bot.understanding.search import Search

log = logging.getLogger(__name__)
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
TELEGRAM = "https://api.telegram.org"
WEBHOOK_CONNECTIONS = 40  # that Telegram may open at once (setWebhook, max_connections)
CONNECT_AGAIN_AFTER = (1.0, 60.0)  # seconds: the first wait, doubled up to the last
FINISH_WITHIN = 4.0  # seconds that answers under way are given when stopping; the store holds the rest
TIDY_EVERY = 3600.0  # seconds
LOOK_EVERY = (
    1.0  # seconds between two looks whether this process holds the store: what a change of the bot takes at most, once the other is gone
)
_LIBRARIES = ("aiohttp", "httpx", "httpcore", "telegram")  # their lines hold the token and what citizens write; ours say what failed


class TelegramBot:
    """The assistant on Telegram.

    `search` gives the published knowledge; `api` is the address of another Bot API server; `rate` the messages a second the bot may send. With `public_url`,
    Telegram delivers updates to `public_url + webhook_path` with `webhook_secret` in a header, and the caller hands each to `feed`; without, they are polled.
    `forgetters` are called with a conversation whose citizen wants everything deleted, beside what the bot and the assistant hold themselves.
    `notice` gives what everybody is told while answering is off; `rendering` is entered around the rendering of a reply.
    """

    webhook_path = "/telegram/updates"

    def __init__(
        self, token: str, assistant: Assistant, search: Callable[[], Search], store: Store, seal: Seal, *,
        api: str | None, public_url: str | None, webhook_secret: str, rate: float, notices: Notices | None = None,
        own_data: OwnData, forgetters: Sequence[Forgetter] = (), notice: Callable[[Contact], Reply | None] = lambda _: None,
        rendering: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:  # fmt: skip
        self._search = search
        self._store = store
        self._seal = seal
        self._public_url = public_url
        self._secret = webhook_secret
        self._notices = notices or NoNotices()
        self._bot: ExtBot[Any] = ExtBot(
            token, f"{api or TELEGRAM}/bot", request=Http(), get_updates_request=Http(), rate_limiter=Pace(rate),
            defaults=Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        )  # fmt: skip

        def knowledge() -> Knowledge:
            return search().knowledge

        self._delivery = Delivery(self._bot, store, self._gone)
        asking = Asking(self._bot, assistant, lambda: knowledge().contact)
        everywhere = (assistant.forget, self._notices.end, *forgetters, self._forget)
        self._clerk = Clerk(self._bot, asking, store, knowledge, self._notices, own_data, everywhere, notice, rendering)
        self._arrivals = Arrivals((), ordered=public_url is None)
        self._queues = Queues(self._arrivals)
        self._unasked: set[asyncio.Future[bool]] = set()  # whether letters nobody asked for arrive
        self._connecting: asyncio.Task[None] | None = None  # while this process is the bot
        self._updater = None if public_url else Updater(self._bot, _Door(self._take))
        self._connected = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin, and go on in the background: hold the store, connect, be the bot; stand by while another process is, or the store is out of reach."""
        for library in _LIBRARIES:
            logging.getLogger(library).setLevel(logging.CRITICAL + 1)
        await self._look()
        self._spawn(self._go_on_looking())
        self._spawn(self._tidy())

    async def stop(self) -> None:
        """Take no more updates, let answers under way finish, and close the connections. The webhook stays set, so none is lost."""
        if self._updater and self._updater.running:
            await self._updater.stop()
        await self._queues.finish(FINISH_WITHIN)
        tasks = [*self._tasks, *([self._connecting] if self._connecting else ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._bot.shutdown()
        self._store.close()

    async def _go_on_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self._look()

    async def _look(self) -> None:
        """Become the bot, or stop being it, as this process holds the store or has lost it."""
        try:
            if self._connecting is None:
                if await asyncio.to_thread(self._store.hold):
                    self._begin()
            elif not self._store.held():
                await self._stand_by()
        except NotHeld:  # lost while what waits was being read
            await self._stand_by()

    def _begin(self) -> None:
        """Take up what waits in the store and connect. Raises NotHeld."""
        self._arrivals = Arrivals(self._store.last_updates(), ordered=self._public_url is None)
        self._queues = Queues(self._arrivals)
        self._take_up()
        self._connecting = asyncio.create_task(self._connect())
        log.info("telegram: this gateway is the bot")

    async def _stand_by(self) -> None:
        """Break off all that is under way: whoever is the bot next finds it in the store."""
        connecting, self._connecting = self._connecting, None
        self._connected.clear()
        if connecting:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        await self._queues.finish(0)
        for arrived in list(self._unasked):  # of those that were not begun
            if not arrived.done():
                arrived.set_result(False)
        if self._updater and self._updater.running:
            await self._updater.stop()
        log.warning("telegram: this gateway is not the bot any more")

    @property
    def serving(self) -> bool:
        """Whether this gateway is the bot."""
        return self._connecting is not None

    @property
    def connected(self) -> bool:
        """Whether this gateway is the bot and Telegram was reached."""
        return self._connected.is_set()

    @property
    def waiting(self) -> int:
        """How many updates and letters wait for their turn."""
        return self._queues.waiting

    async def feed(self, update: Mapping[str, Any]) -> None:
        """Take an update that came by webhook: when this returns it is stored. One that cannot be read is dropped: it would come again for ever.

        Raises NotHeld when another process is the bot, or the store is out of reach.
        """
        if not self.serving:
            raise NotHeld
        try:
            read = Update.de_json(dict(update), self._bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("telegram: update not read: %s", type(error).__name__)
            return
        self._take(read, update)

    async def deliver(self, conversation: str, reply: Reply, key: str) -> Outcome:
        """Send `reply` unasked to a conversation that has notices on, once for each `key`, whatever happens in between."""
        if not self.serving:
            return "failed"
        try:
            return await self._deliver_unasked(conversation, reply, key)
        except NotHeld:
            return "failed"

    async def _deliver_unasked(self, conversation: str, reply: Reply, key: str) -> Outcome:
        chat_id = self._store.address(conversation)
        if chat_id is None:
            return "gone"
        answer, once = self._clerk.letters(reply, chat_id), f"{conversation} {key}"
        letters = self._store.post(conversation, answer.letters, answer.keyboards, once)
        arrived: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        self._unasked.add(arrived)
        arrived.add_done_callback(self._unasked.discard)

        def tell(whether: bool) -> None:
            if not arrived.done():
                arrived.set_result(whether)

        async def job() -> None:
            try:
                tell(all([await self._delivery.deliver(conversation, letter) for letter in letters]))
            finally:
                tell(False)

        self._queues.put(conversation, FIRST, job)
        if await arrived:
            return "delivered"
        self._store.unpost(once)
        return "gone" if self._store.address(conversation) is None else "failed"

    def _take(self, update: Update, plain: Mapping[str, Any]) -> None:
        """Store an update and queue it, unless it was taken before."""
        self._arrivals.note(update.update_id)
        chat = update.effective_chat
        if update.inline_query is not None or update.my_chat_member is not None or chat is None:
            if self._store.take(update.update_id, None, None):
                self._spawn(self._aside(update))
            return
        name = self._seal.chat(chat.id)
        if not self._store.take(update.update_id, name, dict(plain)):
            return
        if update.callback_query is not None:
            self._spawn(self._acknowledge(update.callback_query.id))
        self._queue(Waiting(update.update_id, name, dict(plain), told=False), update)

    def _take_up(self) -> None:
        """Queue what the last run left: letters not sent, then updates not answered."""
        letters, waiting = self._store.unfinished()
        for chat, letter in letters:
            self._delivery.note(letter.to, letter.after or 0)
            self._queues.put(chat, FIRST, lambda chat=chat, letter=letter: self._deliver(chat, [letter]))  # type: ignore[misc]
        for left in waiting:
            try:
                update = Update.de_json(dict(left.update), self._bot)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._store.answered(left.id, left.chat, (), ())
                continue
            self._queue(left, update)

    def _queue(self, waiting: Waiting, update: Update) -> None:
        message = update.effective_message
        if message is not None:
            self._delivery.note(message.chat.id, message.message_id)
        self._queues.put(waiting.chat, waiting.id, lambda: self._answer(waiting, update))

    async def _answer(self, waiting: Waiting, update: Update) -> None:
        await self._connected.wait()
        with trace.begun(anew=True):  # this task may have been begun by another message of the chat
            await self._answer_connected(waiting, update)

    async def _answer_connected(self, waiting: Waiting, update: Update) -> None:
        chat = waiting.chat

        async def tell(letters: Sequence[Letter]) -> None:
            await self._deliver(chat, self._store.told(waiting.id, letters, chat))

        try:
            answer = await self._clerk.answer(update, waiting, tell)
        except Exception as error:
            log.error("telegram: update not answered: %s", type(error).__name__)
            assert update.effective_chat is not None
            answer = self._clerk.failed(update.effective_chat.id)
        await self._deliver(chat, self._store.answered(waiting.id, chat, answer.letters, answer.keyboards))
        if answer.forgets:
            self._store.forget(chat)

    async def _deliver(self, chat: str, letters: Sequence[Letter]) -> None:
        await self._connected.wait()
        for letter in letters:
            await self._delivery.deliver(chat, letter)

    async def _aside(self, update: Update) -> None:
        """Do what needs no turn of its own: suggestions in other chats, and a citizen who blocked the bot."""
        await self._connected.wait()
        try:
            if update.inline_query is not None:
                await inline.offer(self._bot, update.inline_query, self._search)
            elif update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in _LEFT:
                await self._gone(self._seal.chat(update.my_chat_member.chat.id))
        except TelegramError as error:  # suggestions are worth nothing a moment later
            log.warning("telegram: suggestions not shown: %s", type(error).__name__)

    async def _acknowledge(self, query: str) -> None:
        with contextlib.suppress(TelegramError):  # too old to be acknowledged; the citizen still is answered
            await self._connected.wait()
            await self._bot.answer_callback_query(query)

    async def _gone(self, chat: str) -> None:
        """End what was kept for a chat that cannot be written to any more."""
        await self._notices.end(chat)
        self._store.forget(chat)

    async def _forget(self, chat: str) -> None:
        self._store.forget(chat)

    async def _connect(self) -> None:
        wait, longest = CONNECT_AGAIN_AFTER
        failed = False
        while True:
            try:
                await self._listen()
                break
            except TelegramError as error:
                if not failed:  # one line, however long it lasts; the error's own text may hold the token
                    log.warning("telegram: not connected (%s); trying again until it works", type(error).__name__)
                failed = True
            await asyncio.sleep(wait)
            wait = min(2 * wait, longest)
        log.info("telegram: connected, updates come by %s", "webhook" if self._public_url else "polling")

    async def _listen(self) -> None:
        """Connect and let updates come; may be called again after a failure. Raises TelegramError."""
        await self._bot.initialize()
        self._connected.set()
        await profile.show(self._bot)
        if self._updater is not None:
            await self._updater.initialize()
            await self._updater.start_polling(bootstrap_retries=-1, allowed_updates=ALLOWED_UPDATES, error_callback=_polling_failed)
        elif self._public_url:
            await self._bot.set_webhook(
                self._public_url + self.webhook_path, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES,
                max_connections=WEBHOOK_CONNECTIONS, drop_pending_updates=False,
            )  # fmt: skip

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_EVERY)
            with contextlib.suppress(NotHeld):  # whoever is the bot tidies
                await self.tidy()

    async def tidy(self) -> None:
        """Delete what is too old, and the ids of chats that wait for no notice any more."""
        self._store.expire()
        for chat in self._store.addressed():
            if not await self._wanted(chat):
                self._store.keep_address(chat, None)

    async def _wanted(self, chat: str) -> bool:
        """Tell whether `chat` may want notices: as long as nobody can tell, it may."""
        try:
            return await self._notices.wanted(chat)
        except Exception as error:  # the database of the notices is elsewhere
            log.error("telegram: not known who wants notices: %s", type(error).__name__)
            return True

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_LEFT = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)  # how the bot's own membership reads when it was blocked or removed


class _Door(asyncio.Queue[object]):
    """Where the updater puts what it polled: it is stored before the next poll tells Telegram that it was received."""

    def __init__(self, take: Callable[[Update, Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._take_in = take

    async def put(self, item: object) -> None:
        """Take an update; raises TelegramError when it cannot be stored, so that the updater polls it again."""
        if not isinstance(item, Update):
            return
        try:
            self._take_in(item, item.to_dict())
        except Exception as error:
            log.error("telegram: update not stored: %s", type(error).__name__)
            raise TelegramError("not stored") from error


def _polling_failed(error: TelegramError) -> None:
    log.warning("telegram: polling failed: %s", type(error).__name__)
