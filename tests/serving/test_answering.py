"""Between the channels and the assistant: counted, silenced, and nothing of it in a label."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot import trace
from bot.answers import wording as say
from bot.answers.reply import Block, Reply
from bot.channels.assistant import Unanswered
from bot.channels.plain import to_text
from bot.knowledge.model import Contact
from bot.serving.answering import Answering
from bot.serving.metrics import Metrics
from bot.serving.pause import Pause, Switch
from tests.building import knowledge


class Assistant:
    """Replies, or fails while it is `down`; remembers the ids it was asked under."""

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str | None] = []
        self.forgotten: list[str] = []

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        self.asked.append(trace.current())
        if self.down:
            raise Unanswered("down")
        return Reply("clarify", (Block("text", text),), ("1.000001",), (0.4,))

    async def ready(self) -> bool:
        return not self.down

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)


class Desk:
    def __init__(self, at: Path) -> None:
        self.contact = knowledge(at / "k").contact
        self.assistant, self.switch, self.metrics = Assistant(), Switch(at), Metrics()
        self.answering = Answering(self.assistant, self.switch, self.metrics)

    async def say(self, text: str, sender: str = "web-an") -> Reply:
        return await self.answering.reply(sender, text, {}, self.contact)

    def number(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_reply_is_counted_by_channel_kind_and_confidence(desk: Desk) -> None:
    await desk.say("một")
    await desk.say("hai", "telegram-00")
    assert desk.number("tthc_messages_total", channel="web", outcome="answered") == 1
    assert desk.number("tthc_replies_total", channel="telegram", kind="clarify") == 1
    assert desk.number("tthc_linker_confidence_bucket", kind="clarify", le="0.4") == 2
    assert desk.number("tthc_message_duration_seconds_count", channel="web") == 1
    assert desk.number("tthc_recent_messages", outcome="answered") == 2
    assert desk.number("tthc_messages_in_progress") == 0


async def test_a_failure_is_counted_and_still_raised(desk: Desk) -> None:
    desk.assistant.down = True
    with pytest.raises(Unanswered):
        await desk.say("một")
    assert desk.number("tthc_messages_total", channel="web", outcome="failed") == 1
    assert desk.number("tthc_messages_in_progress") == 0


@pytest.mark.parametrize(("notice", "said"), [("Bảo trì.", "Bảo trì."), ("", say.PAUSED)])
async def test_while_answering_is_off_nobody_is_asked_and_everybody_is_told(desk: Desk, notice: str, said: str) -> None:
    desk.switch.pause, desk.assistant.down = Pause(notice, "2026-01-01T00:00:00+00:00", "an"), True
    reply = await desk.say("một")
    assert to_text(reply).startswith(said)
    assert desk.contact.hotlines[0] in to_text(reply)
    assert desk.assistant.asked == []
    assert await desk.answering.ready()  # what waits on Telegram is told, too
    assert desk.number("tthc_messages_total", channel="web", outcome="paused") == 1
    await desk.answering.forget("web-an")
    assert desk.assistant.forgotten == ["web-an"]


async def test_each_message_is_asked_under_an_id_of_its_own(desk: Desk) -> None:
    await desk.say("một")
    await desk.say("hai")
    first, second = desk.assistant.asked
    assert first and second and first != second


async def test_what_was_long_ago_is_not_recent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("bot.serving.metrics.time.monotonic", lambda: now[0])
    await desk.say("một")
    now[0] += 290
    assert desk.number("tthc_recent_messages", outcome="answered") == 1
    now[0] += 20
    assert desk.number("tthc_recent_messages", outcome="answered") == 0
