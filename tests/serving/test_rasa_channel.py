"""A Rasa server works at few messages at a time and tells how long each waited, which the gateway counts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sanic import Sanic
from sanic.touchup import TouchUp

from bot.answers.reply import Block, Reply
from bot.channels.assistant import Unanswered
from bot.knowledge.model import Contact
from bot.serving.conversations import RasaServer
from bot.serving.metrics import Metrics
from bot.serving.rasa_channel import AT_ONCE, GatewayChannel
from bot.serving.reception import Reception
from bot.serving.token import RASA
from bot.settings import Settings
from tests.e2e.service import free_port

CONTACT = Contact(hotlines=("1900 0000",), portal="https://example.vn", source="bịa")
WORK = 0.05  # seconds a turn takes here


class Agent:
    """Stands for Rasa: takes its time over each message, and notes how many it had at once."""

    def __init__(self) -> None:
        self.at_work = self.most = 0

    async def heard(self, message: Any) -> None:
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            if message.text == "nothing comes of it":
                await asyncio.sleep(3600)
            if message.text == "this fails":
                raise RuntimeError("made to fail")
            await asyncio.sleep(WORK)
            await message.output_channel.send_custom_json(message.sender_id, Reply("answer", (Block("xong"),)).to_plain())
        finally:
            self.at_work -= 1


def touch_up_once(app: Any, run: Any = TouchUp.run) -> None:
    """Sanic rewrites its own classes when a server starts, and can do so but once in a process."""
    with contextlib.suppress(KeyError):
        run(app)


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def gateway(agent: Agent, metrics: Metrics, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RasaServer]:
    """A gateway before a Rasa server whose agent is made up."""
    monkeypatch.setenv("TTHC_SECRET", "given")
    monkeypatch.setattr(TouchUp, "run", touch_up_once)
    app, port = Sanic(f"rasa-{id(agent)}", configure_logging=False), free_port()
    app.blueprint(GatewayChannel().blueprint(agent.heard), url_prefix="/webhooks/gateway")
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    asking = RasaServer(f"http://127.0.0.1:{port}", Reception(), Settings.read().secret_for(RASA), metrics)
    yield asking
    await asking.close()
    server.close()
    await server.wait_closed()


async def ask(gateway: RasaServer, number: int, text: str = "xin chào") -> Reply:
    return await gateway.reply(f"web-{number}", text, {}, CONTACT)


def waited(metrics: Metrics, what: str) -> float:
    return metrics.registry.get_sample_value(f"tthc_queue_seconds_{what}") or 0.0


async def test_who_comes_alone_waits_for_nobody(gateway: RasaServer, metrics: Metrics) -> None:
    await ask(gateway, 1)
    assert waited(metrics, "count") == 1
    assert waited(metrics, "sum") < WORK / 2


async def test_a_server_works_at_few_messages_at_a_time_and_tells_how_long_the_others_waited(
    gateway: RasaServer, agent: Agent, metrics: Metrics
) -> None:
    await asyncio.gather(*(ask(gateway, n) for n in range(2 * AT_ONCE)))
    assert agent.most == AT_ONCE
    assert waited(metrics, "count") == 2 * AT_ONCE
    assert waited(metrics, "sum") >= AT_ONCE * WORK * 0.9


async def test_messages_of_which_nothing_comes_leave_room_once_nobody_waits_for_them(gateway: RasaServer, agent: Agent) -> None:
    stuck = [asyncio.create_task(ask(gateway, n, "nothing comes of it")) for n in range(AT_ONCE)]
    while agent.at_work < AT_ONCE:
        await asyncio.sleep(WORK)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    await asyncio.wait_for(ask(gateway, AT_ONCE), 5)


async def test_messages_that_fail_leave_their_room_to_others(gateway: RasaServer) -> None:
    for number in range(AT_ONCE + 1):
        with pytest.raises(Unanswered):
            await ask(gateway, number, "this fails")
    await asyncio.wait_for(ask(gateway, AT_ONCE + 1), 5)
