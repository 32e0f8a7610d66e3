"""A knowledge folder read whole: staff's files and the catalogue, every fault of every file collected before anything is refused."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.knowledge import catalogue
from bot.knowledge.decode import read, read_list
from bot.knowledge.life import carried_out
from bot.knowledge.model import (
    Contact,
    Decree,
    DossierStatus,
    Expired,
    Figure,
    Knowledge,
    Meaning,
    Named,
    Office,
    Procedure,
    SpecialDay,
    Unit,
)  # fmt: skip
from bot.knowledge.problems import KnowledgeError, LineMap, Problem

T = TypeVar("T")
K = TypeVar("K", Named, Unit, Office)
UNITS_FILE = "units.yml"
OFFICES_FILE = "offices.yml"
DECISIONS_FILE = "decisions.yml"
STATUSES_FILE = "statuses.yml"


def _text(path: Path, file: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KnowledgeError([Problem(file, 1, "", "tệp không phải UTF-8", "lưu lại tệp với bảng mã UTF-8")]) from error
    except OSError as error:
        raise KnowledgeError([Problem(file, 0, "", "không mở được tệp", "kiểm tra tệp còn đó và được phép đọc")]) from error


@dataclass(frozen=True)
class Loaded:
    """The knowledge of a folder with, for each procedure code, the lines of its record, and the lines of each file that is one list.

    `decrees` and `expired` are what staff wrote of decisions and of legal texts: citizens read what follows from them.
    """

    knowledge: Knowledge
    lines: dict[str, LineMap]
    lists: dict[str, LineMap]
    decrees: tuple[Decree, ...] = ()
    expired: tuple[Expired, ...] = ()


def load(folder: Path) -> Loaded:
    """Read the whole knowledge `folder`.

    Raises KnowledgeError with every fault of every file: broken YAML, unknown or missing keys, wrong types, a code that is
    not its file's name, a code given twice, a field or an agency that is not declared, a file that stands where none is read.
    """
    loaded, problems = load_what_can_be(folder)
    if problems:
        raise KnowledgeError(problems)
    return loaded


def load_what_can_be(folder: Path) -> tuple[Loaded, list[Problem]]:
    """Read what can be read of the knowledge `folder`, and return it with every fault of the rest."""
    reading = _Reading(folder)
    fields = reading.keyed(Named, "fields.yml")
    agencies = reading.keyed(Named, "agencies.yml")
    vocabulary = tuple(reading.list_of(Meaning, "vocabulary.yml"))
    elsewhere = tuple(reading.list_of(str, "elsewhere.yml"))
    figures = tuple(reading.list_of(Figure, "figures.yml", optional=True))
    decrees = tuple(reading.list_of(Decree, DECISIONS_FILE, optional=True))
    expired = tuple(reading.list_of(Expired, "legal.yml", optional=True))
    special_days = tuple(reading.list_of(SpecialDay, "calendar.yml", optional=True))
    contact = reading.contact()
    reading.procedures_of_files(fields, agencies)
    reading.procedures_of_rows(fields, agencies)
    units = reading.keyed(Unit, UNITS_FILE, optional=True)
    offices = reading.keyed(Office, OFFICES_FILE, optional=True)
    statuses = tuple(reading.list_of(DossierStatus, STATUSES_FILE, optional=True))
    procedures = carried_out(reading.procedures, decrees)
    knowledge = Knowledge(
        procedures, fields, agencies, vocabulary, contact, elsewhere,
        figures=figures, units=units, offices=offices, special_days=special_days, statuses=statuses,
    )  # fmt: skip
    return Loaded(knowledge, reading.lines, reading.lists, decrees, expired), reading.problems


class _Reading:
    """One reading of a knowledge folder: what was read so far, and every fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.procedures: dict[str, Procedure] = {}
        self.lines: dict[str, LineMap] = {}
        self.lists: dict[str, LineMap] = {}

    def list_of(self, wanted: type[T], name: str, optional: bool = False) -> list[T]:
        if optional and not (self.folder / name).exists():
            return []
        try:
            items, self.lists[name] = read_list(wanted, _text(self.folder / name, name), name)
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            return []
        return items

    def keyed(self, wanted: type[K], name: str, *, optional: bool = False) -> dict[str, K]:
        """Return what the file `name` declares, by key; nothing when the file is `optional` and absent."""
        found: dict[str, K] = {}
        for i, thing in enumerate(self.list_of(wanted, name, optional)):
            if thing.key in found:
                message = f"khóa «{thing.key}» khai báo hai lần"
                self.problems.append(self.lists[name].problem(f"[{i}].khoa", message, "giữ một mục, bỏ một mục"))
            found[thing.key] = thing
        return found

    def contact(self) -> Contact:
        try:
            return read(Contact, _text(self.folder / "contact.yml", "contact.yml"), "contact.yml")[0]
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            return Contact(hotlines=(), portal="", source="")

    def procedures_of_files(self, fields: dict[str, Named], agencies: dict[str, Named]) -> None:
        for path in sorted((self.folder / "procedures").rglob("*")):
            file = path.relative_to(self.folder).as_posix()
            if path.is_dir() or path.name.startswith("."):
                continue
            if path.suffix != ".yml" or len(path.relative_to(self.folder).parts) != 3:
                mend = "đặt ở procedures/<lĩnh vực>/<mã>.yml, hoặc bỏ tệp"
                self.problems.append(Problem(file, 0, "", "tệp nằm sai chỗ hoặc sai đuôi nên không được đọc", mend))
                continue
            try:
                procedure, where = read(Procedure, _text(path, file), file)
            except KnowledgeError as error:
                self.problems.extend(error.problems)
                continue
            self.problems.extend(_misplaced(procedure, path, where, fields, agencies))
            self.problems.extend(_unfinished(procedure, where))
            if procedure.code in self.procedures:
                other = self.lines[procedure.code].file
                self.problems.append(where.problem("ma", f"mã {procedure.code} đã có ở {other}", "mỗi mã một tệp: bỏ một tệp"))
                continue
            self.procedures[procedure.code], self.lines[procedure.code] = procedure, where

    def procedures_of_rows(self, fields: dict[str, Named], agencies: dict[str, Named]) -> None:
        """Read the catalogue; what staff wrote up in full wins over its row. Agencies that only rows name are added to `agencies`."""
        try:
            rows = catalogue.read(self.folder / catalogue.FILE)
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            return
        for line, row in rows:
            where = LineMap(catalogue.FILE, {}, line)
            held = self.lines.get(row.ma)
            if held and held.file == catalogue.FILE:
                self.problems.append(where.problem("ma", f"mã {row.ma} đã có ở hàng {held.start}", "mỗi mã một hàng: bỏ một hàng"))
            elif held is None:
                try:
                    self.procedures[row.ma], named = catalogue.procedure(row, line, fields)
                except KnowledgeError as error:
                    self.problems.extend(error.problems)
                    continue
                self.lines[row.ma] = where
                for agency in named:
                    agencies.setdefault(agency.key, agency)


def _misplaced(procedure: Procedure, path: Path, where: LineMap, fields: dict[str, Named], agencies: dict[str, Named]) -> Iterator[Problem]:
    if path.stem != procedure.code:
        yield where.problem("ma", f"tệp tên {path.name} nhưng mã là {procedure.code}", f"đổi tên tệp thành {procedure.code}.yml")
    if path.parent.name != procedure.field:
        mend = f"chuyển tệp vào procedures/{procedure.field}/ hoặc sửa linh_vuc"
        yield where.problem("linh_vuc", f"tệp nằm trong thư mục {path.parent.name}, lĩnh vực là {procedure.field}", mend)
    if fields and procedure.field not in fields:
        yield where.problem("linh_vuc", f"lĩnh vực «{procedure.field}» chưa khai báo", _nearest(procedure.field, fields, "fields.yml"))
    for i, agency in enumerate(procedure.agencies):
        if agencies and agency not in agencies:
            mend = _nearest(agency, agencies, "agencies.yml")
            yield where.problem(f"co_quan[{i}]", f"cơ quan «{agency}» chưa khai báo", mend)


def _unfinished(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    if procedure.summary is None:
        yield where.problem("tom_tat", "thiếu khóa bắt buộc «tom_tat»", "thêm dòng «tom_tat: …»")
    if not procedure.sample_questions:
        yield where.problem("cau_hoi_mau", "thiếu khóa bắt buộc «cau_hoi_mau»", "thêm danh sách câu hỏi mẫu, một nửa không dấu")


def _nearest(word: str, known: Iterable[str], file: str) -> str:
    near = difflib.get_close_matches(word, list(known), 1)
    return f"có phải là «{near[0]}»? Nếu không, thêm vào {file}" if near else f"thêm vào {file}"


def append_fields(folder: Path, fields: Iterable[Named]) -> None:
    """Declare `fields` at the end of the folder's fields.yml; what stands there is not touched."""
    lines = [f"- {{khoa: {f.key}, ten: {json.dumps(f.name, ensure_ascii=False)}}}\n" for f in fields]
    if lines:
        with (folder / "fields.yml").open("a", encoding="utf-8") as handle:
            handle.writelines(lines)
