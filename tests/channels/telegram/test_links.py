"""Links that open the bot: what they name is found, and nothing else is."""

import re
from pathlib import Path

import pytest

from bot.channels.telegram.links import is_ours, procedure_of, to_procedure, unit_of
from bot.knowledge.model import Knowledge
from tests.building import knowledge


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return knowledge(tmp_path)


def test_the_link_of_a_procedure_leads_back_to_it(known: Knowledge) -> None:
    for code, procedure in known.procedures.items():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", to_procedure(code))
        assert procedure_of(to_procedure(code), known) is procedure


@pytest.mark.parametrize("parameter", ["ct_9_999999", "ct_", "ct_1", "1_000001", "unit_trang", "ct_1_000001_2"])
def test_what_names_no_procedure_finds_none(known: Knowledge, parameter: str) -> None:
    assert procedure_of(parameter, known) is None


@pytest.mark.parametrize("parameter", ["unit_trang", "unit_phuong_trang", "unit_phuong-trang", "unit_Trang"])
def test_a_ward_is_found_with_and_without_its_kind(known: Knowledge, parameter: str) -> None:
    unit = unit_of(parameter, known)
    assert unit is not None and unit.key == "phuong-trang"


@pytest.mark.parametrize("parameter", ["unit_den", "unit_", "trang"])
def test_what_names_no_ward_finds_none(known: Knowledge, parameter: str) -> None:
    assert unit_of(parameter, known) is None


def test_our_links_are_told_from_others() -> None:
    assert is_ours("ct_x") and is_ours("unit_x") and not is_ours("inline")
