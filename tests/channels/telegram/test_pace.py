"""Pace: Telegram's limits are held however much there is to send, and what it asks for after a 429 is given."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.channels.telegram.pace import FLOOD_RETRIES, Pace

pytestmark = pytest.mark.asyncio


class Calls:
    """Calls made through a pace: when each went out, to which chat."""

    def __init__(self, rate: float) -> None:
        self.pace = Pace(rate)
        self.made: list[tuple[float, int]] = []
        self.refusals: list[int] = []  # chats whose next call is refused

    async def make(self, chat: int, endpoint: str = "sendMessage", before: Any = None) -> None:
        async def call() -> bool:
            self.made.append((time.monotonic(), chat))
            if chat in self.refusals:
                self.refusals.remove(chat)
                raise RetryAfter(1)
            return True

        await self.pace.process_request(call, (), {}, endpoint, {"chat_id": chat}, before)

    def most_within(self, seconds: float) -> int:
        times = [at for at, _ in self.made]
        return max(sum(start <= at < start + seconds for at in times) for start in times)


async def test_the_limit_in_all_is_held_in_any_second() -> None:
    calls = Calls(rate=30)
    await asyncio.gather(*(calls.make(chat) for chat in range(1, 50)))
    assert calls.most_within(1.0) <= 30


async def test_a_chat_gets_one_message_a_second_and_others_do_not_wait() -> None:
    calls = Calls(rate=1000)

    async def talk(chat: int, count: int) -> None:
        for _ in range(count):
            await calls.make(chat)

    started = time.monotonic()
    await asyncio.gather(talk(1, 3), *(talk(chat, 1) for chat in range(2, 20)))
    in_chat = [at - started for at, chat in calls.made if chat == 1]
    assert in_chat[1] - in_chat[0] >= 1.0 and in_chat[2] - in_chat[1] >= 1.0
    assert max(at for at, chat in calls.made if chat != 1) - started < 0.5


async def test_an_edit_shows_no_new_message_and_does_not_wait() -> None:
    calls = Calls(rate=1000)
    started = time.monotonic()
    await calls.make(1)
    await calls.make(1, "editMessageReplyMarkup")
    assert time.monotonic() - started < 0.5


async def test_after_a_429_its_chat_is_left_alone_as_long_as_asked_and_another_is_not_held_up() -> None:
    calls = Calls(rate=1000)
    calls.refusals = [1]
    refused = asyncio.create_task(calls.make(1))
    await asyncio.sleep(0.05)
    await calls.make(2)
    assert not refused.done()
    await refused
    (first, _), (other, _), (second, _) = calls.made
    assert other - first < 0.5
    assert second - first >= 1.0


async def test_a_call_refused_again_and_again_is_given_up_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.pace.FLOOD_RETRIES", 1)
    calls = Calls(rate=1000)
    calls.refusals = [1] * (FLOOD_RETRIES + 1)
    with pytest.raises(RetryAfter):
        await calls.make(1)
    assert len(calls.made) == 2


async def test_the_caller_is_told_right_before_the_call_goes_out_each_time() -> None:
    calls = Calls(rate=1000)
    calls.refusals = [1]
    told: list[int] = []
    await calls.make(1, before=lambda: told.append(len(calls.made)))
    assert told == [0, 1]


async def test_a_group_is_sent_no_more_than_twenty_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.pace.CHAT_EVERY", 0.0)
    calls = Calls(rate=1000)
    sending = [asyncio.create_task(calls.make(-5)) for _ in range(21)]
    await asyncio.sleep(0.5)
    assert len(calls.made) <= 10  # and one every six seconds after these
    for task in sending:
        task.cancel()
