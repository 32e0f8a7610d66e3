"""Invented dossiers in a database of their own, and the settings that make the assistant ask it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot import database
from bot.dossiers.model import HANOI, Status
from bot.dossiers.proofs import proof
from bot.dossiers.record import Record
from bot.dossiers.store import Store
from tests.dossiers import kept

KEY = "a key for the tests"
BIRTH = "1.001193"
CODE, OTHER_CODE, NO_CODE = kept.CODE, kept.OTHER_CODE, kept.NO_CODE
PHONE, DIGITS = "0900 006 583", "6583"


def kept_in(folder: Path) -> dict[str, str]:
    """Keep two dossiers in a database in `folder`; return the settings."""
    url = f"sqlite:///{folder / 'dossiers.sqlite3'}"
    database.upgrade(url)
    change(url, Status.IN_PROGRESS, ago=dt.timedelta(hours=1))
    return {"TTHC_DOSSIERS_URL": url, "TTHC_DOSSIERS_KEY": KEY, "TTHC_NOTICES_URL": f"sqlite:///{folder / 'notices.sqlite3'}"}


def change(url: str, status: Status, *codes: str, ago: dt.timedelta = dt.timedelta()) -> None:
    """Write the dossiers (default: both) with `status` as they were so long ago."""
    now = dt.datetime.now(HANOI) - ago
    store = Store(url)
    for code in codes or (CODE, OTHER_CODE):
        found = kept.dossier(code, procedure_code=BIRTH, status=status, as_of=now)
        store.write([Record(found, "ho-tich", proof(KEY.encode(), code, DIGITS), None)])
    store.close()
