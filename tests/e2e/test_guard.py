"""What listens where, and whom it lets in: only the gateway is for others, and neither Rasa nor the action server has a door without a token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.serving.token import ACTIONS, RASA, header
from bot.settings import Settings
from tests.e2e.service import free_port, started
from tests.e2e.test_service import children_of

SECRET = "a secret of the test"
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # as /proc/net writes 127.0.0.1 and ::1
LISTENS = "0A"


@dataclass(frozen=True)
class Doors:
    """The service that listens to all the world, and where its parts listen."""

    pid: int
    gateway: int
    rasa: int
    actions: int


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    rasa, actions = free_port(), free_port()
    ports = {"TTHC_RASA_PORT": str(rasa), "TTHC_ACTION_PORT": str(actions)}
    with started(TTHC_HOST="0.0.0.0", TTHC_SECRET=SECRET, **ports) as (process, address):
        yield Doors(process.pid, int(address.rpartition(":")[2]), rasa, actions)


def listened_at(pid: int) -> set[tuple[bool, int]]:
    """Return where the process `pid` listens: whether on loopback alone, and the port."""
    links = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(descriptor))
        except OSError:
            continue  # closed meanwhile
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].partition(":")
            if f"socket:[{fields[9]}]" in links and (fields[3] == LISTENS or table.startswith("udp")):
                found.add((address in LOOPBACK, int(port, 16)))
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").is_file(), reason="needs /proc")
def test_only_the_gateway_listens_off_loopback(doors: Doors) -> None:
    found = set().union(*(listened_at(pid) for pid in [doors.pid, *children_of(doors.pid)]))
    assert {(True, doors.rasa), (True, doors.actions)} <= found
    assert {port for loopback, port in found if not loopback} == {doors.gateway}


def status(port: int, method: str, path: str, shown: dict[str, str]) -> int:
    body = {"sender": "web-x", "sender_id": "web-x", "text": "xin chào", "message": "xin chào", "next_action": "action_small_talk"}
    return httpx.request(method, f"http://127.0.0.1:{port}{path}", json=body, headers=shown, timeout=30, trust_env=False).status_code


@pytest.mark.parametrize("path", ["/webhooks/gateway/message", "/webhooks/gateway/forget"])
@pytest.mark.parametrize("shown", ["nothing", "wrong", "the action server's", "the secret itself", "of another secret"])
def test_rasa_hears_the_gateway_alone(doors: Doors, path: str, shown: str) -> None:
    ours, other = Settings.read({"TTHC_SECRET": SECRET}), Settings.read({"TTHC_SECRET": "another"})
    headers = {
        "nothing": {}, "wrong": header("wrong"), "the action server's": header(ours.secret_for(ACTIONS)), "the secret itself": header(SECRET),
        "of another secret": header(other.secret_for(RASA)),
    }[shown]  # fmt: skip
    assert status(doors.rasa, "POST", path, headers) == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"), ("GET", "/version"), ("PUT", "/model"), ("DELETE", "/model"), ("POST", "/model/parse"), ("POST", "/model/train"),
        ("GET", "/domain"), ("GET", "/conversations/web-x/tracker"), ("POST", "/conversations/web-x/execute"), ("GET", "/conversations/web-x/story"),
        ("POST", "/conversations/web-x/trigger_intent"), ("POST", "/webhooks/rest/webhook"), ("POST", "/webhooks/callback/webhook"),
    ],
)  # fmt: skip
def test_rasas_own_interface_is_not_there_even_for_who_has_the_token(doors: Doors, method: str, path: str) -> None:
    token = Settings.read({"TTHC_SECRET": SECRET}).secret_for(RASA)
    assert status(doors.rasa, method, path, header(token)) == 404
    assert status(doors.gateway, method, path, header(token)) == 404


def test_no_secret_stands_in_a_command_line_or_a_log(doors: Doors) -> None:
    secrets = [SECRET, *(Settings.read({"TTHC_SECRET": SECRET}).secret_for(use) for use in (RASA, ACTIONS, "web"))]
    lines = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", ",".join(map(str, [doors.pid, *children_of(doors.pid)]))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    logs = "".join(log.read_text(encoding="utf-8", errors="replace") for log in Settings.read().logs.glob("*.log"))
    assert not any(secret in lines or secret in logs for secret in secrets)
