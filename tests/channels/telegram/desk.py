"""The bot and what it stands on, as its tests need it: an assistant that echoes, made-up knowledge, a store in a folder of the test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.answers.reply import Block, Button, Reply
from bot.channels.assistant import Unanswered
from bot.channels.own_data import OwnData
from bot.channels.telegram import TelegramBot
from bot.channels.telegram.notices import Notices
from bot.channels.telegram.seal import Seal
from bot.channels.telegram.store import SqlStore
from bot.knowledge.model import Contact, Knowledge
from bot.serving.awaited import AwaitedHere
from bot.understanding import index
from bot.understanding.search import Search
from tests.building import knowledge
from tests.channels.telegram.bot_api import TOKEN, BotApi

SECRET = "s" * 64
SEAL = Seal("a secret of the tests")
QUESTION = "làm giấy khai sinh cần gì"
FAST = 10_000  # messages a second: the limit in all is tried by its own test


@dataclass
class Echo:
    """An assistant that repeats what was said, or gives the reply that `replies` holds for it.

    "chậm" takes a while, "hỏng" is unanswered, "sập" breaks; `down`: nothing is answered.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    down: bool = False
    heard: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact) -> Reply:
        if self.down:
            raise Unanswered("ConnectError")
        self.heard.append((sender, text, dict(metadata)))
        if "chậm" in text:
            await asyncio.sleep(1.0)
        if text == "hỏng":
            raise Unanswered("no reply")
        if text == "sập":
            raise RuntimeError(text)
        buttons = (Button("Khai sinh", "1.000001", ("fee", "time")),)
        return self.replies.get(text) or Reply("clarify", (Block("text", f"bạn nói: {text}"),), buttons=buttons)

    async def ready(self) -> bool:
        return not self.down

    async def forget(self, sender: str) -> None:
        if self.down:
            raise Unanswered("ConnectError")
        self.forgotten.append(sender)


def search_over(known: Knowledge) -> Search:
    """Return a search over `known`."""
    return Search(known, index.build(known), index.build(known, in_full=False))


def make(
    api: BotApi, at: Path, assistant: Any, *, webhook: bool = True, token: str = TOKEN, rate: float = FAST, known: Knowledge | None = None,
    notices: Notices | None = None, url: str | None = None, **options: Any,
) -> TelegramBot:  # fmt: skip
    """Return a bot that calls `api` and keeps its store in the folder `at`, or in the database at `url`."""
    search = search_over(known or knowledge(at / "knowledge"))
    return TelegramBot(
        token, assistant, lambda: search, SqlStore(url or f"sqlite:///{at / 'telegram.db'}", SEAL), SEAL, api=api.url,
        public_url="https://tthc.example.vn" if webhook else None, webhook_secret=SECRET, rate=rate, notices=notices, own_data=OwnData(AwaitedHere()),
        **options,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def started(
    api: BotApi, at: Path, *, webhook: bool = True, assistant: Echo | None = None, **options: Any
) -> AsyncIterator[tuple[TelegramBot, Echo]]:
    """Run a bot until it takes updates; yield it and its assistant."""
    echo = assistant or Echo()
    api.webhook.clear()
    api.called.clear()
    bot = make(api, at, echo, webhook=webhook, **options)
    await bot.start()
    try:
        await api.until(lambda: bool(api.calls("setWebhook") if webhook else api.calls("getUpdates")))
        yield bot, echo
    finally:
        await bot.stop()
