"""The gateway while answering is off: the notice is given though the database and Rasa are away; without a pause the trouble is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.answers import wording as say
from bot.knowledge import publish
from bot.serving import pause as switch
from bot.serving.gateway import create
from bot.settings import Settings
from bot.understanding import index
from tests.building import knowledge

NOTICE = "Bảo trì đến 18 giờ."
AWAY = "postgresql://127.0.0.1:9/none?connect_timeout=1"
SORRY = say.ERROR.partition("{")[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    return tmp_path


def client_at(home: Path, **more: str) -> TestClient:
    environment = {"TTHC_HOME": str(home), "TTHC_SECRET": "of a test", "TTHC_RASA_URL": "http://127.0.0.1:9", **more}
    return TestClient(create(Settings.read(environment)), client=("127.0.0.1", 9))


@pytest.fixture
def paused(home: Path) -> Iterator[TestClient]:
    switch.pause(home, NOTICE)
    with client_at(home, TTHC_WEB_URL=AWAY) as client:
        yield client


def test_the_notice_is_given_though_the_database_is_away(paused: TestClient) -> None:
    response = paused.post("/api/v1/messages", json={"text": "xin chào", "id": "one"})
    assert response.status_code == 200
    assert response.json()["text"].startswith(NOTICE)
    assert "seq" not in response.json()  # it is not kept: asked again with the same id, it is answered
    assert NOTICE in paused.post("/hoi", data={"cau_hoi": "xin chào"}).text


def test_in_a_session_begun_before_the_notice_is_given_too(paused: TestClient) -> None:
    session = paused.post("/api/v1/sessions", json={}).json()["session"]
    response = paused.post("/api/v1/messages", json={"text": "xin chào", "session": session})
    assert response.json()["text"].startswith(NOTICE)


def test_it_is_ready_so_that_a_balancer_sends_people_to_the_notice(paused: TestClient) -> None:
    assert paused.get("/readyz").json()["status"] == "paused"


def test_without_a_pause_the_trouble_is_told_and_the_failure_counted(home: Path) -> None:
    with client_at(home, TTHC_WEB_URL=AWAY) as client:
        response = client.post("/api/v1/messages", json={"text": "xin chào"})
        assert response.status_code == 503
        assert response.json()["text"].startswith(SORRY)
        assert SORRY in client.post("/hoi", data={"cau_hoi": "xin chào"}).text
        failures = [
            line for line in client.get("/metrics").text.splitlines() if line.startswith('tthc_database_errors_total{engine="postgresql"}')
        ]
    assert float(failures[0].rpartition(" ")[2]) >= 2


def test_each_answer_brings_an_id_of_its_own(home: Path) -> None:
    with client_at(home) as client:
        ids = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
