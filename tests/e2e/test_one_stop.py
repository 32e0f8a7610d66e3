"""The assistant beside a one-stop system that fails: told honestly, and no other question waits for it."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers import wording as say
from tests.dossiers import one_stop
from tests.dossiers.kept import CODE, DIGITS
from tests.e2e.service import Citizen, started

USUAL = 3.0  # seconds; other questions take some tenths of one, on a busy machine more


def described(at: Path) -> Path:
    """Write the file that tells how the reference system is read."""
    plain = dataclasses.asdict(one_stop.SYSTEM)
    at.write_text(yaml.safe_dump(plain | {"proofs": list(plain["proofs"])}), encoding="utf-8")
    return at


async def say_in_thread(citizen: Citizen, text: str) -> tuple[dict[str, Any], float]:
    began = time.perf_counter()
    reply = await asyncio.to_thread(citizen.say, text)
    return reply, time.perf_counter() - began


@pytest.mark.asyncio
async def test_a_system_that_fails_is_told_honestly_and_holds_up_nobody(tmp_path: Path) -> None:
    async with one_stop.running() as system:
        system.dossiers[CODE] = one_stop.record(CODE)
        service = started(
            TTHC_DOSSIERS_URL=system.url, TTHC_ONE_STOP=str(described(tmp_path / "one-stop.yml")), TTHC_ONE_STOP_SECRET=one_stop.TOKEN,
            TTHC_DOSSIERS_KEY="a key", TTHC_NOTICES_URL=f"sqlite:///{tmp_path / 'notices.sqlite3'}",
        )  # fmt: skip
        _, address = await asyncio.to_thread(service.__enter__)
        try:
            owner = Citizen(address)
            told, _ = await say_in_thread(owner, f"{CODE} {DIGITS}")
            assert "Trạng thái: Đang xử lý" in told["text"]
            for fault in one_stop.FAULTS:
                system.fault = fault
                answers = [say_in_thread(Citizen(address), f"{CODE} {DIGITS}") for _ in range(3)]
                other = say_in_thread(Citizen(address), "đăng ký khai sinh lệ phí bao nhiêu")
                *refused, (answered, took) = await asyncio.gather(*answers, other)
                assert {r["text"].split(".")[0] for r, _ in refused} <= {
                    say.DOSSIER_REFUSED[w].split(".")[0] for w in ("unreachable", "locked")
                }
                assert (answered["kind"], answered["aspects"], took < USUAL) == ("answer", ["fee"], True), fault
            again, _ = await say_in_thread(owner, "hồ sơ này đến đâu rồi")  # proved, but not to be read now: nothing old is told
            assert again["text"].startswith(say.DOSSIER_REFUSED["unreachable"].split(".")[0])
            system.fault = None
            await asyncio.sleep(one_stop.SYSTEM.left_alone + 0.1)
            back, _ = await say_in_thread(owner, f"hồ sơ {CODE}")
            assert "Trạng thái: Đang xử lý" in back["text"]
        finally:
            await asyncio.to_thread(service.__exit__, None, None, None)
