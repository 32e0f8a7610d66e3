"""Delivery: a letter arrives once, whatever befalls the call that sends it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.constants import ParseMode
from telegram.ext import Defaults, ExtBot

from bot.channels.telegram import delivery as delivery_module
from bot.channels.telegram import http as http_module
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.http import Http
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.store import SqlStore
from tests.channels.telegram.bot_api import TOKEN, BotApi, running
from tests.channels.telegram.desk import FAST, SEAL

pytestmark = pytest.mark.asyncio
CHAT, NAME = 1, SEAL.chat(1)
LETTER = Letter(CHAT, "<b>Giấy tờ</b> &amp; lệ phí", (("Nộp ở đâu?", "abc:0"),))


class Post:
    """A delivery over a stand-in and a store of its own."""

    def __init__(self, api: BotApi, at: Path) -> None:
        self.store = SqlStore(f"sqlite:///{at / 'telegram.db'}", SEAL)
        assert self.store.hold()
        self.bot: ExtBot[None] = ExtBot(
            TOKEN, f"{api.url}/bot", request=Http(), get_updates_request=Http(), rate_limiter=Pace(FAST), defaults=Defaults(ParseMode.HTML)
        )
        self.gone: list[str] = []
        self.delivery = Delivery(self.bot, self.store, self._end)

    async def _end(self, chat: str) -> None:
        self.gone.append(chat)

    def post(self, letter: Letter = LETTER) -> Letter:
        [numbered] = self.store.answered(1, NAME, (letter,), ())
        return numbered


@contextlib.asynccontextmanager
async def office(at: Path) -> AsyncIterator[tuple[BotApi, Post]]:
    async with running() as api:
        post = Post(api, at)
        await post.bot.initialize()
        try:
            yield api, post
        finally:
            await post.bot.shutdown()
            post.store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "AGAIN_AFTER", (0.01,))


@pytest.mark.parametrize("trouble", ["", "429", "502", "cut", "lost", "slow"])
async def test_a_letter_arrives_once_whatever_befalls_it(tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "READ_WITHIN", 0.3)  # "slow" takes longer
    async with office(tmp_path) as (api, post):
        api.trouble = [trouble]
        assert await post.delivery.deliver(NAME, post.post())
        [sent] = api.sent
        assert (sent.text, sent.buttons) == ("Giấy tờ & lệ phí", list(LETTER.rows))
        assert post.store.unfinished() == ([], [])
        assert api.refused == [] and api.broken == []


@pytest.mark.parametrize("taken", [True, False])
async def test_after_a_kill_while_sending_the_letter_is_there_once(tmp_path: Path, taken: bool) -> None:
    async with office(tmp_path) as (api, post):
        letter = post.post()
        post.store.sending(letter.number, api._next_in[0])
        if taken:  # the process was killed before it heard of it
            await post.bot.send_message(CHAT, letter.html, reply_markup=delivery_module.markup(letter.rows))
        for chat in range(2, 9):  # meanwhile others wrote
            api.text("khác", chat=chat)
        [(_, left)], _ = post.store.unfinished()
        assert await post.delivery.deliver(NAME, left)
        assert [s.text for s in api.sent] == ["Giấy tờ & lệ phí"]


async def test_looking_for_a_letter_changes_no_other_message(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        await post.bot.send_message(CHAT, "trước")
        post.delivery.note(CHAT, api.sent[0].id)
        theirs = api.text("của người dân")["message"]["message_id"]
        await post.bot.send_message(2, "của chat khác")
        letter = post.post()
        post.store.sending(letter.number, api.sent[0].id)
        [(_, left)], _ = post.store.unfinished()
        await post.delivery.deliver(NAME, left)
        assert [s.text for s in api.sent] == ["trước", "của chat khác", "Giấy tờ & lệ phí"]
        assert not api.messages[CHAT, theirs]["ours"]


async def test_a_file_that_was_taken_before_the_connection_broke_is_not_sent_again(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        api.trouble = ["lost"]
        assert await post.delivery.deliver(NAME, post.post(Letter(CHAT, "danh sách", file=("giay-to.txt", "- Tờ khai"))))
        assert [(s.text, s.file) for s in api.sent] == [("danh sách", "- Tờ khai")]


async def test_a_group_counts_its_messages_by_itself(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        for _ in range(60):
            api.text("trò chuyện", chat=2)
        asked = api.text("@thu_tuc_bot", chat=-5)["message"]["message_id"]
        api.trouble = ["lost"]
        assert await post.delivery.deliver(NAME, post.post(Letter(-5, "x", quotes=asked)))
        assert len(api.sent) == 1


async def test_a_page_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        await post.bot.send_message(CHAT, "trang 1")
        assert await post.delivery.deliver(NAME, post.post(Letter(CHAT, "trang 2", edits=api.sent[0].id)))
        assert [s.text for s in api.sent] == ["trang 2"]


async def test_a_page_whose_place_is_gone_comes_as_a_message(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        assert await post.delivery.deliver(NAME, post.post(Letter(CHAT, "trang 2", edits=999)))
        assert [s.text for s in api.sent] == ["trang 2"]


async def test_whoever_blocked_the_bot_is_told_of_and_left_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as (api, post):
        api.trouble = ["forbidden"]
        assert not await post.delivery.deliver(NAME, post.post())
        assert post.gone == [NAME]
        assert post.store.unfinished() == ([], [])


async def test_what_telegram_refuses_is_not_tried_for_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with office(tmp_path) as (api, post):
        assert not await post.delivery.deliver(NAME, post.post(Letter(CHAT, "<b>")))
        assert len(api.refused) == 1
        assert "BadRequest" in caplog.text


async def test_a_server_that_cannot_be_reached_is_tried_until_the_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "GIVE_UP_AFTER", 0.2)
    async with running() as api:
        post = Post(api, tmp_path)
        await post.bot.initialize()
    assert not await post.delivery.deliver(NAME, post.post())
    await post.bot.shutdown()
