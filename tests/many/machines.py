"""Machines: each a `tthc serve --only PART` with a TTHC_HOME of its own, sharing PostgreSQL, Redis and RabbitMQ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.settings import Settings
from tests.e2e.service import READY_WITHIN, ROOT, free_port

SECRET = "a secret that all machines are given"


@dataclass
class Machine:
    """A running part of the assistant: its process, its address and its TTHC_HOME."""

    process: subprocess.Popen[bytes]
    address: str
    home: Path

    def kill(self) -> None:
        """End it and its children as a power cut does."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False).stdout.split()
        for pid in [self.process.pid, *map(int, children)]:
            with_own_session = pid != self.process.pid
            (os.killpg if with_own_session else os.kill)(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it as an operator does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@contextmanager
def machine(part: str, home: Path, environment: dict[str, str], rasa: str | None = None) -> Iterator[Machine]:
    """Run `part` ("gateway", asking the Rasa server at `rasa`, or "rasa") and yield it when it is ready."""
    port = free_port()
    env = {
        **os.environ, **environment, "TTHC_HOME": str(home), "TTHC_MODEL": str(Settings.read().model), "TTHC_SECRET": SECRET,
        "TTHC_SESSION_RATE": "100000", "TTHC_ACTION_PORT": str(free_port()),
        "TTHC_PORT" if part == "gateway" else "TTHC_RASA_PORT": str(port), **({"TTHC_RASA_URL": rasa} if rasa else {}),
    }  # fmt: skip
    command = [sys.executable, "-m", "bot.cli", "serve", "--only", part]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "out").open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    running = Machine(process, f"http://127.0.0.1:{port}", home)
    try:
        until(
            lambda: process.poll() is not None or b"(Ctrl-C" in said(running) or b"S\xe1\xba\xb5n s\xc3\xa0ng" in said(running),
            READY_WITHIN,
        )
        assert process.poll() is None, said(running).decode()
        yield running
    finally:
        running.stop()


def said(running: Machine) -> bytes:
    """Return what the machine printed."""
    return (running.home / "out").read_bytes()


def until(true: Callable[[], bool], within: float) -> None:
    """Wait until `true`; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.1)


def is_ready(gateway: Machine) -> bool:
    """Tell whether `gateway` reaches a Rasa server that is ready."""
    try:
        return httpx.get(f"{gateway.address}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def city(at: Path, environment: dict[str, str]) -> Iterator[tuple[list[Machine], list[Machine]]]:
    """Run two Rasa servers and a gateway before each; yield gateways and Rasa servers."""
    with ExitStack() as open_:
        rasas = [open_.enter_context(machine("rasa", at / f"rasa-{n}", environment)) for n in range(2)]
        gateways = [open_.enter_context(machine("gateway", at / f"gateway-{n}", environment, rasas[n].address)) for n in range(2)]
        for gateway in gateways:
            until(lambda gateway=gateway: is_ready(gateway), READY_WITHIN)  # type: ignore[misc]
        yield gateways, rasas
