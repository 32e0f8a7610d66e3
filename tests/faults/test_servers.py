"""The servers that machines share, stopped and started again under twenty citizens: the service waits for none and mends itself in seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import httpx
import pytest

from bench import postgres as postgresql
from bench.rabbitmq import Server as RabbitMQ
from bench.redis import Server as Redis
from bot import database
from bot.knowledge import publish
from bot.knowledge.shared import Shelf
from bot.serving import events
from tests.e2e import one_stop_counter
from tests.e2e.service import Citizen, started
from tests.faults.crowd import ASKED, CITIZENS, HONEST, Asking, check, home_of_its_own, stop
from tests.many.machines import until

AWAY = 2.0  # seconds a server is away
MENDED_WITHIN = 10.0  # seconds after it is back
STORES = ("DOSSIERS", "TRACKERS", "SNAPSHOTS", "NOTICES", "WEB", "QUESTIONS")


@pytest.fixture
def database_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of the test's own, which it may stop."""
    try:
        with postgresql.running({"fsync": "off"}) as running:
            yield running
    except postgresql.NoPostgres as absent:
        pytest.skip(str(absent))


def answered(address: str) -> bool:
    """Tell whether somebody new is answered now; whoever is not is told so honestly."""
    said = httpx.post(f"{address}/api/v1/messages", json={"text": ASKED[0]}, timeout=30, trust_env=False)
    assert said.status_code == 200 or (said.status_code == 503 and said.json()["text"].startswith(HONEST)), said.text
    return said.status_code == 200


def running(rabbitmq: RabbitMQ) -> bool:
    """Tell whether the server was started and has not ended."""
    return rabbitmq.process is not None and rabbitmq.process.poll() is None


async def waiting(rabbitmq: RabbitMQ) -> int:
    """Return how many events wait for whoever counts them."""
    async with await aio_pika.connect(rabbitmq.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(events.QUEUE, durable=True)
        return queue.declaration_result.message_count or 0


def test_shared_servers_may_go_away_and_come_back(
    tmp_path: Path, crowd: list[Asking], database_server: postgresql.Server, redis_server: Redis, rabbitmq: RabbitMQ
) -> None:
    """RabbitMQ is away at the start; PostgreSQL loses its power, Redis comes back empty, RabbitMQ comes late."""
    url = database_server.url
    database.upgrade(url)
    home = home_of_its_own(tmp_path)
    Shelf(url).put(home, publish.current_version(home) or "")
    shared = {f"TTHC_{name}_URL": url for name in STORES} | {"TTHC_REDIS_URL": redis_server.url, "TTHC_RABBITMQ_URL": rabbitmq.url}
    rabbitmq.stop()
    try:
        with started(TTHC_HOME=str(home), TTHC_DOSSIERS_KEY=one_stop_counter.KEY, **shared) as (process, address):
            crowd += [Asking(address, f"c{n}") for n in range(CITIZENS)]
            for one in crowd:
                one.start()
            time.sleep(AWAY)
            assert answered(address), "nobody waits for RabbitMQ"

            database_server.stop(at_once=True)
            assert not answered(address), "what cannot be written down is not answered: it might be answered twice"
            time.sleep(AWAY)
            database_server.start()
            until(lambda: answered(address), MENDED_WITHIN)

            citizen = Citizen(address)
            assert citizen.say(ASKED[0])["aspects"] == ["documents"]
            redis_server.stop()
            assert citizen.say("thế lệ phí bao nhiêu")["aspects"] == ["fee"], "a conversation goes on without Redis"
            time.sleep(AWAY)
            redis_server.start()
            assert citizen.say("bao lâu thì xong")["aspects"] == ["time"]

            rabbitmq.start()
            until(lambda: asyncio.run(waiting(rabbitmq)) > 0, MENDED_WITHIN + events.CONNECT_AGAIN_AFTER)
            stop(crowd)
            check(crowd)
            assert process.poll() is None, "no process had to be started too often"
    finally:
        if not running(rabbitmq):
            rabbitmq.start()
