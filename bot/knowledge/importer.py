"""Official records turned into rows of the catalogue: what `tthc import` reads, compares and writes.

Three shapes are taken: the national portal's procedures and the supplement (JSON Lines, plain or gzipped), and the list exports of the national
database (xlsx). The records are dirty: what cannot be trusted (a time without a unit, a fee of a few đồng, another province's desks) is left
unknown and counted, never guessed. Nothing is written before the report was seen, and entries written up in full are never touched.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import openpyxl
from rapidfuzz import fuzz

from bot.knowledge.catalogue import COLUMNS, FREE, SEPARATOR, Row, plain_name
from bot.knowledge.model import Filing, Level, Named, Procedure
from bot.knowledge.places import named_in
from bot.text import compose, fold, slug

T = TypeVar("T")
LEVELS = {"cap bo": "trung_uong", "cap tinh": "tinh", "cap huyen": "huyen", "cap xa": "xa"}
IN_THE_CITY = {"tinh", "huyen", "xa"}  # levels at which the city carries a procedure out
FILINGS = {"truc tiep": "truc_tiep", "truc tuyen": "truc_tuyen", "buu chinh": "buu_chinh", "dich vu buu chinh": "buu_chinh"}
LEAST_FEE = 1000  # đồng; a smaller amount is one whose thousands the portal's tables lost
SAME_NAME = 60.0  # token-set ratio of two names from which they are taken for one procedure's
LONGEST_WORDS = 200  # characters of a fee or time told in words; longer ones are prose that a row has no room for

_CODE = re.compile(r"\d\.\d{6}")
_CODE_AT_THE_END = re.compile(r"\s*\(\s*\d\.\d{6}\s*\)\s*$")
_DECISION_NOT_NAME = re.compile(r"^công bố danh mục và quy trình nội bộ", re.IGNORECASE)
_TIME = re.compile(r"0*(\d+(?:[.,]\d+)?) ?(ngày làm việc|ngày|giờ|tháng)", re.IGNORECASE)
_AMOUNT = re.compile(r"(?:(?:lệ )?phí ?: ?)?([\d.,]+) ?(?:đồng|vnđ|việt nam đồng)", re.IGNORECASE)
_NO_FEE = re.compile(r"miễn phí|không(?: có)?(?: thu)?(?: phí)?", re.IGNORECASE)
_LIST_COLUMNS = {"ma so": "ma", "ten": "ten", "co quan thuc hien": "co_quan", "linh vuc": "linh_vuc", "cap thuc hien": "cap"}


class ImportFailed(Exception):
    """A file of records cannot be read at all; the message says why and how to mend it."""


@dataclass(frozen=True)
class Unreadable:
    """A record that was left out: where it stands and why."""

    where: str
    reason: str


@dataclass
class Found:
    """What the files hold: rows by code, records left out, and how many facts were left unknown, by reason."""

    rows: dict[str, Row] = field(default_factory=dict)
    fields: dict[str, Named] = field(default_factory=dict)  # fields that fields.yml lacks
    unreadable: list[Unreadable] = field(default_factory=list)
    from_lists: set[str] = field(default_factory=set)  # codes whose level and agency are a list's words
    left_unknown: Counter[str] = field(default_factory=Counter)
    out_of_scope: int = 0


@dataclass(frozen=True)
class Report:
    """What an import would do to the catalogue."""

    new: tuple[Row, ...]
    changed: tuple[tuple[Row, Row, tuple[str, ...]], ...]  # before, after, the columns that differ
    gone: tuple[Row, ...]  # of the fields the files hold, in the catalogue but not in the files; they stay
    written_up: tuple[tuple[Procedure, Row, tuple[str, ...]], ...]  # entries in full that the files tell otherwise; never touched
    found: Found


class Reader:
    """Reads files of records into rows; a later file's facts win over an earlier one's, cell by cell."""

    def __init__(self, known_fields: Mapping[str, Named], elsewhere: Iterable[str], checked: str) -> None:
        """Take the fields of fields.yml, the names of other provinces, and when the records were fetched (2026-07)."""
        self.found = Found()
        self._checked = checked
        self._keys = {fold(n): key for key, named in known_fields.items() for n in (named.name, *named.source_names)}
        self._elsewhere = tuple(elsewhere)

    def read(self, path: Path) -> None:
        """Add the records of `path`; raises ImportFailed when it is no file of records."""
        if path.suffix == ".xlsx":
            rows = self._list(path)
        elif path.name.endswith((".jsonl", ".jsonl.gz")):
            rows = self._records(path)
        else:
            raise ImportFailed(f"{path.name}: không nhận ra loại tệp. Dùng .xlsx, .jsonl hoặc .jsonl.gz.")
        for row in rows:
            before = self.found.rows.get(row.ma)
            self.found.rows[row.ma] = merged(before, row) if before else row

    def _records(self, path: Path) -> Iterator[Row]:
        try:
            with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield from self._record(line, f"{path.name}:{number}")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise ImportFailed(f"{path.name}: không đọc được tệp. Tải lại tệp rồi thử lại.") from error

    def _record(self, line: str, where: str) -> Iterator[Row]:
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            self._leave_out(where, "không phải JSON")
            return
        try:
            row = self._row(record)
        except (TypeError, AttributeError):
            self._leave_out(where, "có mục sai kiểu")
            return
        if isinstance(row, str):
            self._leave_out(where, row)
        elif row is None:
            self.found.out_of_scope += 1
        else:
            yield row

    def _row(self, record: dict[str, Any]) -> Row | str | None:
        """Return the row of `record`, why it cannot be read, or None when the city does not carry it out."""
        code, official = compose(record.get("ma_thu_tuc") or ""), self._name(record.get("ten_thu_tuc") or "")
        levels = [LEVELS.get(fold(compose(c)), "khac") for c in record.get("cap_thuc_hien") or ()]
        if not _CODE.fullmatch(code):
            return f"mã «{code}» sai dạng"
        if levels and not IN_THE_CITY.intersection(levels):
            return None
        if not official:
            return "không có tên"
        if _DECISION_NOT_NAME.match(official):
            return f"tên của {code} là tên một quyết định, không phải tên thủ tục"
        if not levels:
            return f"{code} không ghi cấp thực hiện"
        province = compose(record.get("cua_tinh") or "") or named_in(official, self._elsewhere) or ""
        by_filing = self._by_filing(record.get("cach_thuc_thuc_hien") or record.get("cach_thuc") or (), bool(province))
        return Row(
            ma=code, ten=official, linh_vuc=self._field(compose(record.get("linh_vuc") or "Lĩnh vực khác")),
            cap=_in_order(levels, get_args(Level)), co_quan=self._agency(record.get("co_quan_thuc_hien") or (), province), **by_filing,
            loai_truc_tuyen="toan_trinh" if compose(record.get("muc_do_truc_tuyen") or "") == "toàn trình" else "",
            quyet_dinh="" if province else compose(record.get("so_quyet_dinh") or ""), duong_dan=compose(record.get("url") or ""),
            kiem_tra_ngay=self._checked, cua_tinh=province,
        )  # fmt: skip

    def _name(self, text: str) -> str:
        return _CODE_AT_THE_END.sub("", compose(text)).rstrip(" .")

    def _field(self, name: str) -> str:
        key = self._keys.get(fold(name))
        if key is None:
            key = slug(name)
            self.found.fields[key] = Named(key=key, name=name)
            self._keys[fold(name)] = key
        return key

    def _agency(self, parts: Iterable[str], province: str) -> str:
        """Return who resolves it. The portal split the sentence at its commas; another province's desk is left out."""
        said = compose(", ".join(p.strip(" .\xa0") for p in parts if p.strip(" .\xa0"))).replace(SEPARATOR, "/")
        if not said or province or named_in(said, self._elsewhere):
            self._unknown("cơ quan không ghi, hoặc là của tỉnh khác")
            return ""
        return said

    def _by_filing(self, entries: Iterable[Mapping[str, Any]], elsewhere: bool) -> dict[str, str]:
        times: dict[str, list[str]] = {}
        fees: dict[str, list[str]] = {}
        methods = []
        for entry in entries:
            filing = FILINGS.get(fold(compose(entry.get("hinh_thuc") or "")))
            if filing is None:
                self._unknown("cách nộp lạ")
                continue
            methods.append(filing)
            if not elsewhere:
                times.setdefault(filing, []).append(self._time(compose(entry.get("thoi_han") or "")))
                fees.setdefault(filing, []).append(self._fee(compose(entry.get("phi_le_phi") or "")))
        cells = {"cach_thuc": _in_order(methods, get_args(Filing))}
        for column, found in (("thoi_han", times), ("phi", fees)):
            for filing, said in found.items():
                cells[f"{column}_{filing}"] = self._one_of(said)
        return cells

    def _one_of(self, said: list[str]) -> str:
        """Return the one fact all rows of the portal's table agree on, or how they differ; which case is whose the table lost."""
        told = list(dict.fromkeys(s for s in said if s))
        if len(told) > 1 and "" not in said:
            return "Tùy trường hợp: " + "; ".join(told)
        return told[0] if len(told) == 1 else ""

    def _time(self, said: str) -> str:
        number = _TIME.fullmatch(said)
        if number:
            return f"{number[1].replace('.', ',')} {number[2].lower()}"
        if not said or fold(said) == "khong quy dinh":
            return ""
        if not re.search(r"[^\W\d]{2}", said) or len(said) > LONGEST_WORDS:
            self._unknown("thời hạn không có đơn vị hoặc quá dài")
            return ""
        return said

    def _fee(self, said: str) -> str:
        amount = _AMOUNT.fullmatch(said)
        if amount:
            number = int(re.sub(r"[.,]", "", amount[1]) or 0)
            if 0 < number < LEAST_FEE:
                self._unknown(f"số tiền dưới {LEAST_FEE} đồng")
                return ""
            return f"{number:,} đồng".replace(",", ".") if number else FREE
        if _NO_FEE.fullmatch(said):
            return FREE
        if len(said) > LONGEST_WORDS:
            self._unknown("phí viết quá dài")
            return ""
        return said

    def _list(self, path: Path) -> Iterator[Row]:
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            lines = [tuple("" if c is None else str(c).strip() for c in line) for line in book.worksheets[0].iter_rows(values_only=True)]
        except Exception as error:  # a damaged table fails in as many ways as zip, zlib and XML know
            raise ImportFailed(f"{path.name}: không đọc được bảng tính. Mở bằng Excel, lưu lại dạng .xlsx rồi thử lại.") from error
        header = next((i for i, line in enumerate(lines) if "ma so" in map(fold, line)), None)
        if header is None:
            raise ImportFailed(f"{path.name}: không thấy hàng tiêu đề có cột «Mã số». Dùng tệp xuất từ cơ sở dữ liệu quốc gia.")
        at = {_LIST_COLUMNS[fold(name)]: i for i, name in enumerate(lines[header]) if fold(name) in _LIST_COLUMNS}
        missing = [c for c in ("ma", "ten", "co_quan", "linh_vuc") if c not in at]
        if missing:
            raise ImportFailed(
                f"{path.name}: thiếu cột {', '.join(missing)}. Các cột: Mã số, Tên, Cơ quan ban hành, Cơ quan thực hiện, Lĩnh vực."
            )
        for number, line in enumerate(lines[header + 1 :], header + 2):
            if any(line):
                cells = {c: line[i] if i < len(line) else "" for c, i in at.items()}
                yield from self._list_row(cells, f"{path.name}:{number}")

    def _list_row(self, cells: Mapping[str, str], where: str) -> Iterator[Row]:
        official = self._name(
            cells["ten"]
        )  # the official list tells no level: it is read from the agencies, and counts only for what is new
        told = [
            LEVELS.get(fold(compose(level)), "khac") for level in cells.get("cap", "").splitlines()
        ]  # as the sheet of `tthc export` does
        levels = told or levels_of(cells["co_quan"])
        if not _CODE.fullmatch(cells["ma"]):
            self._leave_out(where, f"mã «{cells['ma']}» sai dạng")
        elif not official or _DECISION_NOT_NAME.match(official):
            self._leave_out(where, "không có tên thủ tục")
        elif levels and not IN_THE_CITY.intersection(levels):
            self.found.out_of_scope += 1
        else:
            agency = self._agency(["; ".join(dict.fromkeys(compose(a) for a in cells["co_quan"].splitlines() if a.strip()))], "")
            field_key = self._field(compose(cells["linh_vuc"]) or "Lĩnh vực khác")
            self.found.from_lists.add(cells["ma"])
            yield Row(
                ma=cells["ma"], ten=official, linh_vuc=field_key, cap=_in_order(levels, get_args(Level)), co_quan=agency, kiem_tra_ngay=self._checked
            )  # fmt: skip

    def _leave_out(self, where: str, reason: str) -> None:
        self.found.unreadable.append(Unreadable(where, reason))

    def _unknown(self, reason: str) -> None:
        self.found.left_unknown[reason] += 1


def _in_order(values: Iterable[str], order: Sequence[str]) -> str:
    return SEPARATOR.join(sorted(set(values), key=order.index))


def levels_of(agencies: str) -> list[str]:
    """Return the levels that the words of the list's column «Cơ quan thực hiện» tell."""
    said = fold(agencies)
    told = {
        "trung_uong": r"(?<!\w)(?:bo (?!chi huy)|cuc |tong cuc|vu |thu tuong|ngan hang nha nuoc viet nam)",
        "tinh": r"cap tinh|(?<!\w)so |tinh(?!\w)|thanh pho|(?<!\w)chi cuc|van phong dang ky dat dai",
        "xa": r"cap xa|(?<!\w)xa(?!\w| hoi)|phuong(?!\w)",
    }
    return [level for level, words in told.items() if re.search(words, said)]


def merged(before: Row, after: Row) -> Row:
    """Return `after` with the cells it leaves empty taken from `before`; another province's facts never replace the country's."""
    if after.cua_tinh and not before.cua_tinh:
        return before
    return replace(before, **{c: getattr(after, c) for c in COLUMNS if getattr(after, c)})


def compare(found: Found, catalogue: Iterable[Row], written_up: Mapping[str, Procedure]) -> Report:
    """Return what importing `found` would change in `catalogue`, entries `written_up` in full left alone."""
    held = {row.ma: row for row in catalogue}
    new, changed, told_otherwise = [], [], []
    for code, row in sorted(found.rows.items()):
        if code in written_up:
            differs = _differences(written_up[code], row)
            if differs:
                told_otherwise.append((written_up[code], row, differs))
        elif code not in held and not row.cap:
            found.unreadable.append(Unreadable(code, "mới, và danh sách không cho biết cấp thực hiện"))
        elif code not in held:
            new.append(row)
        else:
            after = _listed(held[code], row) if code in found.from_lists else merged(held[code], row)
            columns = tuple(c for c in COLUMNS if getattr(after, c) != getattr(held[code], c) and c != "kiem_tra_ngay")
            if columns:
                changed.append((held[code], after, columns))
    touched = {row.linh_vuc for row in found.rows.values()}
    gone = [row for code, row in sorted(held.items()) if code not in found.rows and row.linh_vuc in touched]
    return Report(tuple(new), tuple(changed), tuple(gone), tuple(told_otherwise), found)


def _listed(held: Row, row: Row) -> Row:
    """Return `held` with what a list's `row` tells: not its level, nor its agency where one is known.

    When the list gives the code quite another name, the portal's record was another procedure's: nothing of it is kept.
    """
    if fuzz.token_set_ratio(fold(held.ten), fold(row.ten)) < SAME_NAME and row.cap:
        return row
    return merged(held, replace(row, cap="", co_quan="" if held.co_quan else row.co_quan))


def _differences(procedure: Procedure, row: Row) -> tuple[str, ...]:
    official = plain_name(compose(procedure.official_name).rstrip(" ."))
    pairs = (("ten", official, plain_name(row.ten)), ("quyet_dinh", procedure.publication.decision or "", row.quyet_dinh))
    return tuple(column for column, ours, theirs in pairs if theirs and fold(ours) != fold(theirs))


def after(report: Report, catalogue: Iterable[Row], written_up: Mapping[str, Procedure]) -> list[Row]:
    """Return the catalogue as it stands once `report` is carried out; rows that have been written up in full are dropped."""
    rows = {row.ma: row for row in catalogue} | {row.ma: row for row in report.new} | {row.ma: row for _, row, _ in report.changed}
    return [row for code, row in rows.items() if code not in written_up]


SHOWN = 10  # rows of each kind that a report shows when not asked for all


def lines_of(report: Report, most: int | None) -> Iterator[str]:
    """Yield the lines of `report` for staff: counts first, then at most `most` rows of each kind (None: all)."""
    found = report.found
    yield f"Đọc được {len(found.rows)} thủ tục; {found.out_of_scope} thủ tục chỉ làm ở trung ương được bỏ qua."
    yield from _told("Mới", report.new, lambda r: f"{r.ma} {r.ten}", most)
    yield from _told("Thay đổi", report.changed, lambda c: f"{c[1].ma}: " + "; ".join(_cell_change(c[0], c[1], n) for n in c[2]), most)
    yield from _told("Không còn trong nguồn (vẫn giữ trong danh mục)", report.gone, lambda r: f"{r.ma} {r.ten}", most)
    yield from _told(
        "Đã biên tập, nguồn ghi khác (không sửa, hãy xem lại)", report.written_up,
        lambda w: f"{w[0].code}: " + "; ".join(f"{n}: nguồn ghi «{getattr(w[1], n)}»" for n in w[2]), most,
    )  # fmt: skip
    yield from _told("Không đọc được", found.unreadable, lambda u: f"{u.where}: {u.reason}", most)
    yield from _told("Lĩnh vực mới", tuple(found.fields.values()), lambda n: f"{n.key}: {n.name}", most)
    for reason, count in found.left_unknown.most_common():
        yield f"Để trống {count} ô: {reason}."


def _told(title: str, things: Sequence[T], said: Callable[[T], str], most: int | None) -> Iterator[str]:
    yield f"{title}: {len(things)}"
    yield from (f"  {said(thing)}" for thing in things[:most])
    if most is not None and len(things) > most:
        yield f"  … và {len(things) - most} nữa (--all để xem hết)"


def _cell_change(before: Row, after: Row, column: str) -> str:
    return f"{column}: «{getattr(before, column)}» → «{getattr(after, column)}»"
