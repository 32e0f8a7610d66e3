"""A small slice of the Telegram benchmark: troubles of every kind and two kills, and each question is answered once, in order."""

from __future__ import annotations

import pytest

from bench import telegram
from bot.settings import Settings

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not (Settings.read().home / "current").is_file(), reason="nothing is published: run `make setup`"),
]


async def test_every_question_is_answered_once_in_order_and_no_limit_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "CUTS", 0.05)
    monkeypatch.setattr(telegram, "FLOODS", 0.05)
    monkeypatch.setattr(telegram, "OUTSTANDING", 60)
    outcome = await telegram.survive(300, 60, rate=60)
    assert outcome.wrong == []
    assert outcome.broken == []
    assert outcome.refused == []
    assert outcome.kills == 2 and min(outcome.troubles[t] for t in ("429", "cut", "lost")) > 0


def test_an_answer_too_many_too_few_or_out_of_turn_is_noticed() -> None:
    from tests.channels.telegram.bot_api import BotApi, Sent

    api = BotApi()
    citizens = telegram.Citizens(api, "", None)  # type: ignore[arg-type]
    for chat in (1, 2, 3, 4):
        citizens.ask(chat)
        citizens.ask(chat)
    told = [(1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (3, 1), (4, 1), (4, 0)]
    api.sent += [Sent(chat, f"câu {n} của {chat}\ncòn nữa", "", [], None) for chat, n in told]
    assert citizens.unlike() == [
        "chat 2: 1 unanswered, 0 answered again", "chat 3: 0 unanswered, 1 answered again",
        "chat 4: 0 unanswered, 0 answered again, out of order",
    ]  # fmt: skip
