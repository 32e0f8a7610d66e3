"""How many dossiers were received, finished and in time: by unit, field and month, read from figures that are kept as dossiers change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot.dossiers.gateway import Unreachable
from bot.dossiers.tables import CITY, monthly


@dataclass(frozen=True)
class Asked:
    """Whose figures: months as 202507, first and last included; no unit or field means all of them."""

    first: int
    last: int
    unit: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class OnTime:
    """The figures of what was asked. `judged`: those of the finished that were promised for a day; `sample`: they are invented."""

    received: int = 0
    finished: int = 0
    judged: int = 0
    on_time: int = 0
    sample: bool = False

    @property
    def share(self) -> float | None:
        """The share in time, 0 to 1, of those finished and promised for a day; None when there are none."""
        return self.on_time / self.judged if self.judged else None


class Figures:
    """Reads the figures of the database at `url`."""

    def __init__(self, url: str) -> None:
        self._engine = database.engine(url, for_citizens=True)

    def close(self) -> None:
        """Let go of connections."""
        self._engine.dispose()

    def tell(self, asked: Asked) -> OnTime:
        """Return the figures of `asked`: those of true dossiers, and only where none is kept at all those of samples. Raises Unreachable."""
        try:
            with self._engine.connect() as connection:
                sample = connection.execute(sa.select(sa.func.min(monthly.c.sample))).scalar_one_or_none()
                return _sum(connection, asked, sample) if sample is not None else OnTime()
        except sa.exc.SQLAlchemyError as error:
            raise Unreachable(f"dossiers' database: {type(error).__name__}") from None

    def by_month(self, asked: Asked) -> list[tuple[int, OnTime]]:
        """Return the figures of each month of `asked` that has any, oldest first. Raises Unreachable."""
        return [
            (month, told)
            for month in _months(asked)
            if (told := self.tell(Asked(month, month, asked.unit, asked.field))).received or told.finished
        ]


def month_number(day: dt.date) -> int:
    """Return the month of `day` as 202507."""
    return day.year * 100 + day.month


def _sum(connection: sa.engine.Connection, asked: Asked, sample: int) -> OnTime:
    wanted = [
        monthly.c.sample == sample,
        monthly.c.month.between(asked.first, asked.last),
        monthly.c.unit == (CITY if asked.unit is None else asked.unit),
    ]
    if asked.field is not None:
        wanted.append(monthly.c.field == asked.field)
    columns = (monthly.c.received, monthly.c.finished, monthly.c.judged, monthly.c.on_time)
    sums = connection.execute(sa.select(*(sa.func.coalesce(sa.func.sum(c), 0) for c in columns)).where(*wanted)).one()
    received, finished, judged, in_time = (int(n) for n in sums)
    return OnTime(received, finished, judged, in_time, bool(sample))


def _months(asked: Asked) -> list[int]:
    """Return every month from the first to the last asked."""
    first, last = (year_month // 100 * 12 + year_month % 100 - 1 for year_month in (asked.first, asked.last))
    return [n // 12 * 100 + n % 12 + 1 for n in range(first, last + 1)]
