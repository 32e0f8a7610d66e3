"""The service as an operator meets it: on Telegram too, stopped whole by Ctrl-C, and ended aloud when a part of it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bot.answers import wording as say
from bot.serving.supervisor import MENDED_AT_MOST
from bot.settings import Settings
from tests.channels.telegram import bot_api
from tests.e2e.service import Citizen, started


def children_of(pid: int) -> list[int]:
    """Return the processes started by `pid`, and by those."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [c for child in map(int, found) for c in [child, *children_of(child)]]


def alive(pid: int) -> bool:
    """Tell whether `pid` runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.asyncio
async def test_on_telegram_a_question_gets_its_true_sourced_answer_and_the_citizen_is_forgotten_when_asked_to(tmp_path: Path) -> None:
    async with bot_api.running() as api:
        service = started(TTHC_TELEGRAM_TOKEN=bot_api.TOKEN, TTHC_TELEGRAM_API=api.url, TTHC_HOME=str(home_of_its_own(tmp_path)))
        # In a thread: the stand-in must answer while the service starts and stops.
        await asyncio.to_thread(service.__enter__)
        try:
            await api.offer(api.text("lam giay khai sinh cho con can giay to gi"))
            shown = "".join(sent.text for sent in await api.answers(1, 30))
            many = len(api.sent)
            await api.offer(api.text("/donvi Yên Hòa"), api.text("/xoadulieu"), api.text("thế lệ phí bao nhiêu"))
            ward, forgotten, anew = (sent.text for sent in (await api.answers(many + 3, 30))[many:])
        finally:
            await asyncio.to_thread(service.__exit__, None, None, None)
    assert "Giấy chứng sinh" in shown
    assert "163/QĐ-BTP" in shown
    assert "Phường Yên Hòa" in ward
    assert forgotten == say.DATA_DELETED
    assert anew.startswith(say.WHICH_PROCEDURE)  # Rasa no longer knows which procedure was spoken of
    assert api.refused == [] and api.broken == []


def home_of_its_own(at: Path) -> Path:
    """Return a state folder at `at` that serves the published snapshot and holds nothing else."""
    home = Settings.read().home
    (at / "snapshots").symlink_to(home / "snapshots")
    (at / "current").write_bytes((home / "current").read_bytes())
    return at


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGHUP])  # Ctrl-C; the terminal closed
def test_stopping_stops_every_process(told: signal.Signals) -> None:
    # A proxy that leads nowhere: what the parts say to each other must not go through it.
    with started(http_proxy="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9") as (process, address):
        assert Citizen(address).say("đăng ký khai sinh cần gì")["kind"] == "answer"
        family = children_of(process.pid)
        assert len(family) >= 3
        process.send_signal(told)
        assert process.wait(20) == 0
        assert not any(map(alive, family))


def test_a_part_that_dies_again_and_again_ends_the_service_which_says_so() -> None:
    with started() as (process, _):
        family: list[int] = []
        for _ in range(MENDED_AT_MOST + 1):
            actions = _running(process.pid, b"actions.server")
            family = children_of(process.pid)
            os.kill(actions, signal.SIGKILL)
            time.sleep(1)
        _, complaint = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "đang khởi động lại" in complaint and "actions.log" in complaint
        assert not any(map(alive, family))


def _running(pid: int, words: bytes) -> int:
    """Return the child of `pid` whose command line holds `words`, waiting until there is one."""
    for _ in range(200):
        for child in children_of(pid):
            with contextlib.suppress(FileNotFoundError):
                if alive(child) and words in Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" "):
                    return child
        time.sleep(0.05)
    raise AssertionError(f"no child runs {words.decode()}")
