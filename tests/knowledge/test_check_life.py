"""Decisions and legal texts: what contradicts itself is told with its line, and what stands on an expired text is named."""

from pathlib import Path

import pytest

from bot.knowledge.check import check
from bot.knowledge.files import load
from bot.knowledge.problems import Problem
from tests.building import BIRTH, folder

BASIS = BIRTH.replace("ket_qua:", "can_cu: [1/2014/QH13, 2/2015/NĐ-CP]\nket_qua:")
DECREE = "- so: 5/QĐ-TEST\n  hieu_luc_tu: 2026-03-01\n  nguon: bịa ra để thử\n"


def faults(at: Path, **files: str) -> list[Problem]:
    return check(load(folder(at, **files)))


def expired(since: str, replaced_by: str = "") -> str:
    return f"- {{so: 2/2015/NĐ-CP, het_hieu_luc_tu: {since}, {replaced_by}nguon: bịa ra để thử}}\n"


def test_an_entry_that_stands_on_an_expired_text_is_told(tmp_path: Path) -> None:
    files = {"procedures/ho-tich/1.000001.yml": BASIS, "legal.yml": expired("2026-01-01", "thay_the_boi: 9/2025/NĐ-CP, ")}
    (fault,) = faults(tmp_path, **files)
    assert (fault.file, fault.line, fault.field) == ("procedures/ho-tich/1.000001.yml", 24, "can_cu[1]")
    assert fault.message == "2/2015/NĐ-CP hết hiệu lực từ 01/01/2026"
    assert "9/2025/NĐ-CP" in fault.mend


def test_a_text_that_has_no_successor_is_to_be_left_out(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, **{"procedures/ho-tich/1.000001.yml": BASIS, "legal.yml": expired("2026-01-01")})
    assert fault.mend == "bỏ, hoặc ghi văn bản đang có hiệu lực"


def test_a_text_that_expires_later_is_no_fault_yet(tmp_path: Path) -> None:
    assert faults(tmp_path, **{"procedures/ho-tich/1.000001.yml": BASIS, "legal.yml": expired("2999-01-01")}) == []


def test_a_procedure_that_has_ended_may_keep_its_old_basis(tmp_path: Path) -> None:
    ended = BASIS.replace("trang_thai: hieu_luc", "trang_thai: bai_bo, hieu_luc_den: 2025-12-31")
    assert faults(tmp_path, **{"procedures/ho-tich/1.000001.yml": ended, "legal.yml": expired("2026-01-01")}) == []


@pytest.mark.parametrize(
    ("more", "line", "field", "says"),
    [
        ("  moi: ['1.000009']\n", 4, "[0].moi[0]", "mã 1.000009 không có trong kho"),
        ("  thay_the: [{cu: '1.000009', moi: '1.000001'}]\n", 4, "[0].thay_the[0].cu", "mã 1.000009 không có trong kho"),
        ("  ngay_ban_hanh: 2026-04-01\n", 2, "[0].hieu_luc_tu", "ngày hiệu lực trước ngày ban hành"),
        (
            "  moi: ['1.000001']\n  bai_bo: ['1.000001']\n",
            5,
            "[0].bai_bo[0]",
            "mã 1.000001 vừa bắt đầu vừa hết hiệu lực trong một quyết định",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_told(tmp_path: Path, more: str, line: int, field: str, says: str) -> None:
    found = [(p.file, p.line, p.field, p.message) for p in faults(tmp_path, **{"decisions.yml": DECREE + more})]
    assert ("decisions.yml", line, field, says) in found
