"""What the Telegram side holds out: every question answered once and in order whatever happens, the limits held, the time it adds, how many it takes.

`make bench`, or `python -m bench.telegram`. The gateway runs in a process of its own, with an assistant that says back what it hears; it is driven through
its webhook by the stand-in for the Bot API that the tests use, which refuses, limits, loses and repeats as Telegram does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench import report
from bot.channels.telegram import TelegramBot
from bot.settings import Settings
from tests.channels.telegram.bot_api import TOKEN, BotApi, Sent, running
from tests.e2e.service import free_port

ROOT = Path(__file__).resolve().parents[1]
UPDATES, CHATS = 10_000, 500
DUPLICATES, FLOODS, CUTS = 0.05, 0.02, 0.01  # shares
TAPS = 0.05  # share of the updates that are taps of a button
KILLS = (1 / 3, 2 / 3)  # after which share of the updates the process is killed
OUTSTANDING = 200  # updates sent and not answered yet at any time
CONNECTIONS = 40  # as Telegram opens to a webhook
THINKS_FOR = 0.05  # seconds, at most, that the assistant takes while the process is killed
TIMED, TIMED_EVERY = 1_000, 0.02  # updates timed one by one, seconds between them
FLOOD, FLOOD_CHATS = 6_000, 3_000  # updates sent as fast as they are taken
UNLIMITED = 100_000  # messages a second: for what is measured without Telegram's own limit
SETTLE_WITHIN = 900.0  # seconds
SEED = 7
MEDIAN_SOUGHT, RATE_SOUGHT = 5.0, 300  # milliseconds, updates a second


@dataclass
class Gateway:
    """The gateway's process."""

    api: BotApi
    home: Path
    rate: int
    thinks_for: float = 0.0
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def webhook(self) -> str:
        """The address updates are delivered to."""
        return f"http://127.0.0.1:{self.port}{TelegramBot.webhook_path}"

    def start(self) -> None:
        """Start the process."""
        environment = {
            **os.environ,
            "TTHC_HOME": str(self.home), "TTHC_TELEGRAM_TOKEN": TOKEN, "TTHC_TELEGRAM_API": self.api.url, "TTHC_SECRET": "of the benchmark",
            "TTHC_PUBLIC_URL": "https://tthc.example.vn", "TTHC_TELEGRAM_RATE": str(self.rate), "BENCH_THINKS_FOR": str(self.thinks_for),
        }  # fmt: skip
        command = [sys.executable, "-m", "uvicorn", "bench.telegram_gateway:application", "--port", str(self.port), "--ws", "none"]
        self.process = subprocess.Popen([*command, "--no-access-log", "--log-level", "error"], cwd=ROOT, env=environment)

    def processor_seconds(self) -> float:
        """Return the seconds of processor time the process has had (Linux)."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Kill the process, as a machine short of memory would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextlib.asynccontextmanager
async def gateway(api: BotApi, rate: int, thinks_for: float = 0.0) -> AsyncIterator[Gateway]:
    """Run a gateway over the published snapshot, its own state in a folder of its own."""
    home = Settings.read().home
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "snapshots").symlink_to(home / "snapshots")
        (Path(folder) / "current").write_bytes((home / "current").read_bytes())
        running_gateway = Gateway(api, Path(folder), rate, thinks_for)
        running_gateway.start()
        try:
            await api.until(lambda: bool(api.webhook), 60)
            yield running_gateway
        finally:
            running_gateway.kill()


class Citizens:
    """Those who ask: each question is of one chat, has a number in it, and is sent to the webhook until it is taken."""

    def __init__(self, api: BotApi, webhook: str, session: aiohttp.ClientSession) -> None:
        self.api = api
        self.webhook = webhook
        self.asked: dict[int, list[str]] = defaultdict(list)
        self.sent_at: dict[str, float] = {}
        self._session = session
        self._tapped: set[int] = set()
        self._latest: dict[int, Sent] = {}
        self._looked = 0

    def ask(self, chat: int, tap: bool = False) -> dict[str, Any]:
        """Return the next update of `chat`: a question, or if `tap` and there is a button to tap, a tap of it."""
        for sent in self.api.sent[self._looked :]:
            self._latest[sent.chat] = sent
        self._looked = len(self.api.sent)
        shown = self._latest.get(chat)
        if tap and shown is not None and shown.buttons and shown.id not in self._tapped:
            self._tapped.add(shown.id)
            self.asked[chat].append(shown.buttons[0][0].removeprefix("✓ "))
            return self.api.tap(shown, 0)
        text = f"câu {len(self.asked[chat])} của {chat}"
        self.asked[chat].append(text)
        return self.api.text(text, chat=chat)

    async def push(self, update: dict[str, Any]) -> None:
        """Send `update` until it is taken."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.api.webhook["secret_token"]}
        if "message" in update:
            self.sent_at.setdefault(update["message"]["text"], time.monotonic())
        while True:
            try:
                async with self._session.post(self.webhook, json=update, headers=headers) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)

    def unlike(self) -> list[str]:
        """Return what is wrong: each chat must have been sent the answers to its questions, each once, in their order."""
        got: dict[int, list[str]] = defaultdict(list)
        for sent in self.api.sent:
            got[sent.chat].append(sent.text.split("\n")[0])
        wrong = []
        for chat, asked in self.asked.items():
            if got[chat] != asked:
                missing, extra = len(set(asked) - set(got[chat])), len(got[chat]) - len(set(got[chat]))
                wrong.append(
                    f"chat {chat}: {missing} unanswered, {extra} answered again" + (", out of order" if not missing + extra else "")
                )
        return wrong


@dataclass
class Outcome:
    """What came of a run with every trouble."""

    updates: int
    chats: int
    kills: int
    duplicates: int
    troubles: dict[str, int]
    seconds: float
    wrong: list[str]
    broken: list[str]
    refused: list[str]


async def survive(updates: int, chats: int, kills: tuple[float, ...] = KILLS, rate: int = 30) -> Outcome:
    """Send `updates` from `chats` with duplicates, out of order, while calls are refused and cut and the process is killed."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    troubles: dict[str, int] = defaultdict(int)

    def befalls() -> str:
        chance = draw.random()
        trouble = "429" if chance < FLOODS else draw.choice(("cut", "lost")) if chance < FLOODS + CUTS else ""
        troubles[trouble] += 1
        return trouble

    async with running() as api, gateway(api, rate, THINKS_FOR) as service, aiohttp.ClientSession() as session:
        api.befalls, api.keeps_calls, api.in_a_second = befalls, False, rate
        citizens = Citizens(api, service.webhook, session)
        started = time.monotonic()
        pending: set[asyncio.Task[None]] = set()
        doomed = [int(updates * share) for share in kills]
        asked = duplicates = 0
        while asked < updates:
            if doomed and asked >= doomed[0]:
                doomed.pop(0)
                service.kill()
                service.start()
            # A handful at once, in no order; what shows "asked" is the order of the updates' ids.
            handful = [
                citizens.ask(1 + draw.randrange(chats), draw.random() < TAPS) for _ in range(min(draw.randint(1, 8), updates - asked))
            ]
            asked += len(handful)
            again = [u for u in handful if draw.random() < DUPLICATES]
            duplicates += len(again)
            handful += again
            draw.shuffle(handful)
            for update in handful:
                pending.add(asyncio.create_task(citizens.push(update)))
            while asked - len(api.sent) > OUTSTANDING or len(pending) > CONNECTIONS:
                pending = {task for task in pending if not task.done()}
                await asyncio.sleep(0.02)
            await asyncio.sleep(0)
        await asyncio.gather(*pending)
        with contextlib.suppress(asyncio.TimeoutError):
            await api.until(lambda: len(api.sent) >= updates, SETTLE_WITHIN)
        await asyncio.sleep(3.0)  # whatever is answered twice would come now
        seconds = time.monotonic() - started
        return Outcome(updates, chats, len(kills), duplicates, dict(troubles), seconds, citizens.unlike(), api.broken, api.refused)


async def bridge(updates: int = TIMED) -> list[float]:
    """Return the seconds between sending an update and the arrival of its answer, one at a time, for each of `updates`."""
    async with running() as api, gateway(api, UNLIMITED) as service, aiohttp.ClientSession() as session:
        api.keeps_calls, api.in_a_second = False, UNLIMITED
        citizens = Citizens(api, service.webhook, session)
        for chat in range(1, updates + 1):
            await asyncio.gather(citizens.push(citizens.ask(chat)), asyncio.sleep(TIMED_EVERY))
        await api.until(lambda: len(api.sent) >= updates, 60)
        return [sent.at - citizens.sent_at[sent.text.split("\n")[0]] for sent in api.sent]


@dataclass
class Rate:
    """Updates answered a second, and the milliseconds of processor time the gateway spent on each."""

    a_second: float
    processor: float


async def throughput(updates: int = FLOOD, chats: int = FLOOD_CHATS) -> Rate:
    """Return how many updates a second are taken and answered when they come as fast as they are taken."""
    async with running() as api, gateway(api, UNLIMITED) as service, aiohttp.ClientSession() as session:
        api.keeps_calls, api.in_a_second = False, UNLIMITED
        citizens = Citizens(api, service.webhook, session)
        waiting = iter([citizens.ask(1 + n % chats) for n in range(updates)])

        async def connection() -> None:
            for update in waiting:
                await citizens.push(update)

        started, spent = time.monotonic(), service.processor_seconds()
        await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
        await api.until(lambda: len(api.sent) >= updates, 120)
        seconds = max(sent.at for sent in api.sent) - started
        assert not citizens.unlike()
        return Rate(updates / seconds, 1000 * (service.processor_seconds() - spent) / updates)


def survival(outcome: Outcome) -> list[str]:
    """Return the part of the report on what is survived."""
    kept = "every question was answered once, in order" if not outcome.wrong else f"**wrong in {len(outcome.wrong)} chats**"
    limits = "no call broke a limit" if not outcome.broken else f"**{len(outcome.broken)} calls broke a limit**"
    troubles = outcome.troubles
    lines = [
        f"By `python -m bench.telegram survival` on {report.machine()}. The gateway runs as in service, with an assistant in place",
        "of Rasa that says back what it hears; the stand-in for the Bot API and those who ask share one more process.",
        "",
        f"{outcome.updates:,} updates of {outcome.chats} chats in {outcome.seconds:.0f} s at Telegram's own 30 messages a second, {outcome.duplicates} of "
        f"them delivered twice and all out of order by up to 8; {troubles.get('429', 0)} calls answered 429, {troubles.get('cut', 0)} cut before and "
        f"{troubles.get('lost', 0)} after the message was taken; {outcome.kills} kills of the process: {kept}; {limits}; "
        f"{len(outcome.refused)} calls refused.",
    ]
    return lines


def speed(seconds: list[float], rate: Rate, load: float) -> list[str]:
    """Return the part of the report on speed; `load` is the machine's load average when it began."""
    ordered = sorted(seconds)
    late = 1000 * ordered[int(0.95 * len(ordered))]
    rows = [
        (
            f"from an update's sending to its answer's arrival, {len(seconds):,} one by one",
            f"median {1000 * statistics.median(ordered):.1f} ms, 95 of 100 within {late:.1f} ms",
            f"median {MEDIAN_SOUGHT:g} ms",
        ),
        (
            f"updates taken and answered a second when {FLOOD:,} of {FLOOD_CHATS:,} chats come as fast as they are taken, no limit set",
            f"{rate.a_second:.0f}, for {rate.processor:.2f} ms of processor time of the gateway each",
            f"{RATE_SOUGHT}",
        ),
    ]
    lines = [
        f"By `python -m bench.telegram speed` on {report.machine()}, whose load average was {load:.1f} before it began: whatever",
        "else runs there makes these figures worse. The gateway runs on one core, the stand-in for the Bot API and those who ask on the other.",
        "",
        "| what | measured | sought |",
        "|---|---|---|",
        *(f"| {what} | {measured} | {sought} |" for what, measured, sought in rows),
    ]
    return lines


def main(parts: list[str]) -> None:
    """Measure the `parts` asked for (all when none is) and write each into the report."""
    if "speed" in parts or not parts:
        load = os.getloadavg()[0]
        report.write("Telegram: speed", speed(asyncio.run(bridge()), asyncio.run(throughput()), load))
    if "survival" in parts or not parts:
        report.write("Telegram: what is survived", survival(asyncio.run(survive(UPDATES, CHATS))))


if __name__ == "__main__":
    main(sys.argv[1:])
