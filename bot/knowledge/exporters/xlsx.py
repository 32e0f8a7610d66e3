"""A sheet for staff: the columns of the national database's list first, so that `tthc import` reads it again, then the facts in words.

Every cell is text: a code stays a code and a name that begins with "=" no formula. A cell left empty is a fact that is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.knowledge.exporters import words
from bot.knowledge.model import Knowledge, Procedure

COLUMNS = {  # heading: width in characters
    "Mã số": 12, "Tên": 60, "Cơ quan thực hiện": 36, "Lĩnh vực": 24, "Cấp thực hiện": 14, "Cách thức nộp": 18, "Thời hạn giải quyết": 30,
    "Phí, lệ phí": 36, "Mức độ trực tuyến": 24, "Quyết định công bố": 18, "Đường dẫn": 40, "Ngày kiểm tra": 13, "Bản ghi của tỉnh khác": 16,
}  # fmt: skip
TITLE = "THỦ TỤC HÀNH CHÍNH CỦA HÀ NỘI, bản dữ liệu {version}, {count} thủ tục"
SHEET = "Thủ tục hành chính"
HEADER_ROW = 2
TEXT_FORMAT = "@"
LONGEST_CELL = 32_767  # characters; Excel refuses a file with a longer cell


def write(knowledge: Knowledge, version: str, path: Path) -> None:
    """Write the sheet of `knowledge`, published as `version`, to `path`; raises OSError when it cannot be written."""
    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET)
    for number, width in enumerate(COLUMNS.values(), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = f"C{HEADER_ROW + 1}"
    page.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(COLUMNS))}{HEADER_ROW + len(knowledge.procedures)}"
    page.append([_cell(page, TITLE.format(version=version, count=len(knowledge.procedures)), font=Font(bold=True, size=14))])
    fill = PatternFill("solid", fgColor="DDEBF7")
    page.append([_cell(page, heading, font=Font(bold=True), fill=fill) for heading in COLUMNS])
    wrapped = Alignment(vertical="top", wrap_text=True)
    for _, procedure in sorted(knowledge.procedures.items()):
        page.append([_cell(page, value, alignment=wrapped) for value in _values(procedure, knowledge)])
    book.save(path)


def _cell(page: Any, value: str, **style: Any) -> Any:
    cell = WriteOnlyCell(page, value=None)
    if value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
        cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    for name, what in style.items():
        setattr(cell, name, what)
    return cell


def _values(procedure: Procedure, knowledge: Knowledge) -> Iterator[str]:
    """Yield the cells of `procedure` in the order of COLUMNS."""
    yield procedure.code
    yield procedure.official_name
    yield "\n".join(knowledge.agencies[a].name for a in procedure.agencies)
    yield knowledge.fields[procedure.field].name
    yield "\n".join(words.LEVEL[level] for level in procedure.levels)
    yield "\n".join(words.FILING[filing] for filing in procedure.filing)
    yield "\n".join(map(words.duration, procedure.durations))
    yield "\n".join(map(words.fee, procedure.fees))
    yield words.online(procedure.online) if procedure.online else ""
    yield procedure.publication.decision or ""
    yield procedure.source.url or ""
    yield procedure.source.checked
    yield procedure.source.province or ""
