"""Who may read the metrics, and what is told of the state when they are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.dossiers.gateway import Unreachable
from bot.dossiers.model import Dossier
from bot.knowledge.publish import SnapshotError
from bot.serving.metrics import Metrics, TimedGateway, endpoint
from bot.serving.pause import Pause, Switch
from bot.serving.state import published_at, tell_state

HERE, ELSEWHERE, TOKEN = "127.0.0.1", "192.0.2.7", "a token"


def status(token: str | None, caller: str, **headers: str) -> int:
    async def look() -> None:
        return None

    application = Starlette(routes=[Route("/metrics", endpoint(Metrics(), token, look))])
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return TestClient(application, client=(caller, 9)).get("/metrics", headers=named).status_code


@pytest.mark.parametrize(
    ("caller", "headers", "expected"),
    [(HERE, {}, 200), ("::1", {}, 200), (ELSEWHERE, {}, 403), (HERE, {"x_forwarded_for": HERE}, 403), (HERE, {"forwarded": "for=x"}, 403),
     (HERE, {"x_real_ip": HERE}, 403), (HERE, {"via": "1.1 proxy"}, 403), (ELSEWHERE, {"authorization": "Bearer "}, 403)],
)  # fmt: skip
def test_without_a_token_this_machine_alone_is_answered_and_no_proxy(caller: str, headers: dict[str, str], expected: int) -> None:
    assert status(None, caller, **headers) == expected


@pytest.mark.parametrize("caller", [HERE, ELSEWHERE])
@pytest.mark.parametrize(
    ("given", "expected"),
    [(f"Bearer {TOKEN}", 200), (None, 401), ("Bearer", 401), (f"Bearer {TOKEN}x", 401), (TOKEN, 401), ("Bearer é", 401)],
)
def test_with_a_token_whoever_brings_it_is_answered_and_nobody_else(caller: str, given: str | None, expected: int) -> None:
    headers = {} if given is None else {"authorization": given.encode("latin-1").decode("latin-1")}

    async def look() -> None:
        return None

    application = Starlette(routes=[Route("/metrics", endpoint(Metrics(), TOKEN, look))])
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert TestClient(application, client=(caller, 9)).get("/metrics", headers=raw).status_code == expected


@pytest.fixture
def state(tmp_path: Path) -> Iterator[tuple[Metrics, Switch, list[str]]]:
    metrics, switch, served = Metrics(), Switch(tmp_path), ["20260102T030405678Z-0123456789"]

    def version() -> str:
        if not served:
            raise SnapshotError("none")
        return served[0]

    async def ready() -> bool:
        return True

    tell_state(metrics, tmp_path, version, switch, ready, None)
    yield metrics, switch, served


def test_one_snapshot_is_told_at_a_time_with_its_moment(state: tuple[Metrics, Switch, list[str]]) -> None:
    metrics, _, served = state
    first = served[0]
    assert metrics.registry.get_sample_value("tthc_snapshot_info", {"version": first}) == 1
    assert metrics.registry.get_sample_value("tthc_snapshot_published_timestamp_seconds") == published_at(first)
    served[0] = "20260202T000000000Z-0123456789"
    assert metrics.registry.get_sample_value("tthc_snapshot_info", {"version": first}) is None
    served.clear()
    assert metrics.registry.get_sample_value("tthc_snapshot_published_timestamp_seconds") is None


def test_the_switch_the_disk_and_the_memory_are_told(state: tuple[Metrics, Switch, list[str]]) -> None:
    metrics, switch, _ = state
    assert metrics.registry.get_sample_value("tthc_paused") == 0
    switch.pause = Pause("", "", "")
    assert metrics.registry.get_sample_value("tthc_paused") == 1
    assert (metrics.registry.get_sample_value("tthc_home_free_bytes") or 0) > 0
    assert (metrics.registry.get_sample_value("tthc_process_memory_bytes", {"process": "gateway"}) or 0) > 1e6


class Broken:
    """A place of dossiers that cannot be asked."""

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        raise Unreachable("away")

    async def fetch(self, code: str) -> Dossier | None:
        return None

    async def close(self) -> None: ...


async def test_look_ups_of_dossiers_are_timed_and_their_failures_counted() -> None:
    metrics = Metrics()
    gateway = TimedGateway(Broken(), metrics)
    await gateway.fetch("H26")
    with pytest.raises(Unreachable):
        await gateway.look_up("H26", "0000")
    assert metrics.registry.get_sample_value("tthc_stage_duration_seconds_count", {"stage": "dossiers"}) == 2
    assert metrics.registry.get_sample_value("tthc_stage_errors_total", {"stage": "dossiers"}) == 1


def test_a_path_that_nobody_serves_is_no_label() -> None:
    metrics = Metrics()
    inner = Starlette(routes=[Route("/known", lambda request: None)])
    client = TestClient(metrics.counting(inner, {"/known"}), raise_server_exceptions=False)
    for path in ("/0900123987", "/a", "/b"):
        client.get(path)
    assert metrics.registry.get_sample_value("tthc_http_requests_total", {"route": "other", "status": "404"}) == 3
