"""The Telegram application: updates in, by polling or webhook; replies out, in order within a chat and at once across chats.

Nothing a citizen writes and no chat's id reaches a log; a chat is named by a keyed hash.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity, ReplyParameters, Update
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    ApplicationHandlerStop,
    BaseUpdateProcessor,
    CallbackContext,
    CallbackQueryHandler,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.answers import wording as say
from bot.answers.compose import simple, small_talk
from bot.answers.reply import Reply
from bot.channels.assistant import Conversations, Unanswered
from bot.channels.telegram import read_callback, render
from bot.knowledge.model import Contact

log = logging.getLogger(__name__)
ALLOWED_UPDATES = ["message", "callback_query"]
REMEMBERED_UPDATES = 10_000  # ids of the last updates, so that one delivered twice is answered once
MOST_CHATS_AT_ONCE = 64  # chats answered at the same time; the others wait their turn
FLOOD_RETRIES = 5  # times a message is sent again after 429 Too Many Requests, each after the wait Telegram asks for
SEND_AGAIN_AFTER = (0.5, 2.0, 5.0)  # seconds, after the connection broke
CONNECT_AGAIN_AFTER = (1.0, 60.0)  # seconds: the first wait, doubled up to the last
TYPING_AFTER = 0.5  # seconds; most answers come sooner and need no sign
TYPING_EVERY = 4.0  # seconds; Telegram shows the sign for 5
FINISH_WITHIN = 10.0  # seconds that answers under way are given when stopping

Context = CallbackContext[Any, Any, Any, Any]


class TelegramBot:
    """The assistant on Telegram.

    `contact` gives the city's current contact; `api` is the address of another Bot API server. With `public_url`, Telegram delivers
    updates to `public_url + webhook_path` with `webhook_secret` in a header, and the caller hands each to `feed`; without, they are polled.
    """

    webhook_path = "/telegram/updates"

    def __init__(
        self, token: str, conversations: Conversations, contact: Callable[[], Contact], *,
        api: str | None, public_url: str | None, webhook_secret: str,
    ) -> None:  # fmt: skip
        self._conversations = conversations
        self._contact = contact
        self._public_url = public_url
        self._secret = webhook_secret
        self._seen: deque[int] = deque(maxlen=REMEMBERED_UPDATES)
        self._albums: deque[str] = deque(maxlen=REMEMBERED_UPDATES)
        self._chats = ChatByChat()
        self._application = self._build(token, api)
        self._connecting: asyncio.Task[None] | None = None

    def _build(self, token: str, api: str | None) -> Application[Any, Any, Any, Any, Any, Any]:
        builder = ApplicationBuilder().token(token).concurrent_updates(self._chats).rate_limiter(AIORateLimiter(max_retries=FLOOD_RETRIES))
        builder.defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        if api:
            builder.base_url(f"{api}/bot")
        if self._public_url:
            builder.updater(None)
        application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        application.add_handler(TypeHandler(Update, self._once), group=-1)
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, self._message))
        application.add_handler(CallbackQueryHandler(self._button))
        application.add_error_handler(self._failed)
        return application

    async def start(self) -> None:
        """Begin connecting and return at once; while Telegram cannot be reached, try again and again in the background."""
        for talkative in ("httpx", "httpcore", "telegram"):  # below this level their lines hold the token and what citizens write
            logging.getLogger(talkative).setLevel(logging.WARNING)
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Take no more updates, let answers under way finish, and close the connections. The webhook stays set, so none is lost."""
        if self._connecting:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        updater = self._application.updater
        if updater and updater.running:
            await updater.stop()
        if self._application.running:
            await self._application.stop()
        await self._chats.finish(FINISH_WITHIN)
        await self._application.shutdown()
        await self._application.bot.shutdown()  # open also when the application never came to be initialised

    async def feed(self, update: Mapping[str, Any]) -> None:
        """Take an update that came by webhook; one that cannot be read is dropped, for Telegram would send it again for ever."""
        try:
            read = Update.de_json(dict(update), self._application.bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("telegram: update not read: %s", type(error).__name__)
            return
        await self._application.update_queue.put(read)

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
        application = self._application
        await application.initialize()
        await application.bot.set_my_commands(list(say.TELEGRAM_COMMANDS.items()))
        if not application.running:
            await application.start()
        if application.updater:
            await application.updater.start_polling(bootstrap_retries=-1, allowed_updates=ALLOWED_UPDATES, error_callback=_polling_failed)
        elif self._public_url:
            await application.bot.set_webhook(
                self._public_url + self.webhook_path, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
            )  # fmt: skip

    async def _once(self, update: Update, context: Context) -> None:
        """Stop an update that was taken before."""
        if update.update_id in self._seen:
            raise ApplicationHandlerStop
        self._seen.append(update.update_id)

    async def _message(self, update: Update, context: Context) -> None:
        """Answer a message; in a group only one that speaks to the assistant."""
        message = update.message
        if message is None or not _for_us(message, context.bot):
            return
        if message.text is not None:
            await self._answer(message, said_in(message, context.bot), {})
            return
        album = message.media_group_id
        if album is None or album not in self._albums:  # an album comes as many messages
            await self._say(message, simple("out_of_scope", say.ONLY_TEXT))
        if album is not None:
            self._albums.append(album)

    async def _button(self, update: Update, context: Context) -> None:
        """Answer a tapped button as if its label had been said."""
        query = update.callback_query
        assert query is not None
        with contextlib.suppress(TelegramError):  # too old to be answered; the citizen still is
            await query.answer()
        if query.message is None:
            return
        chosen = read_callback(query.data or "")
        choice, aspects = chosen or (None, ())
        label = _label_of(query) or choice
        if chosen is None or label is None:
            await self._say(query.message, simple("clarify", say.CHOICE_NOT_THERE))
            return
        await self._answer(query.message, label, {"choice": choice, "aspects": list(aspects)} if choice else {})

    async def _failed(self, update: object, context: Context) -> None:
        """Log what kind of error stopped an update, and tell the citizen."""
        message = update.effective_message if isinstance(update, Update) else None
        sender = self._sender(message.chat.id) if message else "-"
        log.error("telegram: update not answered: %s, chat %s", type(context.error).__name__, sender)
        if message is None or isinstance(context.error, Forbidden):  # blocked by the citizen: nobody to tell
            return
        with contextlib.suppress(TelegramError):
            await context.bot.send_message(message.chat.id, say.TELEGRAM_FAILED)

    async def _answer(self, to: telegram.MaybeInaccessibleMessage, text: str, metadata: Mapping[str, Any]) -> None:
        contact = self._contact()
        try:
            async with self._typing(to.chat.id):
                reply = await self._conversations.reply(self._sender(to.chat.id), text, metadata, contact)
        except Unanswered:
            log.warning("telegram: unanswered, chat %s", self._sender(to.chat.id))
            reply = small_talk("error", contact)
        await self._say(to, reply)

    async def _say(self, to: telegram.MaybeInaccessibleMessage, reply: Reply) -> None:
        """Send `reply` to the chat of `to`, in a group as an answer to it; raises TelegramError."""
        quoted = None if to.chat.type == ChatType.PRIVATE else ReplyParameters(to.message_id, allow_sending_without_reply=True)
        for message in render(reply) or render(small_talk("error", self._contact())):
            rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in message.buttons]
            await self._send(to.chat.id, message.html, InlineKeyboardMarkup(rows) if rows else None, quoted)

    async def _send(self, chat: int, text: str, markup: InlineKeyboardMarkup | None, quoted: ReplyParameters | None) -> None:
        """Send one message, again when the connection breaks: an answer sent twice is better than one lost."""
        for wait in SEND_AGAIN_AFTER:
            try:
                await self._application.bot.send_message(chat, text, reply_markup=markup, reply_parameters=quoted)
                return
            except BadRequest:  # a NetworkError to python-telegram-bot, but one that stays
                raise
            except NetworkError:
                await asyncio.sleep(wait)
        await self._application.bot.send_message(chat, text, reply_markup=markup, reply_parameters=quoted)

    @contextlib.asynccontextmanager
    async def _typing(self, chat: int) -> AsyncIterator[None]:
        """Show the chat that an answer is being written."""

        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER)
            while True:
                with contextlib.suppress(TelegramError):
                    await self._application.bot.send_chat_action(chat, ChatAction.TYPING)
                await asyncio.sleep(TYPING_EVERY)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()

    def _sender(self, chat: int) -> str:
        """Return the name under which a chat is known to the conversations and the logs: a keyed hash of its id."""
        return "telegram-" + hmac.new(self._secret.encode(), str(chat).encode(), hashlib.sha256).hexdigest()[:32]


class ChatByChat(BaseUpdateProcessor):
    """Works on the updates of one chat one after another, and on several chats at once."""

    def __init__(self) -> None:
        # One at a time only hands updates on in their order of arrival; the work itself is done in tasks.
        super().__init__(max_concurrent_updates=1)
        self._last: dict[int | None, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_CHATS_AT_ONCE)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Queue `coroutine`, which answers `update`, behind the last one of the same chat."""
        chat = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else None
        task = asyncio.create_task(self._after(self._last.get(chat), coroutine))
        self._last[chat] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._forget(chat, done))

    def _forget(self, chat: int | None, done: asyncio.Task[None]) -> None:
        self._tasks.discard(done)
        if self._last.get(chat) is done:
            del self._last[chat]

    async def _after(self, before: asyncio.Task[None] | None, coroutine: Awaitable[Any]) -> None:
        if before:
            await asyncio.wait([before])
        async with self._room:
            await coroutine

    async def finish(self, within: float) -> None:
        """Wait until all updates are answered, at most `within` seconds; then give up those that are left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close; see `finish`."""


def said_in(message: telegram.Message, bot: telegram.Bot) -> str:
    """Return what a text message says: a command as its words, and no mention of the assistant itself."""
    text = message.text or ""
    for entity, words in message.parse_entities([MessageEntity.MENTION, MessageEntity.BOT_COMMAND]).items():
        if entity.type == MessageEntity.MENTION and _names(words, bot):
            text = text.replace(words, " ")
        elif entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            command, rest = words[1:].partition("@")[0], text[len(words) :]
            text = say.TELEGRAM_COMMAND_SAYS.get(command.lower()) or command + rest
    return text.strip()


def _for_us(message: telegram.Message, bot: telegram.Bot) -> bool:
    """Tell whether a message speaks to the assistant: always in private, in a group when it is mentioned or replied to."""
    if message.from_user and message.from_user.is_bot:
        return False
    entities = message.parse_entities() if message.text else message.parse_caption_entities() if message.caption else {}
    for entity, words in entities.items():
        if entity.type == MessageEntity.BOT_COMMAND and "@" in words:
            return _names(words[words.index("@") :], bot)
        if entity.type == MessageEntity.MENTION and _names(words, bot):
            return True
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == bot.id:
            return True
    replied = message.reply_to_message.from_user if message.reply_to_message else None
    return message.chat.type == ChatType.PRIVATE or (replied is not None and replied.id == bot.id)


def _names(mention: str, bot: telegram.Bot) -> bool:
    return mention.lower() == f"@{bot.username}".lower()


def _label_of(query: telegram.CallbackQuery) -> str | None:
    """Return the label of the button that was tapped; None when Telegram no longer shows us its message."""
    markup = query.message.reply_markup if isinstance(query.message, telegram.Message) else None
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), None)


def _polling_failed(error: TelegramError) -> None:
    log.warning("telegram: polling failed: %s", type(error).__name__)
