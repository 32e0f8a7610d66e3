"""Invented dossiers kept in memory, behind the same face as the true gateways."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from bot.dossiers.gateway import Unreachable
from bot.dossiers.model import HANOI, Dossier, Status

CODE, OTHER_CODE, NO_CODE = "000.00.19.H26-261102-0042", "H26.15-261103-0007", "H26.15-261103-9999"
PHONE, DIGITS = "0900 004 821", "4821"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=HANOI)


def dossier(code: str = CODE, **changed: Any) -> Dossier:
    """Return an invented dossier, in progress unless `changed` says otherwise."""
    values: dict[str, Any] = {
        "code": code, "procedure_name": "Thủ tục đăng ký khai sinh", "unit": "Phường Bịa", "received": NOW - dt.timedelta(days=20),
        "status": Status.IN_PROGRESS, "as_of": NOW, "procedure_code": "1.000001", "due": NOW + dt.timedelta(days=2),
        "applicant_masked": "Trần T** Bịa",
    } | changed  # fmt: skip
    return Dossier(**values)


@dataclass
class Kept:
    """A gateway whose dossiers are proved by `DIGITS`; `down` makes it unreachable."""

    dossiers: dict[str, Dossier] = field(default_factory=lambda: {CODE: dossier(), OTHER_CODE: dossier(OTHER_CODE)})
    down: bool = False
    looked_up: list[tuple[str, str]] = field(default_factory=list)

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        self.looked_up.append((code, digits))
        found = await self.fetch(code)
        return found if digits == DIGITS else None

    async def fetch(self, code: str) -> Dossier | None:
        if self.down:
            raise Unreachable("down for the test")
        return self.dossiers.get(code)

    async def close(self) -> None:
        pass
