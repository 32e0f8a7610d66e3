"""A thousand citizens on the web at once while the gateway is restarted twice: is a message lost or answered twice?

`make bench`. The gateway runs as in service, with an assistant in place of Rasa that says back what it hears. Each citizen asks as the widget does:
one question after another, each sent again with the same id until it is answered; in the end the server's own account of the session must
hold each question once, in order, with its answer.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench import report
from bench.postgres import free_port
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CITIZENS = 1_000
QUESTIONS = 6  # of each
THINKS_FOR = 0.2  # seconds an answer takes at most
PAUSE = 0.5  # seconds before a question is sent again
READY_WITHIN = 60.0  # seconds
STOPS = (signal.SIGTERM, signal.SIGKILL)  # one restart as an operator does it, one as a machine short of memory does


@dataclass
class Gateway:
    """The gateway in a process of its own, its state in `home`."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process."""
        environment = {
            **os.environ,
            "TTHC_HOME": str(self.home), "TTHC_SECRET": "of the benchmark", "TTHC_SESSION_RATE": "100000", "BENCH_THINKS_FOR": str(THINKS_FOR),
        }  # fmt: skip
        command = [sys.executable, "-m", "uvicorn", "bench.telegram_gateway:application", "--port", str(self.port), "--ws", "none"]
        quiet = ["--no-access-log", "--log-level", "critical", "--timeout-graceful-shutdown", "5"]
        self.process = subprocess.Popen([*command, *quiet], cwd=ROOT, env=environment)

    def stop(self, told: signal.Signals) -> None:
        """Stop the process with the signal `told`."""
        assert self.process is not None
        self.process.send_signal(told)
        self.process.wait()


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """Run a gateway over the published snapshot, its own state in a folder of its own."""
    home = Settings.read().home
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "snapshots").symlink_to(home / "snapshots")
        (Path(folder) / "current").write_bytes((home / "current").read_bytes())
        running = Gateway(Path(folder))
        running.start()
        try:
            yield running
        finally:
            running.stop(signal.SIGKILL)


@dataclass
class Outcome:
    """What became of the questions."""

    answered: int = 0
    resent: int = 0
    wrong: list[str] = field(default_factory=list)  # sessions whose account is not what was asked
    seconds: list[float] = field(default_factory=list)  # a question took until its answer came
    took: float = 0.0


async def survive(citizens: int, questions: int) -> Outcome:
    """Let `citizens` ask `questions` each while the gateway is restarted twice; return what became of them."""
    outcome = Outcome()
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        gateway() as running,
        aiohttp.ClientSession(running.address, connector=connector, timeout=aiohttp.ClientTimeout(30)) as client,
    ):
        await _until_ready(client)
        started = time.perf_counter()
        talks = [asyncio.create_task(_talk(client, n, questions, outcome)) for n in range(citizens)]
        for at, told in enumerate(STOPS, 1):
            while outcome.answered < at * citizens * questions / (len(STOPS) + 1):
                await asyncio.sleep(0.02)
            await asyncio.to_thread(running.stop, told)
            running.start()
        sessions = await asyncio.gather(*talks)
        outcome.took = time.perf_counter() - started
        for n, session in enumerate(sessions):
            async with client.get("/api/v1/messages?after=0", headers={"Authorization": f"Bearer {session}"}) as response:
                kept = (await response.json())["messages"]
            wanted = [_question(n, at) for at in range(questions)]
            if [m["said"] for m in kept] != wanted or any(m["reply"]["blocks"][0]["text"] != m["said"] for m in kept):
                outcome.wrong.append(f"citizen {n}: {len(kept)} of {questions} kept")
    return outcome


def _question(citizen: int, at: int) -> str:
    return f"câu hỏi {'abcdefghij'[at]} của công dân {'-'.join(str(citizen))}"


async def _talk(client: aiohttp.ClientSession, citizen: int, questions: int, outcome: Outcome) -> str:
    """Ask one question after another; return the session."""
    session = ""
    while not session:
        begun = await _sent(client, "/api/v1/sessions", {}, "", outcome)
        session = str(begun.get("session", "")) if begun else ""
    for at in range(questions):
        started = time.perf_counter()
        body = {"text": _question(citizen, at), "id": f"{citizen}-{at}"}
        while await _sent(client, "/api/v1/messages", body, session, outcome) is None:
            outcome.resent += 1
            await asyncio.sleep(PAUSE)
        outcome.answered += 1
        outcome.seconds.append(time.perf_counter() - started)
    return session


async def _sent(client: aiohttp.ClientSession, path: str, body: dict[str, str], session: str, outcome: Outcome) -> dict[str, object] | None:
    """Return what is answered, None when the line or the gateway fails."""
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    try:
        async with client.post(path, json=body, headers=headers) as response:
            if response.status >= 500:
                return None
            answer: dict[str, object] = await response.json()
            return answer
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
        return None


async def _until_ready(client: aiohttp.ClientSession) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            async with client.get("/healthz") as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise TimeoutError("the gateway was not ready in time")


def chapter(outcome: Outcome) -> list[str]:
    """Return the lines of the report."""
    middle, slow = statistics.median(outcome.seconds), statistics.quantiles(outcome.seconds, n=100)[98]
    return [
        f"By `python -m bench.web_sessions` on {report.machine()}. The gateway, its store in SQLite, and those who ask share the cores; an assistant in",
        f"place of Rasa says back what it hears, after up to {THINKS_FOR * 1000:.0f} ms.",
        "",
        f"{CITIZENS:,} sessions at once asked {QUESTIONS} questions each in {outcome.took:.0f} s while the gateway was stopped, started again, killed and",
        f"started again: {outcome.answered:,} questions answered, {outcome.resent:,} times one was sent again, {len(outcome.wrong)} sessions with a message",
        f"lost or doubled. A question took {middle:.2f} s in the middle and {slow:.1f} s at the 99th percentile, restarts included.",
    ]


if __name__ == "__main__":
    measured = asyncio.run(survive(CITIZENS, QUESTIONS))
    report.write("Web: a thousand sessions, two restarts", [*chapter(measured), *measured.wrong[:10]])
