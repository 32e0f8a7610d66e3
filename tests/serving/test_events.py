"""What happens is told and counted; what is said, and who says it, is not. RabbitMQ may come late, go away and come back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import pytest
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from bench.rabbitmq import Server
from bot.serving import events as module
from bot.serving import tally as tally_module
from bot.serving.events import Events, told_of
from bot.serving.tally import Tally, counted, keep_counting, lines_of

SAID = "tôi là Nguyễn Văn Bịa, hồ sơ H26.1-250701-0042"
HEARD = UserUttered(SAID, {"name": "ask", "confidence": 0.931}, metadata={"sender": "web-one"}, timestamp=1_790_000_000.5).as_dict()


def test_an_event_tells_what_happened_and_the_hour() -> None:
    assert told_of(HEARD) == {"event": "message", "intent": "ask", "confidence": 0.93, "at": "2026-09-21T14:00:00+00:00"}
    assert told_of(SlotSet("procedure", "1.001193", timestamp=0.5).as_dict())["code"] == "1.001193"  # type: ignore[index]
    assert told_of(ActionExecuted("action_procedure").as_dict())["action"] == "action_procedure"  # type: ignore[index]


@pytest.mark.parametrize("event", [ActionExecuted("action_listen"), SlotSet("procedure", None), SlotSet("dossier", {"code": "H26.1"})])
def test_the_rest_is_nobodys_business(event: SlotSet) -> None:
    assert told_of(event.as_dict()) is None


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b'{"event": "other", "at": "x"}', b'{"event": "message"}'])
def test_what_is_no_event_of_ours_is_not_counted(body: bytes) -> None:
    assert counted(body) is None


@pytest.fixture
def tally(tmp_path: Path) -> Tally:
    return Tally(f"sqlite:///{tmp_path / 'tally.sqlite3'}")


def test_counts_add_up_over_batches(tally: Tally) -> None:
    for _ in range(2):
        tally.add(Counter({("2026-09-21T13", "message", "ask"): 3, ("2026-09-21T14", "message", "greet"): 7}))
    tally.add(Counter())
    assert tally.counts("message") == {"greet": 14, "ask": 6}
    assert lines_of(tally)[:2] == ["message:", "        14 greet"]


@pytest.fixture
async def broker(rabbitmq: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Events]:
    for name, place in (("QUEUE", "queue"), ("EXCHANGE", "exchange")):
        monkeypatch.setattr(module, name, f"{place}-{secrets.token_hex(4)}")
    for each in (module, tally_module):
        monkeypatch.setattr(each, "CONNECT_AGAIN_AFTER", 0.2)
    monkeypatch.setattr(tally_module, "WAITS_FOR_MORE", 0.1)
    monkeypatch.setenv("TTHC_RABBITMQ_URL", rabbitmq.url)
    broker = await Events.from_endpoint_config(None)
    assert broker is not None
    yield broker
    await broker.close()


async def _kept(rabbitmq: Server, tally: Tally, wanted: int) -> int:
    """Count until `wanted` events are kept, or for some seconds; return how many were."""
    kept = 0
    enough = asyncio.Event()

    def on_kept(count: int) -> None:
        nonlocal kept
        kept += count
        if kept >= wanted:
            enough.set()

    counting = asyncio.create_task(keep_counting(rabbitmq.url, module.EXCHANGE, module.QUEUE, tally, on_kept))
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(enough.wait(), 20)
    counting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await counting
    return kept


async def test_events_are_counted_also_those_of_before_the_connection(broker: Events, rabbitmq: Server, tally: Tally) -> None:
    for _ in range(30):
        broker.publish(HEARD)
    assert await _kept(rabbitmq, tally, 30) == 30
    assert tally.counts("message") == {"ask": 30}


async def test_nothing_of_a_citizen_reaches_the_queue(broker: Events, rabbitmq: Server) -> None:
    broker.publish(HEARD)
    async with await aio_pika.connect(rabbitmq.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(module.QUEUE, durable=True)
        for _ in range(100):
            if message := await queue.get(fail=False):
                break
            await asyncio.sleep(0.1)
        assert message is not None
        assert not any(secret in message.body.decode() for secret in ("Bịa", "H26", "web-one", SAID))
        assert set(json.loads(message.body)) == {"event", "intent", "confidence", "at"}


async def test_without_a_setting_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTHC_RABBITMQ_URL", raising=False)
    assert await Events.from_endpoint_config(None) is None


async def test_while_rabbitmq_is_away_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_WHILE_AWAY", 5)
    broker = Events("amqp://guest:guest@127.0.0.1:1/")
    for n in range(8):
        broker.publish({**HEARD, "parse_data": {"intent": {"name": str(n)}}})
    assert [event["intent"] for event in broker._waiting] == ["3", "4", "5", "6", "7"]
    assert broker._lost == 3


async def test_what_happens_while_rabbitmq_is_down_is_counted_when_it_is_back(broker: Events, rabbitmq: Server, tally: Tally) -> None:
    named = [{**HEARD, "parse_data": {"intent": {"name": f"ask-{n}"}}} for n in range(20)]
    broker.publish(HEARD)
    assert await _kept(rabbitmq, tally, 1) == 1
    rabbitmq.stop()
    try:
        for event in named:
            broker.publish(event)
            await asyncio.sleep(0.05)
    finally:
        await asyncio.to_thread(rabbitmq.start)
    assert await _kept(rabbitmq, tally, len(named)) >= len(named)  # one told when the power went may come twice
    assert {f"ask-{n}" for n in range(20)} <= set(tally.counts("message"))
