"""Staff's files: what is right is read, what is wrong is told with file, line, field and mend."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.check import check
from bot.knowledge.decode import read
from bot.knowledge.files import load
from bot.knowledge.model import Procedure
from bot.knowledge.problems import KnowledgeError, Problem
from tests.building import BIRTH, folder


def faults(at: Path, **files: str) -> list[Problem]:
    """Return what is wrong with a folder that differs from a right one by `files`."""
    try:
        return check(load(folder(at, **files)))
    except KnowledgeError as error:
        return error.problems


def the_fault(at: Path, text: str) -> Problem:
    """Return the only fault of the birth entry written as `text`."""
    found = faults(at, **{"procedures/ho-tich/1.000001.yml": text})
    assert len(found) == 1, found
    return found[0]


def test_a_right_folder_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


def test_facts_are_read_as_written(tmp_path: Path) -> None:
    birth = load(folder(tmp_path)).knowledge.procedures["1.000001"]
    assert birth.papers is not None
    assert birth.papers.hand_in[0].form == "Mẫu số 01"
    assert birth.papers.cases[0].papers[0].copies == 2
    assert birth.fees[0].amount == 8000
    assert birth.durations[0].number == 3
    assert birth.conditions == ()


def test_an_absent_fact_is_unknown_not_empty(tmp_path: Path) -> None:
    land = load(folder(tmp_path)).knowledge.procedures["1.000002"]
    assert land.conditions is None
    assert land.papers is None


SLIPS = yaml.safe_load((Path(__file__).parent / "slips.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["name"])
def test_a_slip_is_told_with_its_line_its_field_and_a_mend(tmp_path: Path, slip: dict[str, Any]) -> None:
    assert slip["replace"] in BIRTH
    found = faults(tmp_path, **{"procedures/ho-tich/1.000001.yml": BIRTH.replace(slip["replace"], slip["by"])})
    expected = Problem("procedures/ho-tich/1.000001.yml", slip["line"], slip["field"], slip["says"], slip["mend"])
    assert expected in found, found


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        **{
            "procedures/ho-tich/1.000001.yml": BIRTH.replace("cap: [xa]", "cap: [xaa]").replace("so: 3", "so: ba"),
            "fields.yml": "- {khoa: Hộ tịch, ten: Hộ tịch}\n",
        },
    )
    assert {(p.file, p.field) for p in found} >= {
        ("procedures/ho-tich/1.000001.yml", "cap[0]"),
        ("procedures/ho-tich/1.000001.yml", "thoi_han[0].so"),
        ("fields.yml", "[0].khoa"),
    }


@pytest.mark.parametrize(("text", "mend"), [("ma: [1", "thụt dòng"), ("", "ghi nội dung"), ("ma: \x00", "UTF-8"), ("- a", "xem mẫu")])
def test_what_is_no_entry_at_all_is_told_too(tmp_path: Path, text: str, mend: str) -> None:
    assert mend in the_fault(tmp_path, text).mend


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (folder(tmp_path) / "procedures/ho-tich/1.000001.yml").write_bytes(BIRTH.encode("utf-16"))
    with pytest.raises(KnowledgeError) as error:
        load(tmp_path)
    assert "UTF-8" in error.value.problems[0].mend


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    (folder(tmp_path) / "contact.yml").unlink()
    with pytest.raises(KnowledgeError) as error:
        load(tmp_path)
    assert error.value.problems[0].file == "contact.yml"


def test_a_code_given_twice_is_told(tmp_path: Path) -> None:
    found = faults(tmp_path, **{"procedures/dat-dai/1.000003.yml": BIRTH})
    assert any("đã có ở" in p.message for p in found)
    assert any("đổi tên tệp" in p.mend for p in found)


def test_a_question_claimed_by_two_entries_is_told(tmp_path: Path) -> None:
    text = BIRTH.replace("khai sinh mat may ngay", "mat so do lam lai the nao")
    assert "1.000002" in the_fault(tmp_path, text).message


@given(st.text(max_size=200))
def test_no_text_breaks_the_loader(text: str) -> None:
    try:
        read(Procedure, text, "thử.yml")
    except KnowledgeError as error:
        assert all(p.message and p.mend for p in error.problems)


@given(st.integers(0, len(BIRTH) - 1), st.sampled_from([*"\t:{}[]\"'#-&*!|>%@`,?\n", "\x00", "é", " "]))
def test_no_slip_of_a_key_breaks_the_loader(at: int, slip: str) -> None:
    try:
        procedure, _ = read(Procedure, BIRTH[:at] + slip + BIRTH[at + 1 :], "thử.yml")
    except KnowledgeError as error:
        assert all(p.line >= 1 for p in error.problems)
    else:
        assert procedure.name


LINES = BIRTH.splitlines()


@given(st.lists(st.tuples(st.sampled_from(["drop", "double", "swap", "indent"]), st.integers(0, len(LINES) - 2)), min_size=1, max_size=6))
def test_no_slip_of_whole_lines_breaks_the_loader(slips: list[tuple[str, int]]) -> None:
    lines = list(LINES)
    for deed, at in slips:
        at = min(at, len(lines) - 2)
        changed = {"drop": [lines[at + 1]], "double": [lines[at], *lines[at : at + 2]], "swap": [lines[at + 1], lines[at]]}
        lines[at : at + 2] = changed.get(deed, ["  " + lines[at], lines[at + 1]])
        if len(lines) < 3:
            break
    try:
        read(Procedure, "\n".join(lines), "thử.yml")
    except KnowledgeError as error:
        assert all(p.line >= 1 and p.message and p.mend for p in error.problems)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*yaml.safe_load(BIRTH)]) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(PLAIN)
def test_no_structure_breaks_the_loader(plain: Any) -> None:
    with pytest.raises(KnowledgeError):
        read(Procedure, yaml.safe_dump(plain, allow_unicode=True), "thử.yml")


def test_groups_within_groups_without_end_are_refused() -> None:
    with pytest.raises(KnowledgeError) as error:
        read(Procedure, "ten: " + "[" * 100_000, "thử.yml")
    assert "sâu" in error.value.problems[0].message


@pytest.mark.parametrize("name", ["procedures/ho-tich/1.000003.yaml", "procedures/1.000003.yml", "procedures/ho-tich/cu/1.000003.yml"])
def test_a_file_that_stands_where_none_is_read_is_told(tmp_path: Path, name: str) -> None:
    assert [p.file for p in faults(tmp_path, **{name: BIRTH})] == [name]


def test_a_field_declared_twice_is_told(tmp_path: Path) -> None:
    line = "- {khoa: ho-tich, ten: Hộ tịch}\n"
    assert [p.file for p in faults(tmp_path, **{"fields.yml": line + line + "- {khoa: dat-dai, ten: Đất đai}\n"})] == ["fields.yml"]
