"""Staff's loop on the running service: what is published is answered within seconds, no message is dropped, none mixes old and new."""

from __future__ import annotations

import dataclasses
import threading
import time
from pathlib import Path

import pytest

from bot.knowledge import files, publish
from bot.knowledge.model import Fee, Knowledge
from bot.serving.astray import astray, changed
from bot.settings import Settings
from bot.understanding import index
from tests.e2e.service import Citizen, running

BIRTH = "1.001193"
OLD, NEW = Fee(name="Khoản cũ", text="theo giá cũ"), Fee(name="Khoản mới", text="theo giá mới")
CHANGES_OVER_WITHIN = 5.0  # seconds
CLIENTS = 4


def with_fees(known: Knowledge, fee: Fee) -> Knowledge:
    """Return `known` with `fee` as what a birth registration costs, and told in its summary too."""
    birth = dataclasses.replace(known.procedures[BIRTH], fees=(fee,), summary=f"Khai sinh, {fee.text}.")
    return dataclasses.replace(known, procedures=known.procedures | {BIRTH: birth})


def test_the_running_assistant_changes_over_without_dropping_or_mixing_a_message(tmp_path: Path) -> None:
    known = files.load(Settings.read().knowledge).knowledge
    publish.publish(with_fees(known, OLD), tmp_path, index.write)
    said: list[tuple[float, str]] = []
    over = threading.Event()

    def ask(address: str) -> None:
        citizen = Citizen(address)
        while not over.is_set():
            text = citizen.say("đăng ký khai sinh là gì, lệ phí bao nhiêu")["text"]
            said.append((time.monotonic(), text))

    with running(TTHC_HOME=str(tmp_path)) as address:
        clients = [threading.Thread(target=ask, args=(address,)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(2)
        publish.publish(with_fees(known, NEW), tmp_path, index.write)
        published = time.monotonic()
        time.sleep(CHANGES_OVER_WITHIN + 1)
        over.set()
        for client in clients:
            client.join()
    assert len(said) > 10 * CLIENTS  # `say` fails on any message that is not answered
    states = [("giá cũ" in text, "giá mới" in text) for _, text in said]
    assert all(old != new for old, new in states), "an answer mixes old and new, or holds neither"
    assert any(old for old, _ in states)
    assert not [at for (at, _), (old, _) in zip(said, states) if old and at > published + CHANGES_OVER_WITHIN]


@pytest.mark.asyncio
async def test_a_sample_question_that_leads_elsewhere_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_HOME", str(tmp_path))
    settings = Settings.read()
    loaded = files.load(settings.knowledge)
    birth = loaded.knowledge.procedures[BIRTH]
    led_astray = dataclasses.replace(birth, sample_questions=(*birth.sample_questions, "đăng ký kết hôn cần giấy tờ gì"))
    edited = dataclasses.replace(
        loaded, knowledge=dataclasses.replace(loaded.knowledge, procedures=loaded.knowledge.procedures | {BIRTH: led_astray})
    )
    assert changed(loaded.knowledge, edited.knowledge) == [BIRTH]
    (fault,) = await astray(edited, [BIRTH], tmp_path, settings.model)
    assert fault.file == f"procedures/ho-tich/{BIRTH}.yml"
    assert fault.field == f"cau_hoi_mau[{len(birth.sample_questions)}]"
    assert fault.message.startswith("«đăng ký kết hôn cần giấy tờ gì» dẫn tới answer: 1.000894")
