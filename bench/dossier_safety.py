"""How safe dossiers are: an attack that guesses codes and digits, and a one-stop system that fails in every way it can.

`make bench`, or `python -m bench.dossier_safety` alone: about five minutes. The attack goes through the verification that the gateway of the
service uses, over an SQLite database of invented dossiers; the faults come from the reference one-stop server of the tests, over HTTP.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import ks_2samp, mannwhitneyu

from bench import report
from bot import database
from bot.dossiers.gateway import DossierGateway, Unreachable
from bot.dossiers.http import HttpGateway
from bot.dossiers.model import Status
from bot.dossiers.proofs import proof
from bot.dossiers.record import Record
from bot.dossiers.sql import SqlGateway
from bot.dossiers.store import Store
from bot.dossiers.token import Tokens
from bot.dossiers.tries import Tries
from bot.dossiers.verification import Verification
from tests.dossiers import one_stop
from tests.dossiers.kept import dossier

KEY = b"a key of the benchmark"
DOSSIERS = 2000  # kept; as many codes again are nobody's
GUESSES, SESSIONS = 10_000, 50
PAIRS = 1000  # of a kept code with wrong digits and a code nobody has
DIFFERENT_BELOW = 0.01  # a p-value under it says that two samples of times differ
LOOK_UPS = 1000  # under each fault
A_SECOND = 50  # look-ups that begin
TICK = 0.01  # seconds
SEED = 7


def code(number: int, kept: bool) -> str:
    """Return the code of dossier `number`; those that are not `kept` look alike."""
    return f"H26.{15 if kept else 16}-261103-{number:04}"


def digits(number: int) -> str:
    """Return the digits of dossier `number`."""
    return f"{(number * 7919 + 13) % 10_000:04}"


@dataclass(frozen=True)
class Attack:
    """What an attack brought: refusals by whether the code is kept, dossiers told, and the times of refusals of the pairs in seconds."""

    refused: dict[bool, Counter[str]]
    told: int
    kept_took: list[float]
    none_took: list[float]


async def guess(desk: Verification, guesses: int) -> tuple[dict[bool, Counter[str]], int]:
    """Guess codes and digits from `SESSIONS` sessions at once; return the refusals and how many dossiers were told."""
    refused: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    told = 0

    async def session(number: int) -> None:
        nonlocal told
        chance = random.Random(SEED + number)  # noqa: S311 - an attack to repeat, no secret
        for _ in range(guesses // SESSIONS):
            kept = chance.random() < 1 / 2
            answer = await desk.prove(
                f"web-{number}", f"10.0.0.{number}", code(chance.randrange(DOSSIERS), kept), f"{chance.randrange(10_000):04}"
            )
            if answer.refused:
                refused[kept][answer.refused] += 1
            else:
                told += 1

    await asyncio.gather(*(session(n) for n in range(SESSIONS)))
    return refused, told


async def refusal_times(desk: Verification, pairs: int) -> tuple[list[float], list[float]]:
    """Return how long wrong digits of kept codes and codes nobody has were refused for, in seconds; in turn, `SESSIONS` at once."""
    took: dict[bool, list[float]] = {True: [], False: []}

    async def timed(number: int, kept: bool) -> None:
        wrong = f"{(int(digits(number)) + 1) % 10_000:04}"
        began = time.perf_counter()
        answer = await desk.prove(f"pair-{kept}-{number}", None, code(number, kept), wrong)
        took[kept].append(time.perf_counter() - began)
        assert answer.refused == "wrong"

    room = asyncio.Semaphore(SESSIONS)

    async def pair(number: int) -> None:
        async with room:
            order = (True, False) if number % 2 else (False, True)
            for kept in order:
                await timed(number, kept)

    await asyncio.gather(*(pair(n) for n in range(pairs)))
    return took[True], took[False]


async def attack(folder: Path, guesses: int = GUESSES, pairs: int = PAIRS) -> Attack:
    """Attack a database of `DOSSIERS` dossiers made in `folder`."""
    url = f"sqlite:///{folder / 'dossiers.sqlite3'}"
    database.upgrade(url)
    store = Store(url)
    store.write(Record(dossier(code(n, True)), "ho-tich", proof(KEY, code(n, True), digits(n)), None) for n in range(DOSSIERS))
    store.close()
    gateway: DossierGateway = SqlGateway(url, KEY)
    kept_took, none_took = await refusal_times(Verification(gateway, Tokens(KEY), Tries(KEY)), pairs)
    refused, told = await guess(Verification(gateway, Tokens(KEY), Tries(KEY)), guesses)
    await gateway.close()
    return Attack(refused, told, kept_took, none_took)


@dataclass(frozen=True)
class Faulty:
    """What look-ups under a fault brought, how long they took, and how late a tick of the same loop came: 95th percentiles, seconds."""

    fault: str
    true: int
    refused: int
    wrong: int
    took: float
    late: float


async def under(fault: str | None, look_ups: int = LOOK_UPS) -> Faulty:
    """Look up `look_ups` times while half of the one-stop system's answers have `fault`."""
    outcomes: Counter[str] = Counter()
    took: list[float] = []
    late: list[float] = []
    async with one_stop.running() as system:
        system.fault, system.share = fault, 1 / 2
        system.dossiers = {code(n, True): one_stop.record(code(n, True)) for n in range(look_ups)}
        gateway = HttpGateway(system.url, dataclasses.replace(one_stop.SYSTEM, left_alone=1.0), one_stop.TOKEN)

        async def look_up(number: int) -> None:
            await asyncio.sleep(number / A_SECOND)
            began = time.perf_counter()
            try:
                found = await gateway.look_up(code(number, True), "4821")
                right = found is not None and (found.code, found.status) == (code(number, True), Status.IN_PROGRESS)
                outcomes["true" if right else "wrong"] += 1
            except Unreachable:
                outcomes["refused"] += 1
            took.append(time.perf_counter() - began)

        ticking = asyncio.create_task(_tick(late))
        await asyncio.gather(*(look_up(n) for n in range(look_ups)))
        ticking.cancel()
        await gateway.close()
    return Faulty(fault or "none", outcomes["true"], outcomes["refused"], outcomes["wrong"], _p95(took), _p95(late))


async def _tick(late: list[float]) -> None:
    """Note how late each tick comes: what any other work of the process has to wait for."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - due)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else 0.0


async def measure() -> list[str]:
    """Return the section of the report."""
    with tempfile.TemporaryDirectory() as folder:
        found = await attack(Path(folder))
    ranks, shapes = mannwhitneyu(found.kept_took, found.none_took).pvalue, ks_2samp(found.kept_took, found.none_took).pvalue
    lines = [
        f"`python -m bench.dossier_safety` on {report.machine()}.",
        "",
        f"**Guessing.** {GUESSES:,} guesses from {SESSIONS} sessions, half of them at codes that {DOSSIERS:,} dossiers have: "
        f"{found.told} dossiers told. Refusals of codes that are kept: {_counted(found.refused[True])}; of codes nobody has: "
        f"{_counted(found.refused[False])}.",
        "",
        f"**Time.** {PAIRS:,} pairs of wrong digits and no such code: medians {1000 * statistics.median(found.kept_took):.2f} ms and "
        f"{1000 * statistics.median(found.none_took):.2f} ms; Mann-Whitney p = {ranks:.2f}, Kolmogorov-Smirnov p = {shapes:.2f} "
        f"(below {DIFFERENT_BELOW} they would differ).",
        "",
        f"**Faults.** {LOOK_UPS:,} look-ups, {A_SECOND} a second, while half of the one-stop system's answers have the fault. `late` is how much later "
        "than due other work of the same process came.",
        "",
        "| fault | true status | honest refusal | wrong | look-up p95, s | late p95, ms |",
        "|---|---|---|---|---|---|",
    ]
    for fault in (None, *one_stop.FAULTS):
        row = await under(fault)
        lines.append(f"| {row.fault} | {row.true} | {row.refused} | {row.wrong} | {row.took:.2f} | {1000 * row.late:.1f} |")
    return lines


def _counted(refused: Counter[str]) -> str:
    total = sum(refused.values())
    return ", ".join(f"{name} {100 * count / total:.1f}%" for name, count in sorted(refused.items()))


if __name__ == "__main__":
    report.write("Dossiers: guessing and faults", asyncio.run(measure()))
