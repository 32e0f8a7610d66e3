"""The switch that turns answering off: thrown at once, audited, seen by what runs, safe in trouble."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from bot.serving import pause as switch
from bot.serving.pause import AUDIT, FILE, LONGEST_NOTICE, PauseError, Switch, pause, paused, resume


def audit(home: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (home / AUDIT).read_text(encoding="utf-8").splitlines()]


def test_it_is_off_with_its_notice_until_it_is_on_again(tmp_path: Path) -> None:
    assert paused(tmp_path) is None
    pause(tmp_path, "  Bảo trì\nđến 18 giờ. ")
    found = paused(tmp_path)
    assert found and found.notice == "Bảo trì đến 18 giờ."
    assert resume(tmp_path) and paused(tmp_path) is None
    assert not resume(tmp_path)


def test_who_did_what_and_when_is_kept_for_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("SUDO_USER", "an")
    pause(tmp_path, "Một")
    pause(tmp_path, "Hai")
    resume(tmp_path)
    lines = audit(tmp_path)
    assert [(line["what"], line.get("notice")) for line in lines] == [("pause", "Một"), ("pause", "Hai"), ("resume", None)]
    assert all("somebody-else" not in line["who"] and "an" in line["who"] for line in lines)
    assert all(line["at"].endswith("+00:00") for line in lines)
    assert (tmp_path / AUDIT).stat().st_mode & 0o077 == 0


def test_a_gateway_of_another_user_can_read_the_notice(tmp_path: Path) -> None:
    pause(tmp_path, "Một")
    assert (tmp_path / FILE).stat().st_mode & 0o444 == 0o444


def test_too_long_a_notice_is_refused_and_nothing_is_turned_off(tmp_path: Path) -> None:
    with pytest.raises(PauseError, match=str(LONGEST_NOTICE)):
        pause(tmp_path, "a" * (LONGEST_NOTICE + 1))
    assert paused(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"notice": 1}', b"\xff"])
def test_a_file_that_cannot_be_read_pauses_with_the_usual_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    found = paused(tmp_path)
    assert found is not None and found.notice == ""


def test_where_it_cannot_be_written_the_operator_is_told_how_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(PauseError, match="đang bật"):
        pause(tmp_path)


async def test_what_runs_sees_it_within_its_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch, "LOOK_EVERY", 0.01)
    held = Switch(tmp_path)
    held.start()

    async def until(on: bool) -> None:
        deadline = time.monotonic() + 5
        while (held.pause is not None) is not on:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)

    try:
        assert held.pause is None
        pause(tmp_path, "Một")
        await until(True)
        pause(tmp_path, "Hai")  # said anew
        while held.pause is None or held.pause.notice != "Hai":
            await asyncio.sleep(0.01)
        resume(tmp_path)
        await until(False)
    finally:
        await held.stop()


async def test_paused_before_the_start_it_is_off_from_the_first_message(tmp_path: Path) -> None:
    pause(tmp_path)
    held = Switch(tmp_path)
    held.start()
    assert held.pause is not None
    await held.stop()
