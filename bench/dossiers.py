"""How fast dossiers are looked up, counted and taken in, from 10^4 of them to 10^7: `python -m bench.dossiers`, a chapter of docs/benchmarks.md.

The dossiers are made up (bot/dossiers/sample.py). More than a million are copies of a million under other codes, since making people up is slower than
keeping them. PostgreSQL is a real server, started by this and removed after.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import datetime as dt
import functools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from bench import postgres
from bench.report import machine, write
from bot import database
from bot.dossiers.command import cells_of, record_of
from bot.dossiers.figures import Asked, Figures
from bot.dossiers.intake import BATCH, take_in
from bot.dossiers.model import HANOI
from bot.dossiers.proofs import DIGITS
from bot.dossiers.record import Row, to_row
from bot.dossiers.sample import World, draw
from bot.dossiers.sheet import HEADER
from bot.dossiers.sql import SqlGateway
from bot.dossiers.store import Store
from bot.knowledge import publish
from bot.settings import Settings

KEY = b"the key of the benchmark"
NOW = dt.datetime(2026, 7, 1, 12, tzinfo=HANOI)
MADE_UP = 1_000_000  # dossiers made up before copies are taken
IMPORTED = 300_000  # rows of the file whose import is timed
LOOK_UPS = 2_000
FIGURES = 100  # questions of each kind
CITY = 66_274_910  # dossiers received in 2015-2019 (knowledge/figures.yml)
SERVER = {"shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}  # the rest as PostgreSQL comes, fsync included
MS = 1000


@dataclass(frozen=True)
class Measured:
    """What was measured with `count` dossiers: seconds, rows a second, bytes."""

    count: int
    filled: float
    look_up_p50: float
    look_up_p95: float
    look_up_p99: float
    ward_p95: float
    city_p95: float
    year_p95: float
    size: int


@functools.lru_cache(maxsize=1)
def made_up(count: int, world: World) -> tuple[list[Row], list[tuple[str, str]]]:
    """Return `count` rows, and the code and right digits of each."""
    rows, asked = [], []
    for drawn in draw(count, 1, world, NOW):
        rows.append(to_row(record_of(drawn, KEY)))
        asked.append((drawn.dossier.code, drawn.phone[-DIGITS:]))
    return rows, asked


def copied(rows: list[Row], count: int) -> Iterator[Row]:
    """Yield `count` rows: `rows`, and copies of them under other codes."""
    yield from rows
    for copy in range(1, count // len(rows)):
        for row in rows:
            unit, rest = row[0].split("-", 1)
            yield (f"{unit}.{copy}-{rest}", *row[1:])


def measure(url: str, count: int, world: World, look_ups: int = LOOK_UPS, figures: int = FIGURES) -> Measured:
    """Fill the database at `url` with `count` dossiers and measure look-ups and figures."""
    database.upgrade(url)
    store = Store(url)
    first, asked = made_up(min(count, MADE_UP), world)
    rows, took = copied(first, count), 0.0
    while batch := list(islice(rows, BATCH)):
        started = time.perf_counter()
        with store.engine.begin() as connection:
            store.write_rows(connection, batch)
        took += time.perf_counter() - started
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))  # as autovacuum would in time
    chance = random.Random(2)  # noqa: S311
    looked = asyncio.run(_look_ups(url, chance.sample(asked, look_ups)))
    figures_kept = Figures(url)
    month = 202606
    ward = _timed(lambda: figures_kept.tell(Asked(month, month, unit=chance.choice(world.units))), figures)
    city = _timed(lambda: figures_kept.tell(Asked(month, month)), figures)
    year = _timed(lambda: figures_kept.tell(Asked(month - 99, month)), figures)  # 12 months of every ward and field
    figures_kept.close()
    size = _size(store)
    store.close()
    cut = statistics.quantiles(looked, n=100)
    return Measured(count, count / took, cut[49], cut[94], cut[98], ward, city, year, size)


async def _look_ups(url: str, asked: list[tuple[str, str]]) -> list[float]:
    """Return the seconds that look-ups of `asked` codes with their right digits took in the gateway, one after another."""
    gateway = SqlGateway(url, KEY)
    took = []
    for code, digits in asked:
        started = time.perf_counter()
        found = await gateway.look_up(code, digits)
        took.append(time.perf_counter() - started)
        assert found is not None and found.code == code, "a look-up went wrong: the figures would mean nothing"
    await gateway.close()
    return took


def _timed(ask: Callable[[], object], times: int) -> float:
    """Return the 95th percentile of the seconds `ask` takes."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        took.append(time.perf_counter() - started)
    return statistics.quantiles(took, n=100)[94]


def _size(store: Store) -> int:
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
        pages, size = (connection.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages) * int(size)


def importing(url: str, count: int, world: World, folder: Path) -> tuple[float, float]:
    """Return how many rows a second a file of `count` dossiers not kept before is taken in with, and the processor seconds of ours a row took.

    Timed from the file's first byte to the last commit.
    """
    path = folder / "dossiers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER)
        lines.writerows(("N" + cells[0][1:], *cells[1:]) for cells in map(cells_of, draw(count, 4, world, NOW)))
    database.upgrade(url)
    store = Store(url)
    started, worked = time.perf_counter(), time.process_time()
    report = take_in(path, store, KEY)
    took, worked = time.perf_counter() - started, time.process_time() - worked
    store.close()
    assert report.written == count, f"only {report.written} of {count} rows were written"
    return count / took, worked / count


def chapter(kept: dict[str, list[Measured]], imported: dict[str, tuple[float, float]], busy: float) -> str:
    """Return the chapter as Markdown."""
    lines = [
        f"Made by `make bench` on {machine()}, other work taking {busy:.1f} processors when it began.",
        "Times are milliseconds, 95th percentiles unless said otherwise.",
        f"Look-ups: {LOOK_UPS} right ones in the gateway, one after another, proof checked and the whole dossier read.",
        "Figures: one month of one ward; one month of the city; twelve months of the city.",
        "Filling: batches made ready beforehand, written with figures and changes. PostgreSQL runs with fsync and 2 GB of shared buffers, on the same cores.",
        "Dossiers beyond a million are copies of a million under other codes.",
    ]
    for name, measured in kept.items():
        lines += [
            "",
            f"### {name}",
            "",
            "| dossiers | filled, rows/s | look-up p50 | p95 | p99 | ward | city | city, year | on disk, MB |",
            "|---" * 9 + "|",
        ]
        for m in measured:
            times = (m.look_up_p50, m.look_up_p95, m.look_up_p99, m.ward_p95, m.city_p95, m.year_p95)
            cells = " | ".join(f"{MS * t:.2f}" for t in times)
            lines.append(f"| {m.count:,} | {m.filled:,.0f} | {cells} | {m.size / 1e6:,.0f} |")
        if name in imported:
            rate, worked = imported[name]
            lines += [
                "",
                f"Import of a .csv with {IMPORTED:,} new rows beside a million dossiers: {rate:,.0f} rows/s, reading, checking and hashing included; of that",
                f"{worked * 1e6:.0f} µs a row are our own processor time, the database's comes beside it.",
            ]
    biggest = max((m for measured in kept.values() for m in measured), key=lambda m: m.count)
    each = biggest.size / biggest.count
    lines += [
        "",
        f"The city's {CITY:,} dossiers of five years would take {each * CITY / 1e9:.0f} GB at the {each:.0f} bytes each takes here,",
        f"and {CITY / biggest.filled / 3600:.1f} hours to write at the speed of the largest filling above.",
        "A look-up reads one row through the primary key and its changes through another index,",
        "so it grows with the depth of the index only, as long as the index is in memory; figures are read from months, wards and fields,",
        "whose number does not grow with the dossiers.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and write the chapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", type=int, default=7, metavar="N", help="up to 10^N dossiers")
    parser.add_argument("--sqlite", type=int, default=6, metavar="N", help="up to 10^N dossiers")
    options = parser.parse_args()
    world = World.of(publish.open_snapshot(Settings.read().home).knowledge)
    kept: dict[str, list[Measured]] = {"PostgreSQL": [], "SQLite": []}
    imported: dict[str, tuple[float, float]] = {}
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        for name, most in (("SQLite", options.sqlite), ("PostgreSQL", options.postgresql)):
            for power in range(4, most + 1):
                place: AbstractContextManager[str] = (
                    postgres.server(SERVER) if name == "PostgreSQL" else nullcontext(f"sqlite:///{folder}/{power}.sqlite3")
                )
                with place as url:
                    kept[name].append(measure(url, 10**power, world))
                    print(name, kept[name][-1], flush=True)
                    if 10**power == MADE_UP:
                        imported[name] = importing(url, IMPORTED, world, Path(folder))
                        print(name, "import", imported[name], flush=True)
    write("Dossiers", chapter({name: found for name, found in kept.items() if found}, imported, busy).splitlines())


if __name__ == "__main__":
    main()
