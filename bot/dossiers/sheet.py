"""A file of dossiers as a one-stop system writes it out, .csv or .xlsx: its rows, and each row as a record or as what is wrong with it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl

from bot.dossiers.model import HANOI, Apology, Dossier, Step, Supplement, masked
from bot.dossiers.proofs import last_digits, proof
from bot.dossiers.record import Record
from bot.text import fold
from bot.understanding.codes import is_dossier_code

HEADER = (
    "ma_ho_so", "ma_thu_tuc", "ten_thu_tuc", "don_vi", "linh_vuc", "ngay_tiep_nhan", "ngay_hen_tra", "ngay_xong", "trang_thai", "buoc", "don_vi_buoc",
    "so_ngay_buoc", "han_buoc", "bo_sung", "bo_sung_truoc", "bo_sung_tai", "phi_con_thieu", "ly_do_xin_loi", "hen_lai", "nguoi_nop", "dien_thoai",
    "so_dinh_danh", "cap_nhat", "mau",
)  # fmt: skip
NEEDED = ("ma_ho_so", "ten_thu_tuc", "don_vi", "ngay_tiep_nhan", "trang_thai")
# The ten statuses as the national system writes them; in a file they may stand as numbers too.
_STATUSES = {
    fold(name): number
    for number, name in enumerate(
        (
            "mới đăng ký", "được tiếp nhận", "không được tiếp nhận", "đang xử lý", "yêu cầu bổ sung giấy tờ", "yêu cầu thực hiện nghĩa vụ tài chính",
            "công dân yêu cầu rút hồ sơ", "dừng xử lý", "đã xử lý xong", "đã trả kết quả",
        ),
        1,
    )
}  # fmt: skip
_YES = ("co", "x", "1", "true")  # what a sheet says for "yes, this is made up"
_DAY_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_DATE_LENGTH = len("2025-07-01")
_END_OF_DAY = dt.time(23, 59, 59)
_MOMENTS_KEPT, _STATUSES_KEPT = 65_536, 1024  # readings remembered: a file says the same over and over


class SheetError(Exception):
    """The file cannot be read at all; the message says why and what to do."""


class Fault(Exception):
    """A row cannot be read: the column, what is wrong, how to mend it. Holds nothing of what stands in the row."""

    def __init__(self, column: str, wrong: str, mend: str) -> None:
        super().__init__(column, wrong, mend)
        self.column, self._wrong, self._mend = column, wrong, mend

    def __str__(self) -> str:
        return f"{self.column}: {self._wrong}; {self._mend}"


class Sheet:
    """The rows of the file at `path`, and how each is read; the hashes of the owners' digits are made with `key`.

    `as_of`: when the file was true, for rows that do not say. Raises SheetError when the file is of no known kind or lacks a needed column.
    """

    def __init__(self, path: Path, key: bytes, as_of: dt.datetime) -> None:
        self.path, self._key, self._as_of = path, key, as_of
        if path.suffix.lower() not in (".csv", ".xlsx"):
            raise SheetError(f"{path.name}: không nhận ra loại tệp. Dùng .csv (UTF-8) hoặc .xlsx.")
        header = [str(name or "").strip().lower() for name in next(self._lines(), ())]
        lacking = [name for name in NEEDED if name not in header]
        if lacking:
            raise SheetError(f"{path.name}: dòng đầu thiếu cột {', '.join(lacking)}. Các cột: {', '.join(HEADER)}.")
        self._names = [name for name in HEADER if name in header]
        places = [header.index(name) for name in self._names]
        self._of, self._last = itemgetter(*places), max(places)

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield each row below the header with its line in the file, empty ones left out."""
        lines = self._lines()
        next(lines)
        for number, line in enumerate(lines, 2):
            if any(cell not in (None, "") for cell in line):
                yield number, line

    def _lines(self) -> Iterator[Sequence[Any]]:
        try:
            if self.path.suffix.lower() == ".csv":
                with self.path.open(encoding="utf-8-sig", newline="") as file:
                    yield from csv.reader(file)
                return
            with closing(openpyxl.load_workbook(self.path, read_only=True, data_only=True)) as book:
                yield from book.worksheets[0].iter_rows(values_only=True)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SheetError(f"{self.path.name}: không đọc được tệp. Lưu lại dưới dạng CSV UTF-8 hoặc .xlsx rồi thử lại.") from error
        except (BadZipFile, KeyError, ValueError) as error:  # what openpyxl says of a book that is none
            raise SheetError(f"{self.path.name}: tệp .xlsx hỏng. Mở và lưu lại rồi thử lại.") from error

    def record(self, line: Sequence[Any]) -> Record:
        """Return the record of `line`; raises Fault."""
        cells = dict(zip(self._names, self._of(line if len(line) > self._last else [*line, *[None] * (self._last + 1 - len(line))])))
        text = _texts(cells)
        for name in NEEDED:
            if not text[name]:
                raise Fault(name, "để trống", "ghi giá trị")
        code = text["ma_ho_so"]
        if not is_dossier_code(code):
            raise Fault("ma_ho_so", "không đúng dạng mã hồ sơ", "ghi như H26.19.1-250701-0042")
        status = _status(text["trang_thai"])
        step = text.get("buoc")
        wanted = text.get("bo_sung")
        reason = text.get("ly_do_xin_loi")
        return Record(
            Dossier(
                code=code,
                procedure_code=text.get("ma_thu_tuc") or None,
                procedure_name=text["ten_thu_tuc"],
                unit=text["don_vi"],
                received=self._needed(cells, "ngay_tiep_nhan"),
                due=_moment(cells, "ngay_hen_tra", ends=True),
                finished=_moment(cells, "ngay_xong"),
                status=status,
                status_text="" if status else text["trang_thai"],
                step=Step(step, text.get("don_vi_buoc", ""), _number(text, "so_ngay_buoc"), _moment(cells, "han_buoc", ends=True))
                if step
                else None,
                supplements=(Supplement(wanted, _moment(cells, "bo_sung_truoc", ends=True), text.get("bo_sung_tai", "")),)
                if wanted
                else (),
                fee_due=_dong(text, "phi_con_thieu"),
                apology=Apology(reason, _moment(cells, "hen_lai", ends=True)) if reason else None,
                applicant_masked=masked(text.get("nguoi_nop", "")),
                sample=_is_yes(text.get("mau", "")),
                as_of=_moment(cells, "cap_nhat") or self._as_of,
            ),
            text.get("linh_vuc", ""),
            self._proof(code, text, "dien_thoai"),
            self._proof(code, text, "so_dinh_danh"),
        )

    def _needed(self, cells: dict[str, Any], name: str) -> dt.datetime:
        moment = _moment(cells, name)
        assert moment is not None  # NEEDED was looked at
        return moment

    def _proof(self, code: str, text: dict[str, str], name: str) -> bytes | None:
        number = text.get(name)
        if not number:
            return None
        digits = last_digits(number)
        if digits is None:
            raise Fault(name, "ít hơn 4 chữ số", "ghi đủ số, hoặc để trống")
        return proof(self._key, code, digits)


def _texts(cells: dict[str, Any]) -> dict[str, str]:
    """Return `cells` as text; those of a .csv are text already, and millions of them are quicker read without asking each what it is."""
    try:
        return dict(zip(cells, map(str.strip, cells.values())))
    except TypeError:
        return {name: cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell) for name, cell in cells.items()}


@lru_cache(_STATUSES_KEPT)
def _is_yes(text: str) -> bool:
    return fold(text) in _YES


@lru_cache(_STATUSES_KEPT)
def _status(text: str) -> int | None:
    """Return the national number of a status given as number or name, None for a name that is not known."""
    if text.isdecimal():
        if not 1 <= int(text) <= len(_STATUSES):
            raise Fault("trang_thai", "số trạng thái không có", "dùng số từ 1 đến 10, hoặc ghi tên trạng thái")
        return int(text)
    return _STATUSES.get(fold(text))


def _moment(cells: dict[str, Any], name: str, *, ends: bool = False) -> dt.datetime | None:
    """Return the moment in a column, in Hà Nội's time where no other is told; `ends`: a day alone means until its end. Raises Fault."""
    cell = cells.get(name)
    if cell is None or cell == "":
        return None
    if isinstance(cell, dt.datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=HANOI)
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, _END_OF_DAY if ends else dt.time(), HANOI)
    try:
        return _moment_of(str(cell), ends)
    except ValueError:
        raise Fault(name, "không phải ngày giờ", "ghi như 2025-07-01 08:30 hoặc 01/07/2025") from None


@lru_cache(_MOMENTS_KEPT)
def _moment_of(cell: str, ends: bool) -> dt.datetime | None:
    text = cell.strip()
    if not text:
        return None
    day_alone = len(text) == _DATE_LENGTH
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        form = next((form for form in _DAY_FORMS if form.count(":") == text.count(":")), _DAY_FORMS[-1])
        moment = dt.datetime.strptime(text, form)
    if day_alone and ends:
        moment = dt.datetime.combine(moment, _END_OF_DAY)
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


def _number(text: dict[str, str], name: str) -> float | None:
    written = text.get(name)
    if not written:
        return None
    if not _NUMBER.fullmatch(written):
        raise Fault(name, "không phải số", "ghi như 0,5 hoặc 3")
    return float(written.replace(",", "."))


def _dong(text: dict[str, str], name: str) -> int | None:
    written = text.get(name, "").replace(".", "").replace(",", "")
    if not written:
        return None
    if not written.isdecimal():
        raise Fault(name, "không phải số tiền", "ghi số đồng như 150000")
    return int(written)
