"""The catalogue: every procedure that has no file of its own, one row of facts each (`knowledge/catalogue.csv`).

Staff open it in a spreadsheet, so it is UTF-8 with a byte-order mark and its columns have Vietnamese names. A cell left empty is a
fact that is unknown. Times read "5 ngày làm việc", fees "Miễn phí" or "500.000 đồng"; any other words stand as they are.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar, get_args

from bot.knowledge.model import (
    Duration,
    Fee,
    Filing,
    Level,
    Named,
    Online,
    OnlineKind,
    Procedure,
    Publication,
    Source,
    TimeUnit,
)  # fmt: skip
from bot.knowledge.problems import KnowledgeError, Problem
from bot.text import compose, slug

T = TypeVar("T")
FILE = "catalogue.csv"
SEPARATOR = "|"  # between the values of one cell
FILINGS: tuple[Filing, ...] = get_args(Filing)
UNITS: dict[str, TimeUnit] = {"ngày làm việc": "ngay_lam_viec", "ngày": "ngay", "giờ": "gio", "tháng": "thang"}
FREE = "Miễn phí"
_TIME = re.compile(r"(\d+(?:,\d+)?) (ngày làm việc|ngày|giờ|tháng)")
_AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})*|\d+) đồng")
_CODE = re.compile(r"\d\.\d{6}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it stands in the file: text cells, empty when unknown. The names of the fields are the columns."""

    ma: str
    ten: str
    linh_vuc: str  # a key of fields.yml
    cap: str  # levels, with | between
    co_quan: str = ""  # who resolves it, with | between
    cach_thuc: str = ""  # filing methods, with | between
    thoi_han_truc_tiep: str = ""
    thoi_han_truc_tuyen: str = ""
    thoi_han_buu_chinh: str = ""
    phi_truc_tiep: str = ""
    phi_truc_tuyen: str = ""
    phi_buu_chinh: str = ""
    loai_truc_tuyen: str = ""  # toan_trinh, mot_phan, thong_tin
    quyet_dinh: str = ""
    duong_dan: str = ""
    kiem_tra_ngay: str = ""
    cua_tinh: str = ""  # another province, when the source's record is that province's


COLUMNS = tuple(f.name for f in fields(Row))


def read(path: Path) -> list[tuple[int, Row]]:
    """Return the rows of the catalogue at `path` with their line numbers; none when there is no such file.

    Raises KnowledgeError with every fault: not UTF-8, unknown or missing columns, a row without code or name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        mend = "trong Excel chọn «CSV UTF-8» khi lưu"
        raise KnowledgeError([Problem(path.name, 1, "", "tệp không phải UTF-8", mend)]) from error
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","  # Excel in Vietnamese saves with ;
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = tuple(reader.fieldnames or ())
    wrong = [c for c in header if c not in COLUMNS] + [c for c in ("ma", "ten", "linh_vuc", "cap") if c not in header]
    if wrong:
        message = f"hàng tiêu đề sai ở cột {', '.join(f'«{c}»' for c in wrong)}"
        raise KnowledgeError([Problem(path.name, 1, "", message, f"các cột là: {', '.join(COLUMNS)}")])
    rows, problems = [], []
    try:
        for cells in reader:
            if None in cells:
                mend = "đặt ô có dấu phẩy trong ngoặc kép"
                problems.append(Problem(path.name, reader.line_num, "", "hàng có nhiều ô hơn hàng tiêu đề", mend))
            elif any(cells.values()):
                rows.append((reader.line_num, Row(**{c: compose(cells.get(c) or "") for c in COLUMNS})))
    except csv.Error as error:
        raise KnowledgeError([Problem(path.name, reader.line_num, "", "không đọc được hàng này", "xem lại dấu ngoặc kép")]) from error
    if problems:
        raise KnowledgeError(problems)
    return rows


def write(rows: Iterable[Row], path: Path) -> None:
    """Write `rows` to `path`, by code, in one rename: a reader sees the old catalogue or the new one."""
    scratch = path.with_name(f".{path.name}.new")
    with scratch.open("w", encoding="utf-8-sig", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(COLUMNS)
        for row in sorted(rows, key=lambda r: r.ma):
            out.writerow([getattr(row, column) for column in COLUMNS])
    os.replace(scratch, path)


def procedure(row: Row, line: int, known_fields: dict[str, Named]) -> tuple[Procedure, list[Named]]:
    """Return the procedure of `row` and the agencies it names.

    Raises KnowledgeError with every fault of the row; `line` is where it stands.
    """
    problems: list[Problem] = []

    def problem(column: str, message: str, mend: str) -> None:
        problems.append(Problem(FILE, line, column, message, mend))

    def chosen(column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        values = _cells(getattr(row, column))
        for value in values:
            if value not in allowed:
                problem(column, f"giá trị «{value}» không có trong danh mục", f"dùng: {', '.join(allowed)}, cách nhau bằng {SEPARATOR}")
        return values

    if not _CODE.fullmatch(row.ma):
        problem("ma", f"«{row.ma}» không phải mã thủ tục", "dạng đúng: 1.001193 (định dạng cột là Văn bản để Excel không đổi)")
    if not row.ten:
        problem("ten", "để trống", "ghi tên thủ tục")
    if row.linh_vuc not in known_fields:
        problem("linh_vuc", f"lĩnh vực «{row.linh_vuc}» chưa có", "dùng khóa trong fields.yml, hoặc thêm vào đó")
    levels = chosen("cap", get_args(Level))
    if not levels:
        problem("cap", "để trống", f"ghi một trong: {', '.join(get_args(Level))}")
    filing = chosen("cach_thuc", FILINGS)
    online = chosen("loai_truc_tuyen", get_args(OnlineKind))
    if row.duong_dan and not row.duong_dan.startswith(("https://", "http://")):
        problem("duong_dan", f"«{row.duong_dan}» không phải địa chỉ trang", "bắt đầu bằng https://")
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row.kiem_tra_ngay):
        problem("kiem_tra_ngay", f"«{row.kiem_tra_ngay}» sai dạng", "ghi 2026, 2026-07 hoặc 2026-07-20")
    if problems:
        raise KnowledgeError(problems)
    agencies = [Named(key=slug(name), name=name) for name in _cells(row.co_quan)]
    name = plain_name(row.ten)
    made = Procedure(
        code=row.ma, name=name, official_name=row.ten, field=row.linh_vuc, levels=levels,  # type: ignore[arg-type]
        agencies=tuple(a.key for a in agencies), filing=filing,  # type: ignore[arg-type]
        durations=_by_filing(row, "thoi_han", filing, _duration), fees=_by_filing(row, "phi", filing, _fee),
        online=Online(kind=online[0] if online else None, url=row.duong_dan or None) if "truc_tuyen" in filing else None,  # type: ignore[arg-type]
        publication=Publication(decision=row.quyet_dinh or None),
        source=Source(checked=row.kiem_tra_ngay, url=row.duong_dan or None, province=row.cua_tinh or None),
    )  # fmt: skip
    return made, agencies


def plain_name(official: str) -> str:
    """Return an official name as people read it: without «Thủ tục» in front, with a capital."""
    name = re.sub(r"^thủ tục\s+", "", official, flags=re.IGNORECASE)
    return name[:1].upper() + name[1:]


def _cells(cell: str) -> tuple[str, ...]:
    return tuple(v.strip() for v in cell.split(SEPARATOR) if v.strip())


def _by_filing(row: Row, fact: str, filing: tuple[str, ...], made: Callable[[tuple[Filing, ...], str], T]) -> tuple[T, ...]:
    """Return the facts of the columns `fact`_*: one for all filing methods when they agree, else one each."""
    found = {f: getattr(row, f"{fact}_{f}") for f in FILINGS if getattr(row, f"{fact}_{f}")}
    if not found:
        return ()
    if len(set(found.values())) == 1 and set(found) >= set(filing):
        return (made((), next(iter(found.values()))),)
    return tuple(made((f,), said) for f, said in found.items())


def _duration(filing: tuple[Filing, ...], said: str) -> Duration:
    number = _TIME.fullmatch(said)
    if number is None:
        return Duration(filing=filing, text=said)
    return Duration(filing=filing, number=float(number[1].replace(",", ".")), unit=UNITS[number[2]])


def _fee(filing: tuple[Filing, ...], said: str) -> Fee:
    if said == FREE:
        return Fee(filing=filing, amount=0)
    amount = _AMOUNT.fullmatch(said)
    return Fee(filing=filing, amount=int(amount[1].replace(".", ""))) if amount else Fee(filing=filing, text=said)
