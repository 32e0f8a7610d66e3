"""The one face of every place where dossiers are kept: our own database (sql.py) or a one-stop system (http.py)."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from bot.dossiers.model import Dossier

REFUSAL_TAKES = 0.08  # seconds: every refusal of a database is given this long after the question, whatever was found or not


class Unreachable(Exception):
    """The place where the dossiers are kept cannot be asked now; the message is for the operator and holds no personal data."""


class DossierGateway(Protocol):
    """Answers about dossiers."""

    async def look_up(self, code: str, digits: str) -> Dossier | None:
        """Return the dossier `code` (canonical) when `digits` are the last four of the phone or the identification number given with it.

        None says no such code or wrong digits, in the same time, so that nobody learns which. Raises Unreachable.
        """

    async def fetch(self, code: str) -> Dossier | None:
        """Return the dossier `code` for someone already known to own it, None when it is no more. Raises Unreachable."""

    async def close(self) -> None:
        """Let go of connections."""


async def refusal(asked_at: float) -> None:
    """Wait until a refusal of what was asked at `asked_at` (time.perf_counter) is due, so that its time tells nothing. Returns None."""
    await asyncio.sleep(max(0.0, asked_at + REFUSAL_TAKES - time.perf_counter()))
