"""The assistant whole, as a city runs it, beside a stock Rasa project: one machine, one run, the same questions: `python -m bench.city`.

Both run as in service, in processes of their own: ours is `tthc serve` over every procedure of the national portal where the reference data stands
beside the project (else over the catalogue); the other is bench/stock_rasa/, its REST channel and its action server. The questions come over HTTP
from this process, on the same cores.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench import report, splits
from bench.knowledge import timed
from bench.names import PORTAL, knowledge_of_all, portal
from bench.postgres import free_port
from bot.knowledge import publish
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
STOCK = Path(__file__).resolve().parent / "stock_rasa"
QUESTIONS = 200  # real ones, drawn by a hash
TURNS = 5  # of a conversation, after which another citizen comes
CLIENTS = 8
AT_ONCE, ONE_BY_ONE = 1_200, 600  # messages of each measurement
LONG = 200  # turns of a long conversation
ENDS = 20  # turns at its beginning and at its end that are compared
HOURS, DAY = 24, 8_640  # messages that stand for a day: one every ten seconds, come as fast as they are taken
FAKETIME = "faketime/libfaketimeMT.so.1"  # what Debian's package of that name shows a process another time with
WARM = 300  # messages before anything is measured
READY_WITHIN = 180.0  # seconds
STOPS_WITHIN = 30.0  # seconds
STOCK_LEAST, MEDIAN, P99, MEMORY, READY, GROWTH = 3.0, 12.0, 60.0, 1.6, 20.0, 0.02  # what is sought: times, ms, ms, GB, s, share


Command = tuple[list[str], Path, dict[str, str]]  # words, folder, environment


@dataclass(frozen=True)
class Door:
    """Where messages are sent, and how: `body(text, session, name)` is what is posted in the conversation `name`, whose last reply held `session`."""

    address: str
    path: str
    body: Callable[[str, str, str], dict[str, str]]
    session: Callable[[Any], str]


@dataclass
class Citizen:
    """Somebody who asks through `door`, in one conversation after another."""

    door: Door
    http: aiohttp.ClientSession
    name: str
    asked: int = 0
    session: str = ""

    async def ask(self, text: str, turns: int = TURNS) -> float:
        """Ask and return the seconds until the answer was there; raises RuntimeError when there was none."""
        if self.asked % turns == 0:
            self.session = ""
        body = self.door.body(text, self.session, f"{self.name}-{self.asked // turns}")
        self.asked += 1
        started = time.perf_counter()
        async with self.http.post(self.door.address + self.door.path, json=body) as reply:
            said = await reply.json()
        took = time.perf_counter() - started
        if reply.status != 200 or not said:
            raise RuntimeError(f"no answer: {reply.status}")
        self.session = self.door.session(said)
        return took


def questions() -> list[str]:
    """Return the questions: those of the benchmark to be answered whose ids hash lowest."""
    turns = [turn for turn in splits.read() if turn["expect"] == "answer"]
    lowest = sorted(turns, key=lambda turn: hashlib.sha256(turn["id"].encode()).hexdigest())
    return [turn["q"] for turn in lowest[:QUESTIONS]]


@asynccontextmanager
async def running(commands: Iterable[Command], ready: str) -> AsyncIterator[tuple[list[psutil.Process], float]]:
    """Run `commands` (words, folder, environment) until `ready` answers 200; yield their processes and the seconds that took."""
    started = time.perf_counter()
    processes = [
        subprocess.Popen(words, cwd=folder, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words, folder, environment in commands
    ]
    try:
        await _until_ready(ready)
        yield [psutil.Process(process.pid) for process in processes], time.perf_counter() - started
    finally:
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            process.wait(STOPS_WITHIN)


async def _until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline:
            try:
                async with http.get(url) as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} was not ready within {READY_WITHIN:.0f} s")


def memory(processes: Iterable[psutil.Process]) -> float:
    """Return the gigabytes `processes` and their children hold, what they share counted once (proportional set size)."""
    everyone = [p for process in processes for p in (process, *process.children(recursive=True))]
    return sum(float(p.memory_full_info().pss) for p in everyone) / 1e9


async def one_by_one(citizen: Citizen, texts: list[str], count: int, turns: int = TURNS) -> list[float]:
    """Return the seconds each of `count` questions took, asked one after another."""
    return [await citizen.ask(texts[n % len(texts)], turns) for n in range(count)]


async def at_once(door: Door, http: aiohttp.ClientSession, texts: list[str], count: int, run: str) -> float:
    """Return the messages a second that `CLIENTS` citizens get answered when each asks as soon as it has been answered."""
    started = time.perf_counter()
    each = count // CLIENTS
    clients = [Citizen(door, http, f"{run}-{n}") for n in range(CLIENTS)]
    await asyncio.gather(*(one_by_one(c, texts[n * 7 :] + texts[: n * 7], each) for n, c in enumerate(clients)))
    return each * CLIENTS / (time.perf_counter() - started)


@dataclass(frozen=True)
class Measured:
    """What one of the two reached."""

    ready: float  # seconds
    median: float  # milliseconds at one client
    p99: float
    rate: float  # messages a second at `CLIENTS`
    memory: float  # GB


async def basics(door: Door, processes: list[psutil.Process], ready: float, texts: list[str], http: aiohttp.ClientSession) -> Measured:
    """Measure what is measured of both."""
    await one_by_one(Citizen(door, http, "warm"), texts, WARM)
    times = sorted(await one_by_one(Citizen(door, http, "single"), texts, ONE_BY_ONE))
    rate = await at_once(door, http, texts, AT_ONCE, "at-once")
    return Measured(ready, 1000 * statistics.median(times), 1000 * times[len(times) * 99 // 100], rate, memory(processes))


async def stock(folder: Path, texts: list[str]) -> Measured:
    """Train and measure the stock project in `folder`."""
    shutil.copytree(STOCK, folder)
    rasa, actions = free_port(), free_port()
    (folder / "endpoints.yml").write_text(f"action_endpoint: {{url: 'http://127.0.0.1:{actions}/webhook'}}\n", encoding="utf-8")
    quiet = {"RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run(
        [sys.executable, "-m", "rasa", "train"],
        cwd=folder,
        env=os.environ | quiet,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    door = Door(f"http://127.0.0.1:{rasa}", "/webhooks/rest/webhook", lambda text, _, name: {"sender": name, "message": text}, lambda _: "")
    commands = [
        ([sys.executable, "-m", "rasa_sdk", "--actions", "actions.actions", "-p", str(actions)], folder, quiet),
        ([sys.executable, "-m", "rasa", "run", "-p", str(rasa), "-i", "127.0.0.1"], folder, quiet),
    ]
    async with running(commands, door.address) as (processes, ready), aiohttp.ClientSession() as http:
        return await basics(door, processes, ready, texts, http)


def served(home: Path, further: dict[str, str]) -> tuple[Door, list[Command], str]:
    """Return the door of a service whose state is in `home`, the commands that run it on ports of its own, and where it says that it is ready."""
    ports = {"TTHC_PORT": free_port(), "TTHC_RASA_PORT": free_port(), "TTHC_ACTION_PORT": free_port()}
    environment = {
        **{name: str(port) for name, port in ports.items()}, **further,
        "TTHC_HOME": str(home), "TTHC_MODEL": str(Settings.read().model), "TTHC_SESSION_RATE": "1000000", "TTHC_ADDRESS_RATE": "100000000",
    }  # fmt: skip
    door = Door(
        f"http://127.0.0.1:{ports['TTHC_PORT']}",
        "/api/v1/messages",
        lambda text, session, _: {"text": text} | ({"session": session} if session else {}),
        lambda reply: str(reply["session"]),
    )
    return door, [([sys.executable, "-m", "bot.cli", "serve"], ROOT, environment)], f"{door.address}/readyz"


async def ours(home: Path, texts: list[str]) -> tuple[Measured, dict[str, float]]:
    """Measure the assistant whose state is in `home`; and how flat it stays over a long conversation."""
    door, commands, at = served(home, {})
    async with running(commands, at) as (processes, ready), aiohttp.ClientSession() as http:
        reached = await basics(door, processes, ready, texts, http)
        long = await one_by_one(Citizen(door, http, "long"), texts[:1], LONG, LONG)
        return reached, {"first": 1000 * statistics.median(long[:ENDS]), "last": 1000 * statistics.median(long[-ENDS:])}


async def day(home: Path, texts: list[str]) -> tuple[float, bool]:
    """Return the share of memory gained from the first hour of a day to its last, and whether the clock was put forward with the messages.

    As many messages as a day brings come as fast as they are taken, an hour's at a time; after each hour's the wall clock of the service is put
    forward by an hour (Debian's faketime; without it the clock stays). Timers that count time passed, not the time of day, are left alone.
    """
    library, offset = next(Path("/usr/lib").glob(f"*/{FAKETIME}"), None), home / "offset"
    clock = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_CACHE_DURATION": "1", "DONT_FAKE_MONOTONIC": "1"}
    offset.write_text("+0\n", encoding="ascii")
    door, commands, ready = served(home, clock if library else {})
    async with running(commands, ready) as (processes, _), aiohttp.ClientSession() as http:
        held = []
        for hour in range(HOURS):
            await at_once(door, http, texts, DAY // HOURS, f"hour-{hour}")
            held.append(memory(processes))
            offset.write_text(f"+{(hour + 1) * 3600}\n", encoding="ascii")
        return held[-1] / held[0] - 1, library is not None


def home_of_all(scratch: Path) -> tuple[Path, int]:
    """Publish the knowledge over which is measured into a state folder and return it, and how many procedures it holds."""
    home, knowledge = scratch / "home", ROOT / "knowledge"
    if PORTAL.is_file():
        knowledge = knowledge_of_all(portal(), scratch / "knowledge")
    timed("-m", "bot.cli", "publish", "--questions", "none", TTHC_KNOWLEDGE=str(knowledge), TTHC_HOME=str(home))
    return home, len(publish.open_snapshot(home).knowledge.procedures)


async def measure(scratch: Path) -> list[str]:
    """Return the lines of the report."""
    texts = questions()
    home, procedures = home_of_all(scratch)
    load = os.getloadavg()[0]
    theirs = await stock(scratch / "stock", texts)
    print(theirs, flush=True)
    reached, flat = await ours(home, texts)
    print(reached, flat, flush=True)
    gained, stepped = await day(home, texts)
    print(gained, stepped, flush=True)
    return list(lines(theirs, reached, flat | {"growth": gained}, stepped, procedures, load))


def lines(theirs: Measured, reached: Measured, flat: dict[str, float], stepped: bool, procedures: int, load: float) -> Iterator[str]:
    """Yield the lines of the report; `stepped`: whether the clock went on with the day's messages."""
    times = reached.rate / theirs.rate
    yield f"On {report.machine()}, those who ask on the same cores; load average {load:.1f} before it began. `python -m bench.city`:"
    yield f"{QUESTIONS} real questions in conversations of {TURNS} turns, over HTTP; ours over {procedures} procedures, gateway included."
    yield ""
    yield "| what | stock Rasa | this assistant | sought |"
    yield "|---|---|---|---|"
    yield f"| messages a second, {CLIENTS} clients | {theirs.rate:.0f} | {reached.rate:.0f}: {times:.1f} times as many | {STOCK_LEAST:.1f} times |"
    yield f"| one client, median | {theirs.median:.1f} ms | {reached.median:.1f} ms | {MEDIAN:.0f} ms |"
    yield f"| one client, 99th percentile | {theirs.p99:.1f} ms | {reached.p99:.1f} ms | {P99:.0f} ms |"
    yield f"| memory of all processes | {theirs.memory:.2f} GB | {reached.memory:.2f} GB | {MEMORY} GB |"
    yield f"| from start to ready | {theirs.ready:.1f} s | {reached.ready:.1f} s | {READY:.0f} s |"
    yield (
        f"| a conversation of {LONG} turns, median of its first and last {ENDS} | | {flat['first']:.1f} ms, {flat['last']:.1f} ms | no difference |"
    )
    clock = "the clock put forward with them" if stepped else "the clock was not put forward: faketime is absent"
    yield f"| memory gained from the first hour's messages of a day to the last's ({DAY:,}, {clock}) | | {flat['growth']:+.1%} | {GROWTH:.0%} |"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report.write("A city", asyncio.run(measure(Path(folder))))
