"""Twenty citizens who ask on while something breaks, and the service of their own that they ask."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from bot.answers import wording as say
from bot.knowledge import publish
from bot.settings import Settings

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


def stop(crowd: list[Asking]) -> None:
    """Let everybody finish the question that is being asked, and ask no more."""
    for one in crowd:
        one.stopping.set()
    for one in crowd:
        one.join(PATIENCE)


def check(crowd: list[Asking]) -> None:
    """Fail unless every question of `crowd` was answered, once, and whoever had to wait was told so in a sentence of ours."""
    assert [one.lost for one in crowd if one.lost] == []
    assert [one.dishonest for one in crowd if one.dishonest] == []
    for one in crowd:
        kept = [message["id"] for message in one.kept()]
        assert len(kept) == len(set(kept)), "an id was answered twice"
        assert set(kept) <= set(one.answered)
        assert all(answer["kind"] == "answer" for answer in one.answered.values())
