"""What the supervisor hands to its processes, and where their words go."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.serving.supervisor import Service
from bot.settings import Settings

TELL = "from bot.settings import Settings; print('secret is', Settings.read().secret, flush=True)"


def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Service:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    service = Service(Settings.read())
    service.start("teller", sys.executable, "-c", TELL)
    assert service.children["teller"].wait(30) == 0
    return service


def test_a_secret_from_a_file_reaches_the_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.delenv("TTHC_SECRET", raising=False)
    run({"TTHC_HOME": str(tmp_path / "home"), "TTHC_SECRET_FILE": str(tmp_path / "secret")}, monkeypatch)
    assert (tmp_path / "home/logs/teller.log").read_text() == "secret is from a file\n"


def test_logs_go_to_the_output_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    service = run({"TTHC_HOME": str(tmp_path / "home"), "TTHC_SECRET": "given", "TTHC_LOG_TO": "stdout"}, monkeypatch)
    assert capfd.readouterr().out == "secret is given\n"
    assert not service.settings.logs.exists()
