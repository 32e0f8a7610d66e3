"""The action server answers who has the token, and tells everybody only that it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from bot.serving.token import ACTIONS, header
from bot.settings import Settings
from tests.e2e.service import ROOT, free_port

SECRET = "a secret"
CALL = {"next_action": "action_small_talk", "tracker": {"sender_id": "x", "slots": {}, "latest_message": {}, "events": []}, "domain": {}}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    environment = {**os.environ, "TTHC_SECRET": SECRET, "TTHC_HOME": str(Settings.read().home)}
    process = subprocess.Popen([sys.executable, "-m", "actions.server", str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    at = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{at}/health", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield at
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("path", ["/webhook", "/actions"])
@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
def test_without_the_token_nothing_is_told(address: str, path: str, shown: dict[str, str]) -> None:
    answer = httpx.request("POST" if path == "/webhook" else "GET", address + path, json=CALL, headers=shown, trust_env=False)
    assert (answer.status_code, answer.content) == (401, b"")


def test_with_the_token_actions_run(address: str) -> None:
    shown = header(Settings.read({"TTHC_SECRET": SECRET}).secret_for(ACTIONS))
    assert httpx.get(f"{address}/actions", headers=shown, trust_env=False).status_code == 200


def test_everybody_may_know_that_it_runs(address: str) -> None:
    assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
