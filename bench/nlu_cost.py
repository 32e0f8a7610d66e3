"""What understanding costs: a question through the whole pipeline on one core, and the training: `python -m bench.nlu_cost [--train]`.

Over every procedure of the national portal where the reference data stands beside the project, else over the catalogue. Without `--train` the
training is not timed, and the section says so.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import report
from bench.city import home_of_all, questions
from bot.settings import Settings

MEDIAN, TRAINING = 12.0, 5.0  # what is sought: milliseconds, minutes


async def asked(model: Path, texts: list[str]) -> list[float]:
    """Return the milliseconds each of `texts` takes, the shortest first; all are asked once before."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog()
    agent = Agent.load(str(model))
    times: list[float] = []
    for _ in range(2):
        times.clear()
        for text in texts:
            started = time.perf_counter()
            await agent.parse_message(text)
            times.append(1000 * (time.perf_counter() - started))
    return sorted(times)


def trained(folder: Path) -> tuple[float, float]:
    """Return the minutes a training takes, by the clock and of the processors."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "rasa", "train", "--data", "nlu_data", "--force", "--out", str(folder)]
    quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (time.perf_counter() - started) / 60, used / 60


def measure(scratch: Path, train: bool) -> Iterator[str]:
    """Yield the lines of the report."""
    model, load = Settings.read().model, os.getloadavg()[0]
    minutes = trained(scratch / "models") if train else None
    home, procedures = home_of_all(scratch)
    os.environ["TTHC_HOME"] = str(home)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    times = asyncio.run(asked(model, questions()))
    yield f"On {report.machine()}, load average {load:.1f} before it began; {len(times)} real questions over {procedures} procedures, on one core."
    yield ""
    yield "| what | reached | sought |"
    yield "|---|---|---|"
    yield f"| understanding a question, median | {statistics.median(times):.1f} ms | {MEDIAN:.0f} ms |"
    yield f"| 95 of 100 within | {times[len(times) * 95 // 100]:.1f} ms | |"
    clock = f"{minutes[0]:.1f} min, {minutes[1]:.1f} of a processor" if minutes else "not measured in this run"
    yield f"| training | {clock} | {TRAINING:.0f} min |"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report.write("Understanding: what it costs", list(measure(Path(folder), "--train" in sys.argv[1:])))
