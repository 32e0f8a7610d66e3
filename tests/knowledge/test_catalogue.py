"""The catalogue: rows become procedures, faults are told with their line and column, what is unknown stays unknown."""

from pathlib import Path

import pytest

from bot.knowledge import catalogue
from bot.knowledge.catalogue import COLUMNS, Row
from bot.knowledge.files import load
from bot.knowledge.model import Procedure
from bot.knowledge.problems import KnowledgeError, Problem
from tests.building import folder

TREE = Row(
    ma="1.000011", ten="Thủ tục cấp giấy phép chặt hạ cây xanh", linh_vuc="dat-dai", cap="tinh|xa", co_quan="Ủy ban nhân dân xã, phường",
    cach_thuc="truc_tiep|truc_tuyen", thoi_han_truc_tiep="15 ngày", thoi_han_truc_tuyen="15 ngày", phi_truc_tiep="500.000 đồng",
    phi_truc_tuyen="Miễn phí", quyet_dinh="2/QĐ-TEST", duong_dan="https://example.vn/2", kiem_tra_ngay="2026-07",
)  # fmt: skip


def with_row(at: Path, **cells: str) -> Path:
    """Return a knowledge folder whose catalogue holds one row: TREE with `cells`."""
    made = folder(at)
    catalogue.write([Row(**{c: getattr(TREE, c) for c in COLUMNS} | cells)], made / catalogue.FILE)
    return made


def the_row(at: Path, **cells: str) -> Procedure:
    return load(with_row(at, **cells)).knowledge.procedures["1.000011"]


def fault(at: Path, **cells: str) -> Problem:
    with pytest.raises(KnowledgeError) as caught:
        load(with_row(at, **cells))
    assert len(caught.value.problems) == 1, caught.value.problems
    return caught.value.problems[0]


def test_a_row_becomes_a_procedure_with_the_facts_it_holds(tmp_path: Path) -> None:
    tree = the_row(tmp_path)
    assert (tree.name, tree.official_name) == ("Cấp giấy phép chặt hạ cây xanh", "Thủ tục cấp giấy phép chặt hạ cây xanh")
    assert not tree.in_full
    assert tree.levels == ("tinh", "xa")
    assert [(f.filing, f.amount) for f in tree.fees] == [(("truc_tiep",), 500_000), (("truc_tuyen",), 0)]
    assert [(d.filing, d.number, d.unit) for d in tree.durations] == [((), 15, "ngay")]
    assert tree.online is not None
    assert tree.online.kind is None
    assert tree.papers is None
    assert tree.conditions is None


def test_the_agency_of_a_row_is_named_as_the_row_writes_it(tmp_path: Path) -> None:
    known = load(with_row(tmp_path)).knowledge
    assert [known.agencies[a].name for a in known.procedures["1.000011"].agencies] == ["Ủy ban nhân dân xã, phường"]


def test_words_that_are_no_number_stand_as_they_are(tmp_path: Path) -> None:
    tree = the_row(tmp_path, thoi_han_truc_tiep="Ngay trong ngày", thoi_han_truc_tuyen="", phi_truc_tiep="10 USD")
    assert tree.durations[0].text == "Ngay trong ngày"
    assert tree.fees[0].text == "10 USD"


def test_an_entry_in_full_wins_over_a_row_of_the_same_code(tmp_path: Path) -> None:
    known = load(with_row(tmp_path, ma="1.000001")).knowledge
    assert known.procedures["1.000001"].name == "Đăng ký khai sinh"


def test_a_long_official_name_is_shortened_on_a_button(tmp_path: Path) -> None:
    tree = the_row(tmp_path, ten="Cấp giấy phép " + "rất dài " * 60)
    assert len(tree.label) <= 160
    assert tree.label.endswith("…")


@pytest.mark.parametrize(
    ("column", "cell", "mend"),
    [
        ("ma", "1,000011", "định dạng cột là Văn bản"), ("ten", "", "ghi tên"), ("linh_vuc", "dat", "fields.yml"), ("cap", "", "tinh"),
        ("cap", "xã", "xa"), ("cach_thuc", "online", "truc_tuyen"), ("loai_truc_tuyen", "4", "toan_trinh"), ("duong_dan", "example.vn", "https://"),
        ("kiem_tra_ngay", "", "2026-07"),
    ],
)  # fmt: skip
def test_a_fault_in_a_cell_is_told_with_its_line_column_and_mend(tmp_path: Path, column: str, cell: str, mend: str) -> None:
    found = fault(tmp_path, **{column: cell})
    assert (found.file, found.line, found.field) == ("catalogue.csv", 2, column)
    assert mend in found.mend


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("ma,ten\n1.000011,Cấp phép\n", "các cột là"), ("ma,ten,linh_vuc,cap,gia\n", "các cột là"),
        ("ma,ten,linh_vuc,cap,kiem_tra_ngay\n1.000011,Cấp, phép,dat-dai,xa,2026\n", "ngoặc kép"),
    ],
)  # fmt: skip
def test_a_broken_table_is_told(tmp_path: Path, text: str, mend: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(folder(tmp_path, **{"catalogue.csv": text}))
    assert mend in caught.value.problems[0].mend


def test_a_code_given_twice_is_told(tmp_path: Path) -> None:
    made = folder(tmp_path)
    catalogue.write([TREE, TREE], made / catalogue.FILE)
    with pytest.raises(KnowledgeError, match="đã có ở hàng 2"):
        load(made)


def test_a_table_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / catalogue.FILE).write_bytes("ma,ten\n1.000011,Cấp phép\n".encode("utf-16"))
    with pytest.raises(KnowledgeError) as caught:
        load(made)
    assert "CSV UTF-8" in caught.value.problems[0].mend


def test_what_a_vietnamese_excel_saves_is_read(tmp_path: Path) -> None:
    text = "\ufeffma;ten;linh_vuc;cap;kiem_tra_ngay\r\n1.000011;Cấp phép, gia hạn;dat-dai;xa;2026\r\n"
    assert load(folder(tmp_path, **{"catalogue.csv": text})).knowledge.procedures["1.000011"].name == "Cấp phép, gia hạn"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    catalogue.write([TREE], tmp_path / "catalogue.csv")
    assert catalogue.read(tmp_path / "catalogue.csv") == [(2, TREE)]
