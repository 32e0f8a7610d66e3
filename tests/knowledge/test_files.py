"""Staff's files: what is right is read, what is wrong is told with file, line, field and mend."""

from pathlib import Path

import pytest
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


BROKEN = {
    "unknown key": ("ten_goi_khac:", "ten_goi_kac:", 4, "ten_goi_kac", "ten_goi_khac"),
    "missing key": ("tom_tat: Ghi nhận việc sinh.\n", "", 1, "tom_tat", "thêm dòng"),
    "wrong choice": ("cap: [xa]", "cap: [xaa]", 6, "cap[0]", "xa"),
    "not a list": ("cap: [xa]", "cap: xa", 6, "cap", "mỗi mục một dòng"),
    "not a number": ("so_tien: 8000", "so_tien: tám nghìn", 18, "phi[0].so_tien", "chữ số"),
    "negative amount": ("so_tien: 8000", "so_tien: -1", 18, "phi[0].so_tien", "từ 0"),
    "zero time": ("so: 3", "so: 0", 20, "thoi_han[0].so", "số dương"),
    "time without unit": ("{so: 3, don_vi: ngay_lam_viec}", "{so: 3}", 20, "thoi_han[0]", "don_vi"),
    "amount and text": ("so_tien: 8000", "so_tien: 8000, mo_ta: theo quy định", 18, "phi[0]", "giữ một"),
    "empty value": ("tom_tat: Ghi nhận việc sinh.", "tom_tat:", 8, "tom_tat", "bỏ hẳn"),
    "key twice": ("cap: [xa]", "cap: [xa]\ncap: [xa]", 7, "cap", "giữ một"),
    "bad code": ('ma: "1.000001"', 'ma: "1.0001"', 1, "ma", "1.001193"),
    "bad link": ("https://example.vn/1", "example.vn", 26, "nguon.duong_dan", "https://"),
    "impossible date": ("quyet_dinh: 1/QĐ-TEST,", "quyet_dinh: 1/QĐ-TEST, hieu_luc_tu: 2026-02-30,", 25, "cong_bo.hieu_luc_tu", "2026-07-20"),
    "ends before it begins": ("quyet_dinh: 1/QĐ-TEST,", "hieu_luc_tu: 2026-02-03, hieu_luc_den: 2025-01-01,", 25, "cong_bo.hieu_luc_den", "sửa"),
    "dead successor": ("trang_thai: hieu_luc}", "trang_thai: thay_the, thay_the_boi: '9.999999'}", 25, "cong_bo.thay_the_boi", "đang có"),
    "unknown field": ("linh_vuc: ho-tich", "linh_vuc: ho-tichh", 5, "linh_vuc", ""),
    "unknown agency": ("co_quan: [ubnd-xa]", "co_quan: [ubnd-xã]", 7, "co_quan[0]", "ubnd-xa"),
    "few samples": ("  - be moi sinh khai o dau\n", "", 28, "cau_hoi_mau", "ít nhất 6"),
    "a case without papers": ("giay_to: [{ten: Biên bản, ban_chinh: 1, ban_sao: 2}]", "giay_to: []", 15, "ho_so.theo_truong_hop[0]", "thêm giay_to"),
    "checked in the future": ("kiem_tra_ngay: 2026-07", "kiem_tra_ngay: 2999-07", 26, "nguon.kiem_tra_ngay", "đã kiểm tra"),
    "no thirteenth month": ("kiem_tra_ngay: 2026-07", "kiem_tra_ngay: 2026-13", 26, "nguon.kiem_tra_ngay", "2026-07"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_told_with_its_line_field_and_mend(tmp_path: Path, name: str) -> None:
    old, new, line, field, mend = BROKEN[name]
    assert old in BIRTH
    found = faults(tmp_path, **{"procedures/ho-tich/1.000001.yml": BIRTH.replace(old, new)})
    first = next(p for p in found if p.field == field)
    assert first.file == "procedures/ho-tich/1.000001.yml"
    assert (first.line, mend in first.mend) == (line, True), first


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


@pytest.mark.parametrize("name", ["procedures/ho-tich/1.000003.yaml", "procedures/1.000003.yml", "procedures/ho-tich/cu/1.000003.yml"])
def test_a_file_that_stands_where_none_is_read_is_told(tmp_path: Path, name: str) -> None:
    assert [p.file for p in faults(tmp_path, **{name: BIRTH})] == [name]


def test_a_field_declared_twice_is_told(tmp_path: Path) -> None:
    line = "- {khoa: ho-tich, ten: Hộ tịch}\n"
    assert [p.file for p in faults(tmp_path, **{"fields.yml": line + line + "- {khoa: dat-dai, ten: Đất đai}\n"})] == ["fields.yml"]
