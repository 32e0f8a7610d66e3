"""Dossiers made up for demonstrations, tests and benchmarks: people invented, the same for the same seed, each marked as a sample."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.dossiers.calendar import Calendar
from bot.dossiers.model import HANOI, Apology, Dossier, Event, Status, Step, Supplement, masked
from bot.knowledge.model import Duration, Knowledge

MONTHS = 36  # back from today, over which the dossiers are spread evenly
ON_TIME = 0.9918  # the share in time that the city published for 2015-2019 (knowledge/figures.yml)
_DAYS = {"ngay_lam_viec": 1.0, "ngay": 1.0, "gio": 1 / 8, "thang": 22.0}  # working days in a unit of time, roughly
_USUAL_DAYS = 5  # working days where the procedure tells none
_LATEST = 10  # working days a late dossier is late at most
_OFFICE_OPENS, _OFFICE_CLOSES = 8, 17  # o'clock
_OFFICE_SECONDS = (_OFFICE_CLOSES - _OFFICE_OPENS) * 3600
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
_MIDDLE = ("Văn", "Thị", "Minh", "Thu", "Đức", "Ngọc", "Quang", "Hồng")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Phúc", "Quỳnh", "Sơn", "Thảo", "Uyên", "Vinh")
_OPEN = (Status.ACCEPTED, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.SUPPLEMENT_WANTED, Status.FEE_WANTED)
_SUPPLEMENT = "Bản sao giấy tờ chứng minh nơi cư trú"
_APOLOGY = "Hồ sơ cần xác minh thêm"
_STEPS = ("Tiếp nhận hồ sơ", "Thẩm định hồ sơ")
_ONE_STOP = "Bộ phận một cửa"
_FEE = 100_000  # đồng
_NO_TELEPHONE = "000000"  # no network has such numbers


After = Callable[[dt.date, int], dt.date]  # Calendar.after


@dataclass(frozen=True)
class Drawn:
    """A dossier made up, with what a true one's owner would have left at the counter."""

    dossier: Dossier
    field: str
    applicant: str
    phone: str
    id_number: str


@dataclass(frozen=True)
class Kind:
    """A procedure that dossiers are made up of: `days` are working days."""

    code: str
    name: str
    field: str
    days: int


@dataclass(frozen=True)
class World:
    """Where dossiers are made up: the units that receive them, the procedures, the calendar."""

    units: tuple[str, ...]
    kinds: tuple[Kind, ...]
    calendar: Calendar

    @staticmethod
    def of(knowledge: Knowledge) -> World:
        """Return the world of `knowledge`: its wards and the procedures of wards that are written up in full."""
        kinds = tuple(
            Kind(p.code, p.name, knowledge.fields[p.field].name, _days(p.durations))
            for p in knowledge.procedures.values()
            if p.in_full and "xa" in p.levels
        )
        return World(tuple(u.name for u in knowledge.units.values()), kinds, Calendar.of(knowledge.special_days))


def _days(durations: tuple[Duration, ...]) -> int:
    """Return the working days of the first of `durations` that tells a number, the usual ones when none does."""
    told = next((d.number * _DAYS[d.unit] for d in durations if d.number is not None and d.unit is not None), _USUAL_DAYS)
    return max(1, round(told))


def draw(count: int, seed: int, world: World, now: dt.datetime) -> Iterator[Drawn]:
    """Yield `count` dossiers as they stand at `now`, in the order they were received, evenly over the last MONTHS months."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    after = functools.lru_cache(maxsize=4096)(world.calendar.after)
    first = (now - dt.timedelta(days=MONTHS * 365 // 12)).astimezone(HANOI).date()
    today = now.astimezone(HANOI).date()
    days = (today - first).days
    before, numbers = first, dict.fromkeys(range(len(world.units)), 0)
    for n in range(count):
        day = min(after(first + dt.timedelta(days=n * days // count - 1), 1), today)
        if day != before:
            before, numbers = day, dict.fromkeys(numbers, 0)
        unit = chance.randrange(len(world.units))
        numbers[unit] += 1
        received = dt.datetime(day.year, day.month, day.day, _OFFICE_OPENS, tzinfo=HANOI) + dt.timedelta(
            seconds=chance.randrange(_OFFICE_SECONDS)
        )
        code = f"H26.{unit + 1}-{day:%y%m%d}-{numbers[unit]:04}"
        yield _one(chance, after, code, world.units[unit], chance.choice(world.kinds), min(received, now), now)


def _one(chance: random.Random, after: After, code: str, unit: str, kind: Kind, received: dt.datetime, now: dt.datetime) -> Drawn:
    """Return the dossier `code`, as it has gone until `now`."""
    due = _closing(after(received.date(), kind.days))
    late = chance.random() >= ON_TIME
    ready = _closing(after(due.date(), chance.randint(1, _LATEST)) if late else after(received.date(), chance.randint(1, kind.days)))
    name = f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    about: dict[str, Any] = {
        "code": code, "procedure_code": kind.code, "procedure_name": kind.name, "unit": unit, "received": received, "due": due,
        "applicant_masked": masked(name), "sample": True, "as_of": now,
    }  # fmt: skip
    if ready <= now:
        status = chance.choice((Status.DONE, Status.HANDED_OVER, Status.HANDED_OVER, Status.HANDED_OVER))
        dossier = Dossier(**about, status=status, finished=ready, history=(Event(received, Status.ACCEPTED), Event(ready, Status.DONE)))
    else:
        dossier = Dossier(**about, **_open(chance.choice(_OPEN), unit, received, due, after, late and due < now))
    numbers = (f"{chance.randrange(10_000):04}" for _ in range(2))
    return Drawn(dossier, kind.field, name, *(f"{_NO_TELEPHONE}{digits}" for digits in numbers))


def _open(status: Status, unit: str, received: dt.datetime, due: dt.datetime, after: After, late: bool) -> dict[str, Any]:
    """Return what is to be told of a dossier that is being worked on."""
    name = _STEPS[0] if status is Status.ACCEPTED else _STEPS[1]
    asked_by = _closing(after(received.date(), _USUAL_DAYS))
    return {
        "status": status,
        "step": Step(name, _ONE_STOP if status is Status.ACCEPTED else unit, 1.0, due),
        "supplements": (Supplement(_SUPPLEMENT, asked_by, f"{_ONE_STOP}, {unit}"),) if status is Status.SUPPLEMENT_WANTED else (),
        "fee_due": _FEE if status is Status.FEE_WANTED else None,
        "apology": Apology(_APOLOGY, _closing(after(due.date(), _LATEST))) if late else None,
        "history": (Event(received, Status.ACCEPTED),),
    }


def _closing(day: dt.date) -> dt.datetime:
    """Return when offices close on `day`."""
    return dt.datetime(day.year, day.month, day.day, _OFFICE_CLOSES, tzinfo=HANOI)
