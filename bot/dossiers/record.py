"""A dossier as it is kept: its columns, the hashes of the owner's digits, and the JSON of what is only shown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.dossiers.model import HANOI, Apology, Dossier, Event, Step, Supplement


@dataclass(frozen=True)
class Record:
    """A dossier with what citizens do not see of it: the field's name, and the proofs of ownership (proofs.proof)."""

    dossier: Dossier
    field: str = ""
    phone_proof: bytes | None = None
    id_proof: bytes | None = None


Row = tuple[Any, ...]  # in the order of tables.COLUMNS


def month_of(moment: dt.datetime) -> int:
    """Return the month of an aware `moment` in Hà Nội, as 202507."""
    local = moment.astimezone(HANOI)
    return local.year * 100 + local.month


def on_time(dossier: Dossier) -> int | None:
    """Return 1 when the result was ready on the day promised or earlier, 0 when later, None while it is not or when no day was promised.

    The first promise counts: an apology moves the citizen's appointment, not the office's record.
    """
    if dossier.finished is None or dossier.due is None:
        return None
    return int(dossier.finished.astimezone(HANOI).date() <= dossier.due.astimezone(HANOI).date())


def to_row(record: Record) -> Row:
    """Return the columns of `record`."""
    d = record.dossier
    return (
        d.code, d.procedure_code, d.procedure_name, d.unit, record.field, _seconds(d.received), _seconds(d.due), _seconds(d.finished),
        month_of(d.received), month_of(d.finished) if d.finished else None, on_time(d), None if d.status is None else int(d.status), d.status_text, _detail(d),
        d.applicant_masked, record.phone_proof, record.id_proof, int(d.sample), _seconds(d.as_of),
    )  # fmt: skip


def from_row(row: Mapping[str, Any], changes: Iterable[Mapping[str, Any]] = ()) -> Dossier:
    """Return the dossier of the columns `row`, its history going on with the `changes` kept of it, oldest first."""
    detail = json.loads(row["detail"])
    step, apology = detail.get("step"), detail.get("apology")
    told = [Event(_moment(at), status, note) for at, status, note in detail.get("history", ())]
    later = [Event(_moment(c["at"]), c["status"], c["status_text"]) for c in changes]
    return Dossier(
        code=row["code"],
        procedure_code=row["procedure_code"],
        procedure_name=row["procedure_name"],
        unit=row["unit"],
        received=_moment(row["received"]),
        due=_moment_or_none(row["due"]),
        finished=_moment_or_none(row["finished"]),
        status=row["status"],
        status_text=row["status_text"],
        step=Step(step[0], step[1], step[2], _moment_or_none(step[3])) if step else None,
        supplements=tuple(Supplement(what, _moment_or_none(by), where) for what, by, where in detail.get("supplements", ())),
        fee_due=detail.get("fee_due"),
        apology=Apology(apology[0], _moment_or_none(apology[1])) if apology else None,
        history=(*told, *later),
        applicant_masked=row["applicant_masked"],
        sample=bool(row["sample"]),
        as_of=_moment(row["as_of"]),
    )


def _detail(d: Dossier) -> str:
    """Return what of `d` is only shown, as JSON; what is empty takes no room, since there are tens of millions."""
    detail: dict[str, Any] = {}
    if d.step:
        detail["step"] = [d.step.name, d.step.unit, d.step.days, _seconds(d.step.due)]
    if d.supplements:
        detail["supplements"] = [[s.what, _seconds(s.by), s.where] for s in d.supplements]
    if d.fee_due is not None:
        detail["fee_due"] = d.fee_due
    if d.apology:
        detail["apology"] = [d.apology.reason, _seconds(d.apology.new_due)]
    if d.history:
        detail["history"] = [[_seconds(e.at), e.status, e.note] for e in d.history]
    return json.dumps(detail, ensure_ascii=False, separators=(",", ":")) if detail else "{}"


def _seconds(moment: dt.datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, HANOI)


def _moment_or_none(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else _moment(seconds)
