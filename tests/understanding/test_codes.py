"""Codes are found as people type them, and nothing else is taken for one."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.codes import Slip, is_dossier_code, take_codes


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


@pytest.mark.parametrize(
    "said",
    ["0000019H26-250701-0042", "0000019h262507010042", "000 00 19 h26 250701 0042 nhé", "000.00.19.H26 - 250701 – 0042", "000.00.19.H26_250701_0042"],
)  # fmt: skip
def test_a_code_is_read_without_dots_and_with_other_dashes(said: str) -> None:
    assert take_codes(f"hồ sơ {said} tới đâu").dossiers == ("000.00.19.H26-250701-0042",)


@pytest.mark.parametrize(
    ("said", "kind", "part", "likely"),
    [
        ("000.00.19.H26-250231-0042", "date", "250231", None),
        ("000.00.19.H26-251301-0042", "date", "251301", None),
        ("000.00.19.H26-25071-0042", "date_length", "25071", None),
        ("000.00.19.H26-250701-042", "number_length", "042", None),
        ("00.00.19.H26-250701-0042", "head", "00.00.19.H26", None),
        ("000.0O.19.h26-250701-0042", "letter_for_digit", "000.0O.19.h26", "000.00.19.H26-250701-0042"),
        ("000.00.19.H26-25O701-0042", "letter_for_digit", "25O701", "000.00.19.H26-250701-0042"),
        ("000.00.19.H2O-250701-0042", "letter_for_digit", "000.00.19.H2O", "000.00.19.H20-250701-0042"),
    ],
)
def test_a_likely_slip_is_pointed_at_and_not_taken_for_a_code(said: str, kind: str, part: str, likely: str | None) -> None:
    found = take_codes(f"ma ho so {said} den dau roi")
    assert found.dossiers == ()
    assert found.slips == (Slip(kind, said, part, likely),)  # type: ignore[arg-type]
    assert found.rest == "ma ho so den dau roi"


@given(st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31)), st.integers(0, 9999), st.integers(1, 126), st.sampled_from([str, str.lower]))
def test_every_code_of_a_true_day_is_read_back(day: dt.date, number: int, unit: int, typed: Callable[[str], str]) -> None:
    code = f"H26.{unit}-{day:%y%m%d}-{number:04}"
    assert take_codes(f"xem {typed(code)} giúp").dossiers == (code,)
    assert is_dossier_code(code)


@given(st.from_regex(r"(?:\d{3}[. ]\d{2}[. ])?[A-Za-z]\d{2}(?:[. ]\d{1,3}){0,3}[- ]\d{6}[- ]\d{3,6}", fullmatch=True))
def test_a_text_is_a_code_when_it_is_read_as_itself(text: str) -> None:
    assert is_dossier_code(text) == (take_codes(text).dossiers == (text,))
