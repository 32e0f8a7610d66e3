"""The whole assistant as it runs in service, started once for all end-to-end tests: action server, Rasa, gateway, and Telegram if asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 120.0  # seconds; a cold start of Rasa on a busy machine


def free_port() -> int:
    """Return a TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Citizen:
    """Someone who talks with the assistant through the web API, in one session."""

    address: str
    session: str | None = None
    replies: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, **tapped: Any) -> dict[str, Any]:
        """Say `text` and return the reply."""
        body = {"text": text, **tapped} | ({"session": self.session} if self.session else {})
        response = httpx.post(f"{self.address}/api/v1/messages", json=body, timeout=30, trust_env=False)
        assert response.status_code == 200, response.text
        reply: dict[str, Any] = response.json()
        self.session = reply["session"]
        self.replies.append(reply)
        return reply

    def tap(self, number: int) -> dict[str, Any]:
        """Tap the button `number` (from 0) of the last reply."""
        button = self.replies[-1]["buttons"][number]
        return self.say(button["text"], choice=button["choice"], aspects=button["aspects"])


@contextmanager
def started(**environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `tthc serve` on free ports with the repository's model and snapshot; yield its process and the gateway's address."""
    settings = Settings.read()
    port = free_port()
    ports = {"TTHC_PORT": port, "TTHC_RASA_PORT": free_port(), "TTHC_ACTION_PORT": free_port()}
    env = {
        **os.environ,
        "TTHC_SESSION_RATE": "100000",
        "TTHC_ADDRESS_RATE": "1000000",
        **{k: str(v) for k, v in ports.items()},
        "TTHC_HOME": str(settings.home),
        "TTHC_MODEL": str(settings.model),
    }
    command = [sys.executable, "-m", "bot.cli", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=env | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}")
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(30)


@contextmanager
def running(**environment: str) -> Iterator[str]:
    """Run the service; yield the gateway's address."""
    with started(**environment) as (_, address):
        yield address


def _wait_until_ready(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended at start; see its logs"
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError("the service was not ready in time")
