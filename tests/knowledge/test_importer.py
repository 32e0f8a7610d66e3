"""Importing official records: what can be trusted becomes rows, what cannot is left unknown or reported, nothing else is touched."""

import gzip
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge import importer
from bot.knowledge.catalogue import Row
from bot.knowledge.importer import ImportFailed, Reader
from bot.knowledge.model import Knowledge, Named
from tests.building import knowledge

FIELDS = {"dat-dai": Named(key="dat-dai", name="Đất đai", source_names=("Quản lý đất đai",))}
RECORD: dict[str, Any] = {
    "ma_thu_tuc": "1.000011", "ten_thu_tuc": "Cấp giấy phép chặt hạ cây xanh ( 1.000011 )", "so_quyet_dinh": "2/QĐ-TEST", "cap_thuc_hien": ["Cấp xã"],
    "linh_vuc": "Quản lý đất đai", "co_quan_thuc_hien": ["Ủy ban nhân dân xã", "phường"],
    "cach_thuc_thuc_hien": [{"hinh_thuc": "Trực tiếp", "thoi_han": "5 Ngày làm việc", "phi_le_phi": "500,000 Việt Nam Đồng", "mo_ta": ""}],
    "url": "https://example.vn/2",
}  # fmt: skip


def reader() -> Reader:
    return Reader(FIELDS, ["Huế", "Nam Định"], "2026-07")


def read(at: Path, *records: Any) -> importer.Found:
    path = at / "records.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records), encoding="utf-8")
    taken = reader()
    taken.read(path)
    return taken.found


def the_row(at: Path, **changes: Any) -> Row:
    return read(at, RECORD | changes).rows["1.000011"]


def filing(**facts: Any) -> list[dict[str, Any]]:
    return [{"hinh_thuc": "Trực tiếp", "thoi_han": None, "phi_le_phi": None} | facts]


def sheet(at: Path, *lines: tuple[str, ...], name: str = "list.xlsx") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(line)
    book.save(at / name)
    return at / name


HEADER = ("Mã số", "Tên", "Cơ quan ban hành", "Cơ quan thực hiện", "Lĩnh vực")


def test_a_record_becomes_a_row(tmp_path: Path) -> None:
    row = the_row(tmp_path)
    assert (row.ten, row.linh_vuc, row.cap) == ("Cấp giấy phép chặt hạ cây xanh", "dat-dai", "xa")
    assert row.co_quan == "Ủy ban nhân dân xã, phường"
    assert (row.thoi_han_truc_tiep, row.phi_truc_tiep) == ("5 ngày làm việc", "500.000 đồng")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("1", ""), ("125 ", ""), ("Không quy định", ""), ("02 Giờ", "2 giờ"), ("1.5 ngày", "1,5 ngày"), ("Ngay khi nhận", "Ngay khi nhận"),
        ("x " * 300, ""),
    ],
)  # fmt: skip
def test_a_time_without_a_unit_is_left_unknown(tmp_path: Path, written: str, read_as: str) -> None:
    assert the_row(tmp_path, cach_thuc_thuc_hien=filing(thoi_han=written)).thoi_han_truc_tiep == read_as


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("50 VNĐ", ""), ("Phí : 0 Đồng", "Miễn phí"), ("0 đồng", "Miễn phí"), ("Miễn phí", "Miễn phí"), ("300.000 đồng", "300.000 đồng"),
        ("10 USD", "10 USD"), ("Theo Thông tư 48/2022/TT-BTC", "Theo Thông tư 48/2022/TT-BTC"),
    ],
)  # fmt: skip
def test_a_fee_of_a_few_dong_is_left_unknown(tmp_path: Path, written: str, read_as: str) -> None:
    assert the_row(tmp_path, cach_thuc_thuc_hien=filing(phi_le_phi=written)).phi_truc_tiep == read_as


def test_facts_that_depend_on_a_case_the_table_lost_are_told_as_such(tmp_path: Path) -> None:
    row = the_row(tmp_path, cach_thuc_thuc_hien=filing(phi_le_phi="50,000 VNĐ") + filing(phi_le_phi="90,000 VNĐ"))
    assert row.phi_truc_tiep == "Tùy trường hợp: 50.000 đồng; 90.000 đồng"


def test_another_provinces_desk_fee_and_time_are_left_out(tmp_path: Path) -> None:
    row = the_row(tmp_path, ten_thu_tuc="Hỗ trợ hỏa táng trên địa bàn thành phố Huế")
    assert row.cua_tinh == "Huế"
    assert (row.co_quan, row.phi_truc_tiep, row.thoi_han_truc_tiep, row.quyet_dinh) == ("", "", "", "")


def test_a_province_inside_other_words_is_no_province(tmp_path: Path) -> None:
    assert the_row(tmp_path, ten_thu_tuc="Cho người Việt Nam định cư ở nước ngoài").cua_tinh == ""


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("{", "không phải JSON"), ("[1]", "không phải JSON"), (RECORD | {"ma_thu_tuc": "abc"}, "sai dạng"), (RECORD | {"ten_thu_tuc": " "}, "không có tên"),
        (RECORD | {"ten_thu_tuc": "Công bố Danh mục và Quy trình nội bộ thủ tục"}, "tên một quyết định"), (RECORD | {"cap_thuc_hien": []}, "cấp thực hiện"),
        (RECORD | {"cach_thuc_thuc_hien": ["x"]}, "sai kiểu"), (RECORD | {"ten_thu_tuc": 7}, "sai kiểu"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_reported_with_its_line(tmp_path: Path, record: Any, reason: str) -> None:
    found = read(tmp_path, RECORD | {"ma_thu_tuc": "1.000012"}, record)
    assert list(found.rows) == ["1.000012"]
    assert found.unreadable[0].where == "records.jsonl:2"
    assert reason in found.unreadable[0].reason


def test_what_the_city_does_not_carry_out_is_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, RECORD | {"cap_thuc_hien": ["Cấp bộ"]})
    assert (found.rows, found.out_of_scope) == ({}, 1)


def test_gzipped_records_are_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "r.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps(RECORD))
    taken = reader()
    taken.read(tmp_path / "r.jsonl.gz")
    assert list(taken.found.rows) == ["1.000011"]


def test_a_field_that_is_new_is_declared(tmp_path: Path) -> None:
    found = read(tmp_path, RECORD | {"linh_vuc": "Cây xanh"})
    assert found.rows["1.000011"].linh_vuc == "cay-xanh"
    assert [f.name for f in found.fields.values()] == ["Cây xanh"]


def test_an_official_list_is_read(tmp_path: Path) -> None:
    taken = reader()
    taken.read(sheet(tmp_path, ("DANH SÁCH",), HEADER, ("1.000011", "Chặt cây", "Bộ", "Ủy ban nhân dân cấp xã\nSở Xây dựng", "Đất đai")))
    row = taken.found.rows["1.000011"]
    assert (row.cap, row.co_quan) == ("tinh|xa", "Ủy ban nhân dân cấp xã; Sở Xây dựng")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"no table", "không đọc được bảng tính"), ("a.txt", b"", "không nhận ra loại tệp"), ("a.jsonl.gz", b"no gzip", "không đọc được tệp"),
        ("a.jsonl", b"\xff\xfe\x00", "không đọc được tệp"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_a_mend(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFailed, match=reason):
        reader().read(tmp_path / name)


@pytest.mark.parametrize(("lines", "reason"), [([("Mã",)], "hàng tiêu đề"), ([HEADER[:2]], "thiếu cột")])
def test_a_list_without_its_columns_is_refused(tmp_path: Path, lines: list[tuple[str, ...]], reason: str) -> None:
    with pytest.raises(ImportFailed, match=reason):
        reader().read(sheet(tmp_path, *lines))


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return knowledge(tmp_path / "k")


def test_new_changed_and_gone_rows_are_told_apart(tmp_path: Path, known: Knowledge) -> None:
    held = [
        Row(ma="1.000011", ten="Cấp giấy phép chặt hạ cây xanh", linh_vuc="dat-dai", cap="xa", phi_truc_tiep="Miễn phí"),
        Row(ma="1.000013", ten="Cũ", linh_vuc="dat-dai", cap="xa"),
    ]
    found = read(tmp_path, RECORD, RECORD | {"ma_thu_tuc": "1.000012"})
    report = importer.compare(found, held, known.procedures)
    assert [r.ma for r in report.new] == ["1.000012"]
    assert [r.ma for r in report.gone] == ["1.000013"]
    (before, after, columns), *_ = report.changed
    assert (before.phi_truc_tiep, after.phi_truc_tiep) == ("Miễn phí", "500.000 đồng")
    assert "phi_truc_tiep" in columns
    assert {r.ma for r in importer.after(report, held, known.procedures)} == {"1.000011", "1.000012", "1.000013"}


def test_an_entry_in_full_is_never_touched_but_the_difference_is_told(tmp_path: Path, known: Knowledge) -> None:
    found = read(tmp_path, RECORD | {"ma_thu_tuc": "1.000001"})
    report = importer.compare(found, [], known.procedures)
    assert (report.new, report.changed) == ((), ())
    assert report.written_up[0][2] == ("ten", "quyet_dinh")
    assert importer.after(report, [], known.procedures) == []


def test_a_list_fills_what_is_unknown_and_leaves_what_is_known(tmp_path: Path) -> None:
    held = Row(ma="1.000011", ten="Cấp giấy phép chặt hạ cây", linh_vuc="dat-dai", cap="xa", co_quan="Phường", phi_truc_tiep="Miễn phí")
    taken = reader()
    taken.read(sheet(tmp_path, HEADER, ("1.000011", "Cấp giấy phép chặt hạ cây xanh", "Bộ", "Sở Xây dựng", "Đất đai")))
    ((_, after, _),) = importer.compare(taken.found, [held], {}).changed
    assert (after.ten, after.cap, after.co_quan, after.phi_truc_tiep) == ("Cấp giấy phép chặt hạ cây xanh", "xa", "Phường", "Miễn phí")


def test_a_record_whose_name_is_another_procedures_gives_way_to_the_list(tmp_path: Path) -> None:
    held = Row(ma="1.000011", ten="Hỗ trợ phát triển sản xuất", linh_vuc="nong-nghiep", cap="xa", phi_truc_tiep="Miễn phí")
    taken = reader()
    taken.read(sheet(tmp_path, HEADER, ("1.000011", "Khóa căn cước điện tử", "Bộ", "Công an cấp xã", "Đất đai")))
    ((_, after, _),) = importer.compare(taken.found, [held], {}).changed
    assert (after.ten, after.phi_truc_tiep) == ("Khóa căn cước điện tử", "")


def test_a_new_code_of_a_list_without_a_level_is_reported(tmp_path: Path) -> None:
    taken = reader()
    taken.read(sheet(tmp_path, HEADER, ("1.000011", "Chặt cây", "Bộ", "", "Đất đai")))
    report = importer.compare(taken.found, [], {})
    assert report.new == ()
    assert "cấp thực hiện" in report.found.unreadable[0].reason


def test_the_report_counts_everything_and_shows_the_first(tmp_path: Path, known: Knowledge) -> None:
    found = read(tmp_path, *[RECORD | {"ma_thu_tuc": f"1.00002{n}"} for n in range(5)])
    lines = list(importer.lines_of(importer.compare(found, [], known.procedures), most=2))
    assert "Mới: 5" in lines
    assert sum(line.startswith("  1.00002") for line in lines) == 2
    assert any("và 3 nữa" in line for line in lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(list(RECORD)),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=5), c, max_size=3),
        ),
    )
)
def test_no_record_however_broken_stops_an_import(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = read(tmp_path, RECORD | changes)
    assert len(found.rows) + len(found.unreadable) + found.out_of_scope == 1


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sheet(tmp_path_factory.mktemp("t"), HEADER, ("1.000011", "Chặt cây", "Bộ", "Sở Xây dựng", "Đất đai")).read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20))
def test_no_table_however_mangled_stops_an_import_otherwise_than_by_saying_so(
    tmp_path: Path, table: bytes, changes: list[tuple[float, int]]
) -> None:
    content = bytearray(table)
    for at, byte in changes:
        content[int(at * len(content))] = byte
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    try:
        reader().read(path)
    except ImportFailed as refused:
        assert "list.xlsx" in str(refused)
