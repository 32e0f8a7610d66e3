"""Dossiers made up for tests. Nobody here exists."""

import datetime as dt
from dataclasses import replace
from typing import Any

from bot.dossiers.model import HANOI, Dossier
from bot.dossiers.proofs import proof
from bot.dossiers.record import Record

KEY = b"a key for tests"
CODE = "H26.19.1-250701-0042"
DIGITS = "4821"
WARD = "Phường Trắng"


def at(day: str, hour: int = 9) -> dt.datetime:
    """Return an hour of a `day` such as "2025-07-01" in Hà Nội."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), HANOI)


DOSSIER = Dossier(
    code=CODE, procedure_name="Đăng ký khai sinh", unit=WARD, received=at("2025-07-01"), due=at("2025-07-03", 17), status=4, as_of=at("2025-07-02"),
    applicant_masked="Nguyễn V** A",
)  # fmt: skip


def record(code: str = CODE, digits: str = DIGITS, field: str = "Hộ tịch", **changed: Any) -> Record:
    """Return the record of DOSSIER with some facts `changed`; `digits` are those of its owner's telephone."""
    return Record(replace(DOSSIER, code=code, **changed), field, proof(KEY, code, digits))
