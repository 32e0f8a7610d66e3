"""A conversation that goes from machine to machine stays one conversation, and what is published reaches all."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench import nginx
from bench import postgres as postgresql
from bench.rabbitmq import Server as RabbitMQ
from bench.redis import NoRedis
from bench.redis import server as redis_server_running
from bot import database
from bot.answers import wording as say
from bot.dossiers.model import Status
from bot.dossiers.tries import WRONG_TRIES
from bot.knowledge import publish
from bot.knowledge.shared import Shelf
from bot.serving import events, tally
from bot.serving.tally import Tally
from bot.settings import Settings
from tests.e2e import one_stop_counter
from tests.e2e.one_stop_counter import CODE, DIGITS
from tests.e2e.service import ROOT, Citizen
from tests.many.machines import Machine, city, until

CITIZENS, ASKED_EACH = 4, 30  # those who ask while a machine is stopped, and the messages of each
DRAINED_WITHIN = 30.0  # seconds
REACHES_WITHIN = 10.0  # seconds a publication takes to every machine


class Traveller(Citizen):
    """A citizen whose every message reaches the next gateway."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__(addresses[0])
        self._addresses = addresses

    def say(self, text: str, **tapped: Any) -> dict[str, Any]:
        self.address = self._addresses[len(self.replies) % len(self._addresses)]
        return super().say(text, **tapped)


@pytest.fixture(scope="module")
def environment(rabbitmq: RabbitMQ) -> Iterator[dict[str, str]]:
    """The settings all machines share, their servers running and the shelf filled with the repository's snapshot."""
    try:
        with postgresql.server({"fsync": "off"}) as url, redis_server_running() as redis:
            database.upgrade(url)
            one_stop_counter.change(url, Status.IN_PROGRESS, ago=dt.timedelta(hours=1))
            home = Settings.read().home
            Shelf(url).put(home, publish.current_version(home) or "")
            stores = {f"TTHC_{name}_URL": url for name in ("DOSSIERS", "TRACKERS", "SNAPSHOTS", "NOTICES", "WEB", "TALLY")}
            yield {**stores, "TTHC_REDIS_URL": redis.url, "TTHC_RABBITMQ_URL": rabbitmq.url, "TTHC_DOSSIERS_KEY": one_stop_counter.KEY}
    except (postgresql.NoPostgres, NoRedis) as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def machines(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Machine], list[Machine]]]:
    with city(tmp_path_factory.mktemp("city"), environment) as running:
        yield running


@pytest.fixture
def traveller(machines: tuple[list[Machine], list[Machine]]) -> Traveller:
    return Traveller([gateway.address for gateway in machines[0]])


def test_a_follow_up_is_understood_by_the_other_machine(traveller: Traveller) -> None:
    first = traveller.say("đăng ký khai sinh cần giấy tờ gì")
    assert (first["codes"][0], first["aspects"]) == ("1.001193", ["documents"])
    second = traveller.say("thế lệ phí bao nhiêu")
    assert (second["codes"][0], second["aspects"]) == ("1.001193", ["fee"])
    third = traveller.say("bao lâu thì xong")
    assert (third["codes"][0], third["aspects"]) == ("1.001193", ["time"])


def test_digits_may_reach_another_gateway_than_the_code(traveller: Traveller) -> None:
    assert DIGITS not in traveller.say(f"tra cứu hồ sơ {CODE}")["text"]
    assert "Trạng thái" in traveller.say(DIGITS)["text"]


def test_wrong_digits_count_at_all_gateways_together(machines: tuple[list[Machine], list[Machine]]) -> None:
    gateways = machines[0]
    said = [Citizen(gateways[n % 2].address).say(f"{one_stop_counter.NO_CODE} 0000")["text"] for n in range(WRONG_TRIES + 1)]
    assert all("chưa khớp" in text for text in said[:WRONG_TRIES])
    assert said[-1].startswith(say.DOSSIER_REFUSED["locked"].split(".")[0])


@pytest.mark.parametrize("path", ["message", "forget", "ready"])
@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer " + "0" * 64}])
def test_rasa_speaks_to_nobody_without_the_token(machines: tuple[list[Machine], list[Machine]], path: str, shown: dict[str, str]) -> None:
    at = f"{machines[1][0].address}/webhooks/gateway/{path}"
    answer = httpx.request(
        "GET" if path == "ready" else "POST", at, json={"sender": "x", "text": "xin chào"}, headers=shown, trust_env=False
    )
    assert answer.status_code == 401


@pytest.fixture
def behind_nginx(machines: tuple[list[Machine], list[Machine]]) -> Iterator[str]:
    """The address of nginx, configured as in deployment, before both gateways."""
    before = [*zip(("gateway-1", "gateway-2"), machines[0]), *zip(("rasa-1", "rasa-2"), machines[1])]
    try:
        with nginx.server({name: int(machine.address.rpartition(":")[2]) for name, machine in before}) as (address, _):
            yield address
    except nginx.NoNginx as absent:
        pytest.skip(str(absent))


def test_a_conversation_through_nginx_stays_one_without_stickiness(behind_nginx: str) -> None:
    citizen = Citizen(behind_nginx)
    assert citizen.say("đăng ký khai sinh cần giấy tờ gì")["codes"][0] == "1.001193"
    told = [citizen.say(text) for text in ("thế lệ phí bao nhiêu", "bao lâu thì xong", "nộp ở đâu") * 2]
    assert {reply["codes"][0] for reply in told} == {"1.001193"}


def test_a_message_sent_again_to_the_other_gateway_is_answered_once(machines: tuple[list[Machine], list[Machine]]) -> None:
    one, other = (g.address for g in machines[0])
    first = httpx.post(f"{one}/api/v1/messages", json={"text": "xin chào"}, timeout=30, trust_env=False).json()
    said = {"text": "làm căn cước ở đâu", "id": "once", "session": first["session"]}
    replies = [httpx.post(f"{at}/api/v1/messages", json=said, timeout=30, trust_env=False).json() for at in (one, other, one)]
    assert len({reply["seq"] for reply in replies}) == 1


def test_who_is_forgotten_at_one_machine_is_forgotten_at_all(traveller: Traveller) -> None:
    traveller.say("đăng ký kết hôn cần gì")
    headers = {"Authorization": f"Bearer {traveller.session}"}
    httpx.delete(f"{traveller._addresses[1]}/api/v1/session", headers=headers, timeout=10, trust_env=False).raise_for_status()
    again = httpx.post(f"{traveller._addresses[0]}/api/v1/messages", json={"text": "lệ phí"}, headers=headers, timeout=10, trust_env=False)
    assert again.status_code == 401


def test_what_is_published_on_one_machine_is_served_by_all(
    machines: tuple[list[Machine], list[Machine]], environment: dict[str, str], tmp_path: Path
) -> None:
    served = publish.current_version(Settings.read().home)
    homes = [machine.home for group in machines for machine in group]
    assert {publish.current_version(home) for home in homes} == {served}
    home = tmp_path / "publishing"
    command = [sys.executable, "-m", "bot.cli", "publish", "--questions", "none", "--as-of", "2026-01-01"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment, "TTHC_HOME": str(home)}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    published = publish.current_version(home)
    assert published != served
    until(lambda: {publish.current_version(h) for h in homes} == {published}, REACHES_WITHIN)
    versions = lambda: {httpx.get(f"{g.address}/readyz", trust_env=False).json().get("snapshot") for g in machines[0]}  # noqa: E731
    until(lambda: versions() == {published}, REACHES_WITHIN)


async def test_what_happened_is_counted(environment: dict[str, str], rabbitmq: RabbitMQ, traveller: Traveller) -> None:
    traveller.say("đăng ký khai sinh cần giấy tờ gì")
    counts = Tally(environment["TTHC_TALLY_URL"])
    counting = asyncio.create_task(tally.keep_counting(rabbitmq.url, events.EXCHANGE, events.QUEUE, counts))
    for _ in range(100):
        if "1.001193" in await asyncio.to_thread(counts.counts, "procedure"):
            break
        await asyncio.sleep(0.2)
    counting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await counting
    assert "1.001193" in counts.counts("procedure")


def test_a_rasa_server_told_to_stop_leaves_nobody_without_a_word_and_the_other_goes_on(
    machines: tuple[list[Machine], list[Machine]], traveller: Traveller
) -> None:
    gateways, rasas = machines
    asked = traveller.say("đăng ký khai sinh cần giấy tờ gì")  # at the first gateway, whose Rasa server is the first
    with ThreadPoolExecutor(CITIZENS) as citizens:
        asking = [citizens.submit(ask_on, gateways[0].address, ASKED_EACH) for _ in range(CITIZENS)]
        time.sleep(1)
        rasas[0].process.send_signal(signal.SIGTERM)
        assert rasas[0].process.wait(DRAINED_WITHIN) == 0
        heard = [answer for one in asking for answer in one.result(DRAINED_WITHIN)]
    assert len(heard) == CITIZENS * ASKED_EACH, "every message is answered or told that it cannot be now"
    assert set(heard) <= {(200, "answer"), (503, "error")}
    assert (200, "answer") in heard
    follow_up = traveller.say("mất bao lâu")  # at the second, which knows what was spoken of
    assert (follow_up["codes"][0], follow_up["aspects"]) == (asked["codes"][0], ["time"])


def ask_on(address: str, times: int) -> list[tuple[int, str]]:
    """Ask `times` over and return the status and the kind of each answer."""
    heard = []
    for _ in range(times):
        said = httpx.post(f"{address}/api/v1/messages", json={"text": "đăng ký khai tử ở đâu"}, timeout=30, trust_env=False)
        heard.append((said.status_code, said.json().get("kind", "")))
    return heard
