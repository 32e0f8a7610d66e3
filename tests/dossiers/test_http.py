"""Dossiers of a one-stop system, over HTTP: what it says is told truly, and whatever goes wrong is said to have gone wrong."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.gateway import Unreachable
from bot.dossiers.http import HttpGateway
from bot.dossiers.model import Dossier, Status
from bot.dossiers.one_stop import NotUnderstood, OneStopSystem, Record
from bot.settings import SettingsError
from tests.dossiers import one_stop
from tests.dossiers.kept import CODE, DIGITS, NO_CODE, NOW

TRIED = 40  # look-ups under each fault; the benchmark tries 1,000


@pytest.fixture
async def system() -> AsyncIterator[one_stop.OneStop]:
    async with one_stop.running() as running:
        running.dossiers[CODE] = one_stop.record(CODE)
        yield running


@pytest.fixture
async def gateway(system: one_stop.OneStop) -> AsyncIterator[HttpGateway]:
    opened = HttpGateway(system.url, one_stop.SYSTEM, one_stop.TOKEN)
    yield opened
    await opened.close()


async def test_a_dossier_is_read_by_the_mapping(gateway: HttpGateway) -> None:
    found = await gateway.look_up(CODE, DIGITS)
    assert found is not None
    assert (found.code, found.status, found.unit, found.procedure_code) == (CODE, Status.IN_PROGRESS, "Phường Bịa", "1.001193")
    assert found.due is not None and found.due.isoformat() == "2026-11-25T17:00:00+07:00"
    assert found.step is not None and found.step.unit == "Tư pháp"


async def test_a_name_is_masked_before_it_leaves_the_gateway(gateway: HttpGateway) -> None:
    found = await gateway.fetch(CODE)
    assert found is not None
    assert found.applicant_masked == "Trần T** Bịa"
    assert not any(number in repr(found) for number in ("4821", "7777", "Thị"))


@pytest.mark.parametrize("digits", ["4821", "7777"])  # of the telephone, of the identification number
async def test_either_number_proves_the_owner(gateway: HttpGateway, digits: str) -> None:
    assert await gateway.look_up(CODE, digits) is not None


@pytest.mark.parametrize(("code", "digits"), [(CODE, "0000"), (CODE, ""), (CODE, "----"), (NO_CODE, DIGITS)])
async def test_wrong_digits_and_no_such_code_are_nothing(gateway: HttpGateway, code: str, digits: str) -> None:
    assert await gateway.look_up(code, digits) is None


async def test_a_dossier_without_numbers_can_be_proved_by_nobody(system: one_stop.OneStop, gateway: HttpGateway) -> None:
    system.dossiers[CODE] = one_stop.record(CODE, nguoiNop={"ten": "Trần Thị Bịa", "dienThoai": None, "dinhDanh": ""})
    assert [await gateway.look_up(CODE, d) for d in ("", "----", "None", "0000")] == [None] * 4


async def test_what_is_asked_for_is_told_with_its_day_and_place(system: one_stop.OneStop, gateway: HttpGateway) -> None:
    asked = {"giayTo": "Bản sao căn cước", "han": "2026-11-30", "noi": "Phường Bịa"}
    system.dossiers[CODE] = one_stop.record(CODE, trangThai="BO_SUNG", boSung=[asked], phiPhaiNop=50000)
    found = await gateway.fetch(CODE)
    assert found is not None
    assert (found.supplements[0].what, found.supplements[0].where, found.fee_due) == ("Bản sao căn cước", "Phường Bịa", 50000)


async def test_a_status_that_is_not_known_keeps_its_own_words(system: one_stop.OneStop, gateway: HttpGateway) -> None:
    system.dossiers[CODE] = one_stop.record(CODE, trangThai="Chờ ký số")
    found = await gateway.fetch(CODE)
    assert found is not None
    assert (found.status, found.status_text) == (None, "Chờ ký số")


async def answers(gateway: HttpGateway, times: int) -> list[Dossier | Exception | None]:
    return await asyncio.gather(*(gateway.fetch(CODE) for _ in range(times)), return_exceptions=True)  # type: ignore[return-value]


@pytest.mark.parametrize("fault", one_stop.FAULTS)
@pytest.mark.parametrize("share", [1.0, 0.5])
async def test_under_a_fault_the_true_status_is_told_or_none(
    system: one_stop.OneStop, gateway: HttpGateway, fault: str, share: float
) -> None:
    system.fault, system.share = fault, share
    for answer in await answers(gateway, TRIED):
        if not isinstance(answer, Unreachable):
            assert isinstance(answer, Dossier), answer
            assert (answer.code, answer.status) == (CODE, Status.IN_PROGRESS)


@pytest.mark.parametrize("fault", one_stop.FAULTS)
async def test_under_a_fault_nobody_is_told_wrong_digits(system: one_stop.OneStop, gateway: HttpGateway, fault: str) -> None:
    system.fault = fault
    with pytest.raises(Unreachable):
        await gateway.look_up(CODE, "0000")


async def test_after_a_fault_it_answers_again(system: one_stop.OneStop, gateway: HttpGateway) -> None:
    system.fault = "500"
    await answers(gateway, TRIED)
    system.fault = None
    await asyncio.sleep(one_stop.SYSTEM.left_alone + 0.1)
    assert isinstance(await gateway.fetch(CODE), Dossier)


async def test_a_system_that_fails_again_and_again_is_left_alone(system: one_stop.OneStop) -> None:
    gateway = HttpGateway(system.url, dataclasses.replace(one_stop.SYSTEM, left_alone=60.0), one_stop.TOKEN)
    system.fault = "500"
    for _ in range(20):
        with pytest.raises(Unreachable):
            await gateway.fetch(CODE)
    assert len(system.asked) == one_stop.SYSTEM.failures
    await gateway.close()


async def test_one_broken_answer_is_asked_for_again(
    system: one_stop.OneStop, gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter([0.0, 1.0])  # the first answer has the fault, the second has not
    system.fault, system.share = "cut connection", 0.5
    monkeypatch.setattr(system.chance, "random", lambda: next(outcomes))
    assert isinstance(await gateway.fetch(CODE), Dossier)


async def test_what_is_refused_is_not_asked_for_again(system: one_stop.OneStop) -> None:
    gateway = HttpGateway(system.url, one_stop.SYSTEM, "wrong token")
    with pytest.raises(Unreachable, match="status 401"):
        await gateway.fetch(CODE)
    assert len(system.asked) == 1
    await gateway.close()


async def test_nobody_listening_is_said_soon() -> None:
    gateway = HttpGateway("http://127.0.0.1:9", one_stop.SYSTEM, one_stop.TOKEN)
    began = time.perf_counter()
    with pytest.raises(Unreachable):
        await gateway.fetch(CODE)
    assert time.perf_counter() - began < one_stop.SYSTEM.in_all_within
    await gateway.close()


async def test_a_code_cannot_lead_to_another_address(system: one_stop.OneStop, gateway: HttpGateway) -> None:
    assert await gateway.fetch("../../x?y=1") is None
    assert all("/" not in asked.replace("../../x?y=1", "") for asked in system.asked)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
OBJECT = st.dictionaries(st.sampled_from(["ten", "ma", "luc", "han", "trangThai", "giayTo"]), PLAIN, max_size=3)
ANY = PLAIN | OBJECT | st.lists(PLAIN | OBJECT, max_size=3)


@given(st.dictionaries(st.sampled_from(list(one_stop.record(CODE))), ANY, max_size=5))
def test_a_record_of_any_shape_is_read_truly_or_not_at_all(changed: dict[str, Any]) -> None:
    record = Record(one_stop.record(CODE, **changed), one_stop.SYSTEM)
    record.last_digits()
    with contextlib.suppress(NotUnderstood):
        assert record.dossier(CODE, NOW).code == CODE


def written(at: Path, **changed: Any) -> Path:
    plain = {"path": "/{code}", "fields": dict(one_stop.SYSTEM.fields), "proofs": ["phone"], "statuses": {"A": 4}} | changed
    at.write_text(yaml.safe_dump({k: v for k, v in plain.items() if v is not None}), encoding="utf-8")
    return at


def test_the_file_that_tells_how_a_system_is_read(tmp_path: Path) -> None:
    assert OneStopSystem.load(written(tmp_path / "a.yml", tries=5)).tries == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [("path", "no-code"), ("path", None), ("fields", {"code": "a"}), ("fields", None), ("proofs", []), ("proofs", None), ("statuses", {"A": 11}),
     ("authentication", "magic"), ("tries", 0), ("at_once", "many"), ("connect_within", True), ("pathh", "/")],
)  # fmt: skip
def test_a_fault_in_that_file_is_named(tmp_path: Path, key: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=key):
        OneStopSystem.load(written(tmp_path / "a.yml", **{key: value}))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TTHC_ONE_STOP"):
        OneStopSystem.load(tmp_path / "none.yml")
