"""Processes killed, stopped and starved under the hands of twenty citizens; their questions are each answered once all the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.redis import Server as Redis
from bot.answers import wording as say
from bot.knowledge import publish
from bot.settings import Settings
from tests.e2e.service import Citizen, started
from tests.e2e.test_service import children_of

CITIZENS = 20
ASKED = ("đăng ký khai sinh cần giấy tờ gì", "lệ phí đăng ký kết hôn", "làm căn cước ở đâu", "xin giấy độc thân mất bao lâu")
PATIENCE = 90.0  # seconds someone goes on sending a question again
PAUSE = 0.2  # seconds between the questions of one citizen
HONEST = tuple(text.split("{")[0][:40] for text in (say.ERROR, say.BUSY))


class Asking(threading.Thread):
    """Someone who asks until told to stop, sends again what was not answered, and remembers what came back."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(daemon=True)
        self.address, self.name = address, name
        self.stopping = threading.Event()
        self.session = httpx.post(f"{address}/api/v1/sessions", json={}, timeout=30, trust_env=False).json()["session"]
        self.answered: dict[str, dict[str, Any]] = {}
        self.lost: list[str] = []
        self.dishonest: list[str] = []

    def run(self) -> None:
        with httpx.Client(timeout=30, trust_env=False, headers={"Authorization": f"Bearer {self.session}"}) as client:
            number = 0
            while not self.stopping.is_set():
                self._ask(client, f"{self.name}-{number}", ASKED[number % len(ASKED)])
                number += 1
                time.sleep(PAUSE)

    def _ask(self, client: httpx.Client, ident: str, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = client.post(f"{self.address}/api/v1/messages", json={"text": text, "id": ident})
                if answer.status_code == 200:
                    self.answered[ident] = answer.json()
                    return
                if answer.status_code != 503 or not answer.json()["text"].startswith(HONEST):
                    self.dishonest.append(f"{answer.status_code}: {answer.text[:200]}")
            except httpx.HTTPError:
                pass  # the gateway itself is away
            time.sleep(PAUSE)
        self.lost.append(ident)

    def kept(self) -> list[dict[str, Any]]:
        """Return what the gateway remembers of the session, its last messages."""
        headers = {"Authorization": f"Bearer {self.session}"}
        answer = httpx.get(f"{self.address}/api/v1/messages", params={"after": 0}, headers=headers, timeout=30, trust_env=False)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


def home_of_its_own(at: Path) -> Path:
    """Return a state folder at `at` with a copy of the published snapshot and nothing else."""
    home = Settings.read().home
    version = publish.current_version(home)
    assert version is not None
    shutil.copytree(home / "snapshots" / version, at / "snapshots" / version)
    shutil.copyfile(home / "current", at / "current")
    return at


def process_of(family: list[int], words: bytes) -> int:
    """Return the process of `family` whose command line holds `words`."""
    return next(p for p in family if words in Path(f"/proc/{p}/cmdline").read_bytes().replace(b"\0", b" "))


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=3, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def until_ready(address: str, within: float = 90.0) -> None:
    deadline = time.monotonic() + within
    while not ready(address):
        assert time.monotonic() < deadline, "the service did not come back"
        time.sleep(0.3)


@pytest.fixture
def crowd() -> Iterator[list[Asking]]:
    asking: list[Asking] = []
    yield asking
    for one in asking:
        one.stopping.set()
    for one in asking:
        one.join(PATIENCE)


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
        for one in crowd:
            one.stopping.set()
        for one in crowd:
            one.join(PATIENCE)
        assert [one.lost for one in crowd if one.lost] == []
        assert [one.dishonest for one in crowd if one.dishonest] == []
        for one in crowd:
            kept = [message["id"] for message in one.kept()]
            assert len(kept) == len(set(kept)), "an id was answered twice"
            assert set(kept) <= set(one.answered)
            assert all(answer["kind"] == "answer" for answer in one.answered.values())
        assert process.poll() is None


def test_an_action_server_that_hangs_is_told_honestly_and_let_go(tmp_path: Path) -> None:
    with started(TTHC_HOME=str(home_of_its_own(tmp_path))) as (process, address):
        assert Citizen(address).say(ASKED[0])["kind"] == "answer"
        hanging = process_of(children_of(process.pid), b"actions.server")
        os.kill(hanging, signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = httpx.post(f"{address}/api/v1/messages", json={"text": ASKED[1]}, timeout=60, trust_env=False)
            assert (answer.status_code, answer.json()["kind"]) == (503, "error")
            assert time.monotonic() - began < 20
        finally:
            os.kill(hanging, signal.SIGCONT)
        until_ready(address)
        assert Citizen(address).say(ASKED[1])["kind"] == "answer"


def test_a_damaged_snapshot_is_not_changed_over_to(tmp_path: Path) -> None:
    home = home_of_its_own(tmp_path)
    with started(TTHC_HOME=str(home)) as (_, address):
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
            (full / "filling").write_bytes(b"")
            with (full / "filling").open("ab") as filling:
                try:
                    while True:
                        filling.write(b"x" * 4096)
                        filling.flush()
                except OSError:
                    pass
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
