"""The bot against a stand-in for the Bot API, over HTTP: what a citizen sends and what comes back."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.answers import wording as say
from bot.channels.telegram import TelegramBot
from tests.channels.telegram.bot_api import TOKEN, BotApi, running
from tests.channels.telegram.desk import QUESTION, SECRET, Echo, make, started

pytestmark = pytest.mark.asyncio


async def test_polling_a_question_is_answered(tmp_path: Path):
    async with running() as api, started(api, tmp_path, webhook=False) as (_, echo):
        await api.offer(api.text(f"{QUESTION} <b>&"))
        [sent] = await api.answers(1)
        assert sent.text == f"bạn nói: {QUESTION} <b>&"
        assert sent.chat == 1 and sent.quotes is None
        assert echo.heard[0][0].startswith("telegram-") and echo.heard[0][2] == {}
        assert '"is_disabled": true' in api.calls("sendMessage")[0]["link_preview_options"]
        assert api.calls("setMyCommands")


async def test_webhook_is_set_with_its_secret_and_fed_updates_are_answered(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, _):
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


async def test_a_tapped_button_is_taken_as_a_choice(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.text(QUESTION))
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, 0))
        await api.answers(2)
        assert echo.heard[1][1:] == ("Khai sinh", {"choice": "1.000001", "aspects": ["fee", "time"]})
        assert echo.heard[1][0] == echo.heard[0][0]
        assert len(api.calls("answerCallbackQuery")) == 1


async def test_a_button_that_is_not_ours_is_met_politely(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        tap = api.tap(await _sent(api, bot), 0)
        tap["callback_query"]["data"] = "x|y"
        await bot.feed(tap)
        assert (await api.answers(2))[1].text == say.TELEGRAM_BUTTON_OLD
        assert len(api.calls("answerCallbackQuery")) == 1 and len(echo.heard) == 1


async def test_a_button_of_a_message_no_longer_shown_is_still_a_choice(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        tap = api.tap(await _sent(api, bot), 0)
        message = tap["callback_query"]["message"]
        tap["callback_query"]["message"] = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        await bot.feed(tap)
        await api.answers(2)
        assert echo.heard[1][1:] == ("Khai sinh", {"choice": "1.000001", "aspects": ["fee", "time"]})


async def test_an_update_that_comes_twice_is_answered_once(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        update = api.text(QUESTION)
        await bot.feed(update)
        await bot.feed(update)
        await bot.feed(api.text("sau"))
        await api.answers(2)
        await bot.feed(update)
        await bot.feed(api.text("cuối"))
        await api.answers(3)
        assert [text for _, text, _ in echo.heard] == [QUESTION, "sau", "cuối"]


async def test_too_many_requests_is_obeyed(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, _):
        api.trouble = ["429"]
        before = asyncio.get_running_loop().time()
        await bot.feed(api.text(QUESTION))
        await api.answers(1)
        assert asyncio.get_running_loop().time() - before >= 1.0
        assert len(api.calls("sendMessage")) == 2


async def test_a_broken_connection_loses_no_answer(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        api.trouble = ["cut"]
        await bot.feed(api.text(QUESTION))
        await api.answers(1)
        assert len(api.calls("sendMessage")) == 2 and len(echo.heard) == 1


@pytest.mark.parametrize("content", ["photo", "sticker", "voice", "contact", "dice"])
async def test_what_holds_no_text_is_met_with_a_word_on_what_it_is(content: str, tmp_path: Path):
    a_file = {"file_id": "f", "file_unique_id": "u"}
    contents: dict[str, Any] = {
        "photo": [{**a_file, "width": 1, "height": 1}],
        "sticker": {**a_file, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"},
        "voice": {**a_file, "duration": 1},
        "dice": {"emoji": "🎲", "value": 1},
        "contact": {"phone_number": "1", "first_name": "A"},
    }
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.other(**{content: contents[content]}))
        assert (await api.answers(1))[0].text == say.TELEGRAM_KINDS.get(content, say.ONLY_TEXT)
        assert echo.heard == []


async def test_an_album_is_one_message_to_the_citizen(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, _):
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
        for _ in range(3):
            await bot.feed(api.other(photo=photo, media_group_id="album"))
        await bot.feed(api.text("xong"))
        assert [s.text for s in await api.answers(2)] == [say.TELEGRAM_KINDS["photo"], "bạn nói: xong"]


@pytest.mark.parametrize("text", ["hỏng", "sập"])
async def test_a_failure_is_told_politely_and_the_next_question_answered(text: str, caplog: pytest.LogCaptureFixture, tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.text(text))
        await bot.feed(api.text("tiếp"))
        sent = await api.answers(2)
        assert sent[0].text == (say.ERROR.format(hotlines="1900 0000") if text == "hỏng" else say.TELEGRAM_FAILED)
        assert sent[1].text == "bạn nói: tiếp"
    assert text not in caplog.text


async def test_a_citizen_who_blocked_the_bot_is_left_alone(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, _):
        api.trouble = ["forbidden"]
        await bot.feed(api.text(QUESTION))
        await bot.feed(api.text("khác", chat=2))
        await api.answers(1)
        assert len(api.calls("sendMessage")) == 2


async def test_a_chat_is_answered_in_order_and_another_does_not_wait(tmp_path: Path):
    async with running() as api, started(api, tmp_path, webhook=False) as (_, _echo):
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
        ("/trogiup", "bạn làm được gì"),
        ("/trogiup@thu_tuc_bot", "bạn làm được gì"),
        ("/khaisinh cần gì", "khaisinh cần gì"),
    ],
)
async def test_commands_are_said_as_words(written: str, said: str, tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.text(written))
        await api.answers(1)
        assert echo.heard[0][1] == said


async def test_edited_messages_joins_and_channel_posts_are_passed_over(tmp_path: Path):
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.other(kind="edited_message", text="sửa", edit_date=2))
        await bot.feed(api.other(chat=-5, kind="channel_post", text="đăng"))
        await bot.feed(api.other(new_chat_members=[{"id": 9, "is_bot": False, "first_name": "B"}]))
        await bot.feed(api.text("cuối"))
        await api.answers(1)
        assert [text for _, text, _ in echo.heard] == ["cuối"]


async def test_in_a_group_only_what_is_said_to_the_bot_is_answered(tmp_path: Path):
    ours = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "supergroup"}, "from": {"id": 123456, "is_bot": True, "first_name": "T"}}
    theirs = {**ours, "from": {"id": 8, "is_bot": False, "first_name": "B"}}
    async with running() as api, started(api, tmp_path) as (bot, echo):
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


async def test_the_bot_waits_for_telegram_to_come_up_and_logs_one_line(caplog: pytest.LogCaptureFixture, tmp_path: Path):
    caplog.set_level(logging.INFO)
    async with running() as api:
        api.down = True
        bot = make(api, tmp_path, Echo(), webhook=False)
        await bot.start()
        await api.until(lambda: len(api.calls("getMe")) >= 2)
        api.down = False
        await api.offer(api.text(QUESTION))
        await api.answers(1)
        await bot.stop()
    assert len([r for r in caplog.records if "not connected" in r.message]) == 1


async def test_a_refused_token_and_stopping_before_connecting_do_no_harm(caplog: pytest.LogCaptureFixture, tmp_path: Path):
    async with running() as api:
        bot = make(api, tmp_path, Echo(), webhook=False, token="1:wrong")
        await bot.start()
        await asyncio.sleep(0.3)
        await bot.stop()
    assert "InvalidToken" in caplog.text and "1:wrong" not in caplog.text


async def test_answers_under_way_are_finished_when_stopping(tmp_path: Path):
    async with running() as api:
        async with started(api, tmp_path) as (bot, echo):
            await bot.feed(api.text("chậm"))
            while not echo.heard:
                await asyncio.sleep(0.01)
        assert [s.text for s in api.sent] == ["bạn nói: chậm"]


async def test_logs_hold_neither_words_nor_chat_nor_token(caplog: pytest.LogCaptureFixture, tmp_path: Path):
    caplog.set_level(logging.DEBUG)
    async with running() as api, started(api, tmp_path, webhook=False):
        await api.offer(api.text("sập", chat=987654321), api.text("bí mật", chat=987654321))
        await api.answers(2)
    assert "RuntimeError" in caplog.text
    assert not any(secret in caplog.text for secret in ("sập", "bí mật", "987654321", TOKEN))


async def _sent(api: BotApi, bot: TelegramBot) -> Any:
    await bot.feed(api.text(QUESTION))
    return (await api.answers(1))[0]


async def test_an_update_that_cannot_be_stored_is_polled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with running() as api, started(api, tmp_path, webhook=False) as (bot, _):
        take, refusals = bot._store.take, [OSError("no space left")]

        def full_at_first(*update: Any) -> bool:
            if refusals:
                raise refusals.pop()
            return take(*update)

        monkeypatch.setattr(bot._store, "take", full_at_first)
        await api.offer(api.text(QUESTION))
        assert (await api.answers(1))[0].text == f"bạn nói: {QUESTION}"
