"""A file of dossiers comes in row by row: bad rows are told without what they hold, an import cut short is gone on with, none is written twice."""

import csv
import datetime as dt
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dossiers import intake
from bot.dossiers.intake import BadRow, Report, take_in
from bot.dossiers.model import Apology, Dossier, Step, Supplement
from bot.dossiers.record import to_row
from bot.dossiers.sheet import Fault, Sheet, SheetError
from bot.dossiers.sql import SqlGateway
from bot.dossiers.store import Store, Written
from bot.dossiers.tables import dossiers
from tests.dossiers.making import CODE, KEY, at

ROW = {
    "ma_ho_so": CODE, "ten_thu_tuc": "Đăng ký khai sinh", "don_vi": "Phường Trắng", "linh_vuc": "Hộ tịch", "ngay_tiep_nhan": "2025-07-01 09:00",
    "ngay_hen_tra": "03/07/2025", "trang_thai": "Yêu cầu bổ sung giấy tờ", "buoc": "Thẩm định", "don_vi_buoc": "Tư pháp", "so_ngay_buoc": "0,5",
    "bo_sung": "Giấy chứng sinh", "bo_sung_truoc": "05/07/2025", "bo_sung_tai": "Bộ phận một cửa", "phi_con_thieu": "8.000",
    "ly_do_xin_loi": "Chờ xác minh", "hen_lai": "09/07/2025", "nguoi_nop": "Nguyễn Văn A", "dien_thoai": "0000 004 821", "so_dinh_danh": "000000007777",
    "cap_nhat": "02/07/2025 09:00:00",
}  # fmt: skip


def evening(day: str) -> dt.datetime:
    return at(day).replace(hour=23, minute=59, second=59)


EXPECTED = Dossier(
    code=CODE, procedure_name="Đăng ký khai sinh", unit="Phường Trắng", received=at("2025-07-01"), due=evening("2025-07-03"), status=5, as_of=at("2025-07-02"),
    step=Step("Thẩm định", "Tư pháp", 0.5), supplements=(Supplement("Giấy chứng sinh", evening("2025-07-05"), "Bộ phận một cửa"),), fee_due=8000,
    apology=Apology("Chờ xác minh", evening("2025-07-09")), applicant_masked="Nguyễn V** A",
)  # fmt: skip


def written(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # as Excel saves it
        lines = csv.DictWriter(file, list(ROW))
        lines.writeheader()
        lines.writerows(rows)
    return path


def numbered(count: int) -> list[dict[str, str]]:
    return [{**ROW, "ma_ho_so": f"H26.1-250701-{n:04}"} for n in range(count)]


def taken(path: Path, url: str, **how: Any) -> tuple[Report, list[BadRow]]:
    store, bad = Store(url), []
    try:
        return take_in(path, store, KEY, on_bad=bad.append, **how), bad
    finally:
        store.close()


async def test_every_column_is_read(url: str, tmp_path: Path) -> None:
    report, bad = taken(written(tmp_path / "a.csv", ROW), url)
    assert (report, bad) == (Report(read=1, written=1), [])
    gateway = SqlGateway(url, KEY)
    assert await gateway.look_up(CODE, "4821") == await gateway.look_up(CODE, "7777") == EXPECTED
    await gateway.close()


async def test_a_workbook_is_read_as_a_csv_is(url: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(ROW))
    book.active.append([dt.datetime(2025, 7, 1, 9) if name == "ngay_tiep_nhan" else value for name, value in ROW.items()])
    book.save(tmp_path / "a.xlsx")
    taken(tmp_path / "a.xlsx", url)
    gateway = SqlGateway(url, KEY)
    assert await gateway.fetch(CODE) == EXPECTED
    await gateway.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ma_ho_so", "H26.1-250231-0001"), ("ma_ho_so", "x"), ("don_vi", ""), ("trang_thai", "11"), ("ngay_tiep_nhan", "31/02/2025"), ("ngay_hen_tra", "mai"),
        ("dien_thoai", "123"), ("phi_con_thieu", "nhiều"), ("so_ngay_buoc", "lâu"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_by_line_and_column_and_the_others_go_on(tmp_path: Path, column: str, value: str, url: str) -> None:
    report, bad = taken(written(tmp_path / "a.csv", {**ROW, column: value}, {**ROW, "ma_ho_so": "H26.1-250701-0002"}), url)
    assert (report.written, report.bad, bad[0].line, bad[0].fault.column) == (1, 1, 2, column)
    assert not value or f"«{value}»" not in str(bad[0].fault)


def test_a_file_of_bad_rows_only_is_no_failure(tmp_path: Path, url: str) -> None:
    assert taken(written(tmp_path / "a.csv", {**ROW, "ma_ho_so": "x"}), url)[0] == Report(read=1, bad=1)


def test_a_status_that_is_not_known_is_kept_as_it_came(tmp_path: Path, url: str) -> None:
    taken(written(tmp_path / "a.csv", {**ROW, "trang_thai": "Chờ cấp mã định danh"}), url)
    store = Store(url)
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(dossiers.c.status, dossiers.c.status_text)).one() == (None, "Chờ cấp mã định danh")
    store.close()


def test_the_same_file_is_not_read_twice(tmp_path: Path, url: str) -> None:
    path = written(tmp_path / "a.csv", *numbered(3))
    assert taken(path, url)[0] == Report(read=3, written=3)
    assert taken(path, url)[0] == Report(before=3)


def test_the_same_rows_in_another_file_change_nothing(tmp_path: Path, url: str) -> None:
    taken(written(tmp_path / "a.csv", *numbered(3)), url)
    assert taken(written(tmp_path / "b.csv", *reversed(numbered(3))), url)[0] == Report(read=3, passed_over=3)


def test_an_import_cut_short_is_gone_on_with(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH", 2)
    monkeypatch.setattr(intake, "READ_APART", 0)
    path = written(tmp_path / "a.csv", *numbered(5))
    write_rows, calls = Store.write_rows, []

    def failing(self: Store, connection: sa.engine.Connection, rows: list[Any]) -> Written:
        calls.append(rows)
        done = write_rows(self, connection, rows)
        if len(calls) == 2:
            raise KeyboardInterrupt  # in the middle of a transaction
        return done

    monkeypatch.setattr(Store, "write_rows", failing)
    with pytest.raises(KeyboardInterrupt):
        taken(path, url)
    assert taken(path, url)[0] == Report(before=2, read=3, written=3)


def test_a_file_of_many_batches_is_taken_in_whole_with_its_bad_rows(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH", 3)
    monkeypatch.setattr(intake, "READ_APART", 0)
    rows = numbered(10)
    rows[1]["trang_thai"] = rows[8]["trang_thai"] = "11"
    report, bad = taken(written(tmp_path / "a.csv", *rows), url)
    assert (report, [row.line for row in bad]) == (Report(read=10, written=8, bad=2), [3, 10])
    assert "số trạng thái không có" in str(bad[1].fault)


def test_a_file_that_breaks_off_is_told_of_and_what_stood_before_is_kept(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH", 2)
    monkeypatch.setattr(intake, "READ_APART", 0)
    rows = numbered(5)
    rows[4]["nguoi_nop"] = "x" * (csv.field_size_limit() + 1)
    path = written(tmp_path / "a.csv", *rows)
    with pytest.raises(SheetError, match="không đọc được tệp"):
        taken(path, url)
    with pytest.raises(SheetError, match="không đọc được tệp"):
        taken(path, url)  # again, from where it stopped
    store = Store(url)
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(dossiers)).scalar_one() == 4
    store.close()


def test_when_the_reading_process_ends_the_import_says_so(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "READ_APART", 0)
    monkeypatch.setattr(intake, "_read_apart", os._exit)  # with too many arguments: it breaks at once
    with pytest.raises(SheetError, match="nhập tiếp từ chỗ đã xong"):
        taken(written(tmp_path / "a.csv", *numbered(5)), url)


@pytest.mark.parametrize(("name", "text"), [("a.csv", "ma_ho_so,don_vi\nx,y\n"), ("a.csv", ""), ("a.ods", "x"), ("a.xlsx", "no book")])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, text: str, url: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SheetError, match=name):
        taken(tmp_path / name, url)


cells = (
    st.text(max_size=12)
    | st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.sampled_from(["²", "1:2:3:4", "  ", "0,5", "nan"])
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(ROW)), cells))
def test_whatever_stands_in_a_row_it_is_read_or_told_to_be_bad(tmp_path: Path, strange: dict[str, Any]) -> None:
    sheet = Sheet(written(tmp_path / "a.csv"), KEY, at("2025-07-02"))
    try:
        to_row(sheet.record(list({**ROW, **strange}.values())))
    except Fault as fault:
        assert fault.column in ROW
