"""Notices: they reach the chat that wants them, once, and end when it has blocked the bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.reply import Block, Reply
from tests.channels.telegram.bot_api import running
from tests.channels.telegram.desk import SEAL, Echo, started

pytestmark = pytest.mark.asyncio
NAME = SEAL.chat(1)
NEWS = Reply("dossier", (Block("text", "Hồ sơ đã có kết quả."),))
LOOKED_UP = Reply("dossier", (Block("text", "Hồ sơ đang xử lý."),))


class Wishes:
    """Wishes for notices, of all or of nobody."""

    def __init__(self, on: bool = True) -> None:
        self.on = on
        self.ended: list[str] = []

    async def wanted(self, conversation: str) -> bool:
        return self.on

    async def end(self, conversation: str) -> None:
        self.ended.append(conversation)


async def test_a_notice_reaches_the_chat_that_wants_it_once_even_over_a_restart(tmp_path: Path) -> None:
    async with running() as api:
        async with started(api, tmp_path, assistant=Echo({"hồ sơ": LOOKED_UP}), notices=Wishes()) as (bot, _):
            await bot.feed(api.text("hồ sơ"))
            await api.answers(1)
            assert await bot.deliver(NAME, NEWS, "0042 xong") == "delivered"
        async with started(api, tmp_path, notices=Wishes()) as (bot, _):
            assert await bot.deliver(NAME, NEWS, "0042 xong") == "delivered"
            assert await bot.deliver(NAME, NEWS, "0042 trả") == "delivered"
        assert [s.text for s in api.sent[1:]] == ["Hồ sơ đã có kết quả."] * 2


async def test_the_address_of_a_chat_is_kept_only_while_its_notices_are_on(tmp_path: Path) -> None:
    wishes = Wishes(on=False)
    async with running() as api, started(api, tmp_path, assistant=Echo({"hồ sơ": LOOKED_UP}), notices=wishes) as (bot, _):
        await bot.feed(api.text("hồ sơ"))
        await api.answers(1)
        assert await bot.deliver(NAME, NEWS, "a") == "gone"
        wishes.on = True
        await bot.feed(api.text("hồ sơ"))
        await api.answers(2)
        assert await bot.deliver(NAME, NEWS, "a") == "delivered"


async def test_a_chat_that_blocked_the_bot_ends_its_notices(tmp_path: Path) -> None:
    wishes = Wishes()
    async with running() as api, started(api, tmp_path, assistant=Echo({"hồ sơ": LOOKED_UP}), notices=wishes) as (bot, _):
        await bot.feed(api.text("hồ sơ"))
        await api.answers(1)
        api.trouble = ["forbidden"]
        assert await bot.deliver(NAME, NEWS, "a") == "gone"
        assert wishes.ended == [NAME]
        assert await bot.deliver(NAME, NEWS, "b") == "gone"


async def test_a_notice_that_could_not_be_sent_can_be_sent_again(tmp_path: Path) -> None:
    unsendable = Reply("dossier", (Block("text", "x"),))
    async with running() as api, started(api, tmp_path, assistant=Echo({"hồ sơ": LOOKED_UP}), notices=Wishes()) as (bot, _):
        await bot.feed(api.text("hồ sơ"))
        await api.answers(1)
        api.trouble = ["refused"]
        assert await bot.deliver(NAME, unsendable, "a") == "failed"
        assert await bot.deliver(NAME, NEWS, "a") == "delivered"
        assert [s.text for s in api.sent[1:]] == ["Hồ sơ đã có kết quả."]


async def test_blocking_the_bot_ends_notices_before_anything_is_sent(tmp_path: Path) -> None:
    wishes = Wishes()
    me, person = {"id": 123456, "is_bot": True, "first_name": "T"}, {"id": 7, "is_bot": False, "first_name": "A"}
    blocked = {"chat": {"id": 1, "type": "private"}, "from": person, "date": 1, "old_chat_member": {"status": "member", "user": me}}
    async with running() as api, started(api, tmp_path, notices=wishes) as (bot, _):
        await bot.feed(
            {"update_id": 5000, "my_chat_member": {**blocked, "new_chat_member": {"status": "kicked", "user": me, "until_date": 0}}}
        )
        await bot.feed(api.text("sau", chat=2))
        await api.answers(1)
        assert wishes.ended == [NAME]
