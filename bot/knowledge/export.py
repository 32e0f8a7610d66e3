"""The published knowledge carried into formats that others read: what `tthc export` writes.

Facts that are unknown are absent in every format. A record of another province stays, marked as such, in what people read (jsonl, xlsx), and is
left out of the linked data, which says of every service that it is offered in Hà Nội. schema.org has no word for a procedure that is no longer
in force, so those are left out there.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from bot.knowledge.exporters import cpsv_ap, jsonl, schema_org, xlsx
from bot.knowledge.model import Knowledge, Procedure
from bot.knowledge.publish import Snapshot

TEXTS: dict[str, Callable[[Knowledge], Iterator[str]]] = {"jsonl": jsonl.lines, "cpsv-ap": cpsv_ap.lines, "schema-org": schema_org.lines}
SHEET = "xlsx"
FORMATS = ("jsonl", SHEET, "cpsv-ap", "schema-org")


class ExportFailed(Exception):
    """An export cannot be written; the message says why and how to mend it."""


@dataclass(frozen=True)
class LeftOut:
    """A procedure that a format leaves out, and why."""

    code: str
    reason: str


def export(snapshot: Snapshot, wanted: str, out: Path | None, standard: TextIO) -> tuple[LeftOut, ...]:
    """Write the knowledge of `snapshot` in the format `wanted` to the file `out`, or to `standard` output when that is None.

    Returns what the format leaves out. A file is replaced in one rename. Raises ExportFailed when there is no such format, a sheet has no file
    to go to, or the file cannot be written.
    """
    _check(wanted, out)
    left_out = tuple(_left_out(snapshot.knowledge, wanted, dt.date.today()))
    dropped = {record.code for record in left_out}
    kept = {code: p for code, p in snapshot.knowledge.procedures.items() if code not in dropped}
    knowledge = replace(snapshot.knowledge, procedures=kept)
    if out is None:
        if isinstance(standard, io.TextIOWrapper):
            standard.reconfigure(encoding="utf-8", newline="\n")
        _write_lines(TEXTS[wanted](knowledge), standard)
        standard.flush()
        return left_out
    try:
        _replace(out.resolve(), knowledge, wanted, snapshot.version)
    except OSError as error:
        raise ExportFailed(f"Không ghi được {out}. Kiểm tra thư mục còn đó và được phép ghi.") from error
    return left_out


def _replace(out: Path, knowledge: Knowledge, wanted: str, version: str) -> None:
    if out.exists() and not out.is_file():  # a rename would put a file in the place of a device, such as /dev/null
        raise FileExistsError(out)
    scratch = out.with_name(f".{out.name}.new")
    try:
        if wanted == SHEET:
            xlsx.write(knowledge, version, scratch)
        else:
            with scratch.open("w", encoding="utf-8", newline="\n") as handle:
                _write_lines(TEXTS[wanted](knowledge), handle)
        os.replace(scratch, out)
    finally:
        with suppress(OSError):  # it is there only when writing failed
            scratch.unlink()


def _check(wanted: str, out: Path | None) -> None:
    """Raise ExportFailed when there is no format `wanted`, or it is a sheet and `out` names no file."""
    if wanted not in FORMATS:
        raise ExportFailed(f"Không có định dạng «{wanted}». Dùng --format với một trong: {', '.join(FORMATS)}.")
    if wanted == SHEET and out is None:
        raise ExportFailed("Bảng tính xlsx phải ghi ra tệp. Thêm --out TEN_TEP.xlsx.")


def _write_lines(lines: Iterator[str], to: TextIO) -> None:
    to.writelines(f"{line}\n" for line in lines)


def _left_out(knowledge: Knowledge, wanted: str, today: dt.date) -> Iterator[LeftOut]:
    for code, procedure in sorted(knowledge.procedures.items()):
        if wanted in ("cpsv-ap", "schema-org") and procedure.source.province:
            yield LeftOut(code, f"bản ghi của {procedure.source.province}, không phải của Hà Nội")
        elif wanted == "schema-org" and _has_ended(procedure, today):
            yield LeftOut(code, "không còn hiệu lực")


def _has_ended(procedure: Procedure, today: dt.date) -> bool:
    life = procedure.publication
    return life.state in ("thay_the", "bai_bo") or (life.effective_to is not None and life.effective_to < today)
