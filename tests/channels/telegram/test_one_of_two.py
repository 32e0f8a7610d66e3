"""Two gateways with one PostgreSQL: one is the bot; when it is gone the other is, and no question is lost or answered twice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.telegram import TelegramBot
from bot.channels.telegram.keyboards import Key, Keyboard
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.store import SCHEMA, NotHeld, SqlStore
from tests.channels.telegram.bot_api import BotApi, running
from tests.channels.telegram.desk import SEAL, Echo, make

pytestmark = pytest.mark.asyncio
OF_A_CHAT = ("inbox", "outbox", "keyboards", "units", "addresses", "notices")
WITHIN = 8.0  # seconds the other gateway may take to be the bot
QUESTIONS = [f"câu {number}" for number in range(6)]


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    yield postgres
    told(postgres, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def told(url: str, statement: str) -> None:
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as db:
        db.execute(sa.text(statement))


async def until(true: Callable[[], bool]) -> None:
    async def look() -> None:
        while not true():
            await asyncio.sleep(0.05)

    await asyncio.wait_for(look(), WITHIN)


@asynccontextmanager
async def two(api: BotApi, at: Path, url: str) -> AsyncIterator[tuple[TelegramBot, Echo, TelegramBot, Echo]]:
    """Run two bots by webhook over the same database; the first started is the bot."""
    echoes = Echo(), Echo()
    first, second = (make(api, at / name, echo, url=url) for name, echo in zip("ab", echoes, strict=True))
    await first.start()
    await second.start()
    try:
        await api.until(lambda: bool(api.calls("setWebhook")))
        yield first, echoes[0], second, echoes[1]
    finally:
        await second.stop()
        await first.stop()


async def test_who_stands_by_refuses_updates_and_leaves_telegram_alone(tmp_path: Path, database: str):
    async with running() as api, two(api, tmp_path, database) as (first, _, second, heard_by_second):
        update = api.text("xin chào")
        with pytest.raises(NotHeld):
            await second.feed(update)
        await first.feed(update)
        assert [sent.text for sent in await api.answers(1)] == ["bạn nói: xin chào"]
        assert first.serving and not second.serving and not heard_by_second.heard
        assert len(api.calls("setWebhook")) == 1


async def test_when_the_bot_stops_the_other_takes_over_and_knows_what_was_taken(tmp_path: Path, database: str):
    async with running() as api, two(api, tmp_path, database) as (first, _, second, echo):
        old = api.text("cũ")
        await first.feed(old)
        await api.answers(1)
        await first.stop()
        await until(lambda: second.serving)
        await second.feed(old)
        await second.feed(api.text("mới"))
        assert [sent.text for sent in await api.answers(2)] == ["bạn nói: cũ", "bạn nói: mới"]
        assert [text for _, text, _ in echo.heard] == ["mới"]


async def test_whose_connection_is_cut_amid_updates_stands_by_and_every_question_is_answered_once_in_order(tmp_path: Path, database: str):
    async with running() as api, two(api, tmp_path, database) as (first, _, second, _):
        updates = [api.text(text) for text in ("chậm đây", *QUESTIONS)]
        for update in updates:
            await first.feed(update)
        told(database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        for update in updates:  # Telegram comes again with what it had no answer to
            await again(update, first, second)
        expected = [f"bạn nói: {text}" for text in ("chậm đây", *QUESTIONS)]
        assert [sent.text for sent in await api.answers(len(expected))] == expected
        await asyncio.sleep(1.2)  # one of them twice would come now
        assert len(await api.answers(len(expected))) == len(expected)
        assert first.serving != second.serving


async def test_of_a_chat_that_is_forgotten_no_row_is_left_and_what_stays_of_others_is_sealed(database: str):
    store, chat, other = SqlStore(database, SEAL), SEAL.chat(1), SEAL.chat(2)
    assert store.hold()
    for number, whose in ((5, chat), (6, other)):
        store.take(number, whose, {"text": "câu hỏi riêng tư"})
        store.told(number, (Letter(1, "đợi"),), whose)
        store.keep_keyboard(whose, Keyboard.make("answer", [Key("nhãn")]))
        store.keep_unit(whose, "phuong-trang")
        store.keep_address(whose, 1)
        store.post(whose, (), (), f"tin của {whose}")
    store.forget(chat)
    held = rows(database)
    store.close()
    assert len(held) > len(OF_A_CHAT)
    assert not any(chat in row for row in held) and len([row for row in held if other in row]) == len(OF_A_CHAT)
    assert not any("riêng tư" in row or "riêng tư".encode().hex() in row for row in held)


def rows(url: str) -> list[str]:
    """Return every row of every table of the store, as text."""
    with sa.create_engine(url).connect() as db:
        return [str(row[0]) for table in (*OF_A_CHAT, "updates") for row in db.execute(sa.text(f"SELECT t::text FROM {SCHEMA}.{table} t"))]


async def again(update: dict[str, object], *bots: TelegramBot) -> None:
    """Hand an update to whichever of `bots` takes it, as a proxy does, until one does."""
    for _ in range(80):
        for bot in bots:
            try:
                return await bot.feed(update)
            except NotHeld:
                continue
        await asyncio.sleep(0.1)
    raise AssertionError("nobody takes updates")


async def test_polling_a_killed_process_is_followed_by_the_other_and_no_question_is_lost_or_answered_twice(tmp_path: Path, database: str):
    async with running() as api:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.channels.telegram.one_of_two", api.url, database, str(tmp_path / "a")
        )
        echo = Echo()
        second = make(api, tmp_path / "b", echo, webhook=False, url=database)
        try:
            await asyncio.wait_for(api.until(lambda: bool(api.calls("getUpdates"))), 20)
            await second.start()
            assert not second.serving
            await api.offer(api.text("trước"))
            await api.answers(1)
            for text in ("chậm đây", *QUESTIONS):
                await api.offer(api.text(text))
            await asyncio.sleep(0.3)
            process.kill()
            await process.wait()
            expected = [f"bạn nói: {text}" for text in ("trước", "chậm đây", *QUESTIONS)]
            await until(lambda: second.serving)
            assert [sent.text for sent in await api.answers(len(expected))] == expected
            assert "trước" not in [text for _, text, _ in echo.heard]
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await second.stop()
