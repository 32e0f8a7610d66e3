"""Processes killed, stopped and starved under the hands of twenty citizens; their questions are each answered once all the same."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from bench.redis import Server as Redis
from bot.knowledge import publish
from bot.serving.conversations import IN_ALL_WITHIN
from bot.serving.supervisor import DRAINED_WITHIN
from tests.e2e.service import Citizen, started
from tests.e2e.test_service import children_of
from tests.faults.crowd import ASKED, CITIZENS, HONEST, PATIENCE, Asking, check, home_of_its_own, process_of, stop, until_ready


def test_each_process_killed_in_turn_loses_nothing_and_answers_nothing_twice(tmp_path: Path, crowd: list[Asking]) -> None:
    with started(TTHC_HOME=str(home_of_its_own(tmp_path))) as (process, address):
        crowd += [Asking(address, f"c{n}") for n in range(CITIZENS)]
        for one in crowd:
            one.start()
        for words in (b"actions.server", b"rasa run", b"uvicorn"):
            time.sleep(2)
            os.kill(process_of(children_of(process.pid), words), signal.SIGKILL)
            time.sleep(2)
            until_ready(address)
        time.sleep(3)
        stop(crowd)
        check(crowd)
        assert process.poll() is None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str, Path]]:
    """A service for faults that leave it whole: its process id, its address and its TTHC_HOME."""
    home = home_of_its_own(tmp_path_factory.mktemp("served"))
    with started(TTHC_HOME=str(home)) as (process, address):
        yield process.pid, address, home


def test_an_action_server_that_hangs_is_told_honestly_and_let_go(served: tuple[int, str, Path]) -> None:
    pid, address, _ = served
    assert Citizen(address).say(ASKED[0])["kind"] == "answer"
    hanging = process_of(children_of(pid), b"actions.server")
    os.kill(hanging, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = httpx.post(f"{address}/api/v1/messages", json={"text": ASKED[1]}, timeout=60, trust_env=False)
        assert (answer.status_code, answer.json()["kind"]) == (503, "error")
        assert time.monotonic() - began < IN_ALL_WITHIN
    finally:
        os.kill(hanging, signal.SIGCONT)
    until_ready(address)
    assert Citizen(address).say(ASKED[1])["kind"] == "answer"


def test_a_damaged_snapshot_is_not_changed_over_to(served: tuple[int, str, Path]) -> None:
    _, address, home = served
    good = publish.current_version(home)
    bad = f"{good[:-10]}{'0' * 10}" if good else ""
    shutil.copytree(home / "snapshots" / str(good), home / "snapshots" / bad)
    (home / "snapshots" / bad / "knowledge.json").write_text("{}", encoding="utf-8")
    publish.serve(home, bad, "test")
    time.sleep(3)
    assert Citizen(address).say(ASKED[0])["kind"] == "answer"
    assert httpx.get(f"{address}/readyz", trust_env=False).json()["snapshot"] == good


def test_redis_emptied_and_stopped_only_keeps_dossiers_shut(tmp_path: Path, redis_server: Redis) -> None:
    import redis

    with started(TTHC_HOME=str(home_of_its_own(tmp_path)), TTHC_REDIS_URL=redis_server.url) as (_, address):
        citizen = Citizen(address)
        assert citizen.say(ASKED[0])["kind"] == "answer"
        redis.Redis.from_url(redis_server.url).flushall()
        assert citizen.say("thế lệ phí bao nhiêu")["aspects"] == ["fee"]
        redis_server.stop()
        assert citizen.say("bao lâu thì xong")["aspects"] == ["time"]
        refused = citizen.say("hồ sơ H26.19.1-250701-0042 số cuối 4821")["text"]
        assert "Trạng thái" not in refused


def test_a_disk_that_takes_nothing_more_is_told_honestly(tmp_path: Path) -> None:
    home = home_of_its_own(tmp_path / "home")
    full = tmp_path / "full"
    full.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=256k tmpfs {full}") != 0:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        with started(TTHC_HOME=str(home), TTHC_WEB_URL=f"sqlite:///{full / 'web.sqlite3'}") as (process, address):
            citizen = Citizen(address)
            assert citizen.say(ASKED[0])["kind"] == "answer"
            filling = os.open(full / "filling", os.O_CREAT | os.O_WRONLY)
            with contextlib.suppress(OSError):
                while True:
                    os.write(filling, b"x" * 4096)
            os.close(filling)
            for n in range(60):  # until what SQLite had left of room is used up
                answer = httpx.post(f"{address}/api/v1/messages", json={"text": ASKED[n % 4]}, timeout=30, trust_env=False)
                if answer.status_code != 200:
                    break
            assert (answer.status_code, answer.json()["kind"]) == (503, "error")
            assert answer.json()["text"].startswith(HONEST)
            (full / "filling").unlink()
            assert Citizen(address).say(ASKED[0])["kind"] == "answer"
            assert process.poll() is None
            assert "Traceback" not in json.dumps(answer.json())
    finally:
        os.system(f"umount -l {full}")


def ask_until_the_door_is_shut(address: str, name: str) -> dict[str, str]:
    """Ask one question after another, each on a connection of its own; return the kinds of the replies by the questions' ids."""
    heard: dict[str, str] = {}
    for n in itertools.count():
        try:
            said = httpx.post(
                f"{address}/api/v1/messages", json={"text": ASKED[n % 4], "id": f"{name}-{n}"}, timeout=PATIENCE, trust_env=False
            )
        except httpx.TransportError:
            return heard
        heard[f"{name}-{n}"] = said.json()["kind"] if said.status_code == 200 else str(said.status_code)
    raise AssertionError("unreachable")


def test_a_service_told_to_stop_answers_what_it_took_and_takes_no_more(tmp_path: Path) -> None:
    home = home_of_its_own(tmp_path)
    with started(TTHC_HOME=str(home)) as (process, address), ThreadPoolExecutor(CITIZENS + 1) as citizens:
        asking = [citizens.submit(ask_until_the_door_is_shut, address, f"c{n}") for n in range(CITIZENS)]
        watching = citizens.submit(watch_a_stream, address)
        time.sleep(3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert time.monotonic() - began < DRAINED_WITHIN, "an open page does not hold a stop up"
        assert watching.result(5) == 200
        heard: dict[str, str] = {}
        for one in asking:
            heard |= one.result(5)
        with contextlib.closing(sqlite3.connect(home / "web.sqlite3")) as kept:
            taken = dict(kept.execute("SELECT id, reply IS NOT NULL FROM web_messages").fetchall())
    assert set(heard.values()) == {"answer"}
    assert all(taken.values()), "a message that was taken has its answer"
    assert set(taken) == set(heard), "every answer reached who asked, and each was asked once"
    assert process.returncode == 0


def watch_a_stream(address: str) -> int:
    """Look at a page's stream of what comes unasked until it ends; return its status."""
    session = httpx.post(f"{address}/api/v1/sessions", json={}, timeout=30, trust_env=False).json()["session"]
    headers = {"Authorization": f"Bearer {session}"}
    with httpx.stream("GET", f"{address}/api/v1/events", headers=headers, timeout=PATIENCE, trust_env=False) as stream:
        for _ in stream.iter_raw():
            pass
        return stream.status_code
