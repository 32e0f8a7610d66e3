"""The Telegram application against a stand-in for the Bot API, over HTTP: what a citizen sends and what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Reply
from bot.channels.assistant import Unanswered
from bot.channels.telegram_app import TelegramBot
from bot.knowledge.model import Contact
from tests.channels.bot_api import TOKEN, BotApi, running

pytestmark = pytest.mark.asyncio
CONTACT = Contact(hotlines=("1900 0000",), portal="https://example.vn", source="thử")
SECRET = "s" * 64
QUESTION = "làm giấy khai sinh cần gì"


class Echo:
    """Conversations that repeat what was said; "chậm" takes a while, "hỏng" is unanswered, "sập" breaks."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, dict[str, Any]]] = []

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact) -> Reply:
        self.heard.append((sender, text, dict(metadata)))
        if "chậm" in text:
            await asyncio.sleep(1.0)
        if text == "hỏng":
            raise Unanswered("no reply")
        if text == "sập":
            raise RuntimeError(text)
        return Reply("clarify", (Block("text", f"bạn nói: {text}"),), buttons=(Button("Khai sinh", "1.000001", ("fee", "time")),))


@contextlib.asynccontextmanager
async def started(api: BotApi, *, webhook: bool) -> AsyncIterator[tuple[TelegramBot, Echo]]:
    """Run the application until it takes updates."""
    echo = Echo()
    public = "https://tthc.example.vn" if webhook else None
    bot = TelegramBot(TOKEN, echo, lambda: CONTACT, api=api.url, public_url=public, webhook_secret=SECRET)
    await bot.start()
    try:
        await api.until(lambda: bool(api.calls("setWebhook") if webhook else api.calls("getUpdates")))
        yield bot, echo
    finally:
        await bot.stop()


async def test_polling_a_question_is_answered():
    async with running() as api, started(api, webhook=False) as (_, echo):
        await api.offer(api.text(f"{QUESTION} <b>&"))
        [sent] = await api.answers(1)
        assert sent.text == f"bạn nói: {QUESTION} <b>&"
        assert sent.chat == 1 and sent.quotes is None
        assert echo.heard[0][0].startswith("telegram-") and echo.heard[0][2] == {}
        assert '"is_disabled": true' in api.calls("sendMessage")[0]["link_preview_options"]
        assert api.calls("setMyCommands")


async def test_webhook_is_set_with_its_secret_and_fed_updates_are_answered():
    async with running() as api, started(api, webhook=True) as (bot, _):
        assert api.webhook["url"] == "https://tthc.example.vn" + bot.webhook_path
        assert api.webhook["secret_token"] == SECRET
        assert "drop_pending_updates" not in api.webhook or api.webhook["drop_pending_updates"] == "false"
        await bot.feed(api.text(QUESTION))
        assert (await api.answers(1))[0].text == f"bạn nói: {QUESTION}"
        await bot.feed({"nonsense": 1})
        await bot.feed(api.text("còn đây"))
        assert (await api.answers(2))[1].text == "bạn nói: còn đây"
        assert not api.calls("getUpdates")
    assert not api.calls("deleteWebhook")


async def test_a_tapped_button_is_taken_as_a_choice():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        await bot.feed(api.text(QUESTION))
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, 0))
        await api.answers(2)
        assert echo.heard[1][1:] == ("Khai sinh", {"choice": "1.000001", "aspects": ["fee", "time"]})
        assert echo.heard[1][0] == echo.heard[0][0]
        assert len(api.calls("answerCallbackQuery")) == 1


async def test_a_button_that_is_not_ours_is_met_politely():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        tap = api.tap(await _sent(api, bot), 0)
        tap["callback_query"]["data"] = "x|y"
        await bot.feed(tap)
        assert (await api.answers(2))[1].text == say.CHOICE_NOT_THERE
        assert len(api.calls("answerCallbackQuery")) == 1 and len(echo.heard) == 1


async def test_a_button_of_a_message_no_longer_shown_is_still_a_choice():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        tap = api.tap(await _sent(api, bot), 0)
        message = tap["callback_query"]["message"]
        tap["callback_query"]["message"] = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        await bot.feed(tap)
        await api.answers(2)
        assert echo.heard[1][1:] == ("1.000001", {"choice": "1.000001", "aspects": ["fee", "time"]})


async def test_an_update_that_comes_twice_is_answered_once():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        update = api.text(QUESTION)
        await bot.feed(update)
        await bot.feed(update)
        await bot.feed(api.text("sau"))
        await api.answers(2)
        await bot.feed(update)
        await bot.feed(api.text("cuối"))
        await api.answers(3)
        assert [text for _, text, _ in echo.heard] == [QUESTION, "sau", "cuối"]


async def test_too_many_requests_is_obeyed():
    async with running() as api, started(api, webhook=True) as (bot, _):
        api.trouble = ["429"]
        before = asyncio.get_running_loop().time()
        await bot.feed(api.text(QUESTION))
        await api.answers(1)
        assert asyncio.get_running_loop().time() - before >= 1.0
        assert len(api.calls("sendMessage")) == 2


async def test_a_broken_connection_loses_no_answer():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        api.trouble = ["cut"]
        await bot.feed(api.text(QUESTION))
        await api.answers(1)
        assert len(api.calls("sendMessage")) == 2 and len(echo.heard) == 1


@pytest.mark.parametrize("content", ["photo", "sticker", "voice", "location", "contact"])
async def test_only_text_is_read(content: str):
    a_file = {"file_id": "f", "file_unique_id": "u"}
    contents: dict[str, Any] = {
        "photo": [{**a_file, "width": 1, "height": 1}],
        "sticker": {**a_file, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"},
        "voice": {**a_file, "duration": 1},
        "location": {"longitude": 105.8, "latitude": 21.0},
        "contact": {"phone_number": "1", "first_name": "A"},
    }
    async with running() as api, started(api, webhook=True) as (bot, echo):
        await bot.feed(api.other(**{content: contents[content]}))
        assert (await api.answers(1))[0].text == say.ONLY_TEXT
        assert echo.heard == []


async def test_an_album_is_one_message_to_the_citizen():
    async with running() as api, started(api, webhook=True) as (bot, _):
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
        for _ in range(3):
            await bot.feed(api.other(photo=photo, media_group_id="album"))
        await bot.feed(api.text("xong"))
        assert [s.text for s in await api.answers(2)] == [say.ONLY_TEXT, "bạn nói: xong"]


@pytest.mark.parametrize("text", ["hỏng", "sập"])
async def test_a_failure_is_told_politely_and_the_next_question_answered(text: str, caplog: pytest.LogCaptureFixture):
    async with running() as api, started(api, webhook=True) as (bot, _):
        await bot.feed(api.text(text))
        await bot.feed(api.text("tiếp"))
        sent = await api.answers(2)
        assert sent[0].text == (say.ERROR.format(hotlines="1900 0000") if text == "hỏng" else say.TELEGRAM_FAILED)
        assert sent[1].text == "bạn nói: tiếp"
    assert text not in caplog.text


async def test_a_citizen_who_blocked_the_bot_is_left_alone():
    async with running() as api, started(api, webhook=True) as (bot, _):
        api.trouble = ["forbidden"]
        await bot.feed(api.text(QUESTION))
        await bot.feed(api.text("khác", chat=2))
        await api.answers(1)
        assert len(api.calls("sendMessage")) == 2


async def test_a_chat_is_answered_in_order_and_another_does_not_wait():
    async with running() as api, started(api, webhook=False) as (_, _echo):
        await api.offer(api.text("chậm 1"), api.text("2"), api.text("3"), api.text("nhanh", chat=2))
        sent = await api.answers(4)
        assert sent[0].text == "bạn nói: nhanh"
        assert [s.text for s in sent if s.chat == 1] == ["bạn nói: chậm 1", "bạn nói: 2", "bạn nói: 3"]
        assert api.calls("sendChatAction")[0] == {"chat_id": "1", "action": "typing"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("/start", "xin chào"),
        ("/start a1", "xin chào"),
        ("/trogiup", "trợ giúp"),
        ("/trogiup@thu_tuc_bot", "trợ giúp"),
        ("/khaisinh cần gì", "khaisinh cần gì"),
    ],
)
async def test_commands_are_said_as_words(written: str, said: str):
    async with running() as api, started(api, webhook=True) as (bot, echo):
        await bot.feed(api.text(written))
        await api.answers(1)
        assert echo.heard[0][1] == said


async def test_edited_messages_joins_and_channel_posts_are_passed_over():
    async with running() as api, started(api, webhook=True) as (bot, echo):
        await bot.feed(api.other(kind="edited_message", text="sửa", edit_date=2))
        await bot.feed(api.other(chat=-5, kind="channel_post", text="đăng"))
        await bot.feed(api.other(new_chat_members=[{"id": 9, "is_bot": False, "first_name": "B"}]))
        await bot.feed(api.text("cuối"))
        await api.answers(1)
        assert [text for _, text, _ in echo.heard] == ["cuối"]


async def test_in_a_group_only_what_is_said_to_the_bot_is_answered():
    ours = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "supergroup"}, "from": {"id": 123456, "is_bot": True, "first_name": "T"}}
    theirs = {**ours, "from": {"id": 8, "is_bot": False, "first_name": "B"}}
    async with running() as api, started(api, webhook=True) as (bot, echo):
        await bot.feed(api.text("nói với nhau", chat=-5))
        await bot.feed(api.text("@ai_do ơi", chat=-5))
        await bot.feed(api.text("/start@bot_khac", chat=-5))
        await bot.feed(api.text("ừ", chat=-5, reply_to_message=theirs))
        await bot.feed(api.other(chat=-5, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]))
        called = api.text("😀 @Thu_Tuc_Bot cần gì", chat=-5)
        await bot.feed(called)
        await bot.feed(api.text("thế lệ phí?", chat=-5, reply_to_message=ours))
        sent = await api.answers(2)
        assert [" ".join(text.split()) for _, text, _ in echo.heard] == ["😀 cần gì", "thế lệ phí?"]
        assert sent[0].quotes == called["message"]["message_id"]


async def test_the_bot_waits_for_telegram_to_come_up_and_logs_one_line(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with running() as api:
        api.down = True
        bot = TelegramBot(TOKEN, Echo(), lambda: CONTACT, api=api.url, public_url=None, webhook_secret=SECRET)
        await bot.start()
        await api.until(lambda: len(api.calls("getMe")) >= 2)
        api.down = False
        await api.offer(api.text(QUESTION))
        await api.answers(1)
        await bot.stop()
    assert len([r for r in caplog.records if "not connected" in r.message]) == 1


async def test_a_refused_token_and_stopping_before_connecting_do_no_harm(caplog: pytest.LogCaptureFixture):
    async with running() as api:
        bot = TelegramBot("1:wrong", Echo(), lambda: CONTACT, api=api.url, public_url=None, webhook_secret=SECRET)
        await bot.start()
        await asyncio.sleep(0.3)
        await bot.stop()
    assert "InvalidToken" in caplog.text and "1:wrong" not in caplog.text


async def test_answers_under_way_are_finished_when_stopping():
    async with running() as api:
        async with started(api, webhook=True) as (bot, echo):
            await bot.feed(api.text("chậm"))
            while not echo.heard:
                await asyncio.sleep(0.01)
        assert [s.text for s in api.sent] == ["bạn nói: chậm"]


async def test_logs_hold_neither_words_nor_chat_nor_token(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with running() as api, started(api, webhook=False):
        await api.offer(api.text("sập", chat=987654321), api.text("bí mật", chat=987654321))
        await api.answers(2)
    assert "RuntimeError" in caplog.text
    assert not any(secret in caplog.text for secret in ("sập", "bí mật", "987654321", TOKEN))


async def _sent(api: BotApi, bot: TelegramBot) -> Any:
    await bot.feed(api.text(QUESTION))
    return (await api.answers(1))[0]
