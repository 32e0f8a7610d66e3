"""Codes are found as people type them, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.codes import take_codes


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("hồ sơ 000.00.19.H26-250701-0042 đến đâu rồi", "000.00.19.H26-250701-0042"),
        ("000.00.19.h26-250701-0042", "000.00.19.H26-250701-0042"),
        ("ma ho so H26.19.1-250701-0042 a", "H26.19.1-250701-0042"),
        ("000 00 19 H26-250701-0042", "000.00.19.H26-250701-0042"),
        ("H26-250701-0042", "H26-250701-0042"),
        ("000.00.19.H26 250701 0042", "000.00.19.H26-250701-0042"),
    ],
)
def test_a_dossier_code_is_taken_out_of_its_sentence(said: str, code: str) -> None:
    found = take_codes(said)
    assert found.dossiers == (code,)
    assert "0042" not in found.rest


def test_a_procedure_code_is_taken_out() -> None:
    found = take_codes("thủ tục 1.001193 cần gì, còn 2.000635?")
    assert found.procedures == ("1.001193", "2.000635")
    assert found.rest == "thủ tục cần gì, còn ?"


@pytest.mark.parametrize("said", ["phí 1.500.000 đồng", "ngày 20.10.2025", "0912.345.678", "nhà 2 tầng", "căn cước 12 số", "H26"])
def test_other_numbers_are_no_codes(said: str) -> None:
    found = take_codes(said)
    assert (found.dossiers, found.procedures, found.rest) == ((), (), said)


@given(st.text(max_size=80))
def test_no_text_breaks_it(said: str) -> None:
    found = take_codes(said)
    assert len(found.rest) <= len(said)
