"""The probe of a container's health tells by its exit status whether the part beside it answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.serving import probe
from bot.serving.token import RASA, header
from bot.settings import Settings


class Part(BaseHTTPRequestHandler):
    """Answers as a gateway that is well and a Rasa server that wants its token."""

    def do_GET(self) -> None:
        wanted = header(Settings.read().secret_for(RASA))["Authorization"]
        well = self.path == "/healthz" or (self.path == "/webhooks/gateway/ready" and self.headers["Authorization"] == wanted)
        self.send_response(204 if well else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def part(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Part) as server:
        monkeypatch.setenv("TTHC_SECRET", "given")
        for name in ("TTHC_PORT", "TTHC_RASA_PORT"):
            monkeypatch.setenv(name, str(server.server_port))
        for name in ("TTHC_HOST", "TTHC_RASA_HOST"):
            monkeypatch.setenv(name, "0.0.0.0")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_a_part_that_answers_is_well(name: str) -> None:
    assert probe.main([name]) == 0


@pytest.mark.parametrize("name", ["gateway", "rasa"])
def test_a_part_that_is_away_is_not(name: str, part: HTTPServer) -> None:
    part.shutdown()
    part.server_close()
    assert probe.main([name]) == 1


def test_rasa_with_another_secret_is_not_ours(monkeypatch: pytest.MonkeyPatch, part: HTTPServer) -> None:
    settings = Settings.read({"TTHC_SECRET": "another", "TTHC_RASA_PORT": str(part.server_port)})
    assert not probe.rasa_answers(settings)


def test_a_secret_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TTHC_SECRET")
    monkeypatch.setenv("TTHC_SECRET_FILE", str(tmp_path / "none"))
    assert probe.main(["rasa"]) == 2
    assert "TTHC_SECRET_FILE" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["postgres"], ["gateway", "rasa"]])
def test_a_part_there_is_not_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(arguments) == 2
    assert "gateway|rasa" in capsys.readouterr().err
