"""The gateway's state as its metrics tell it: read when somebody looks, never while a message is answered."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from bot.channels.telegram import TelegramBot
from bot.knowledge.publish import SnapshotError
from bot.serving.metrics import Metrics
from bot.serving.pause import Switch

_PROCESSES = {"rasa": "rasa", "actions.server": "actions"}  # a word of a neighbour's command line, and what it is called here


def tell_state(
    metrics: Metrics, home: Path, version: Callable[[], str], switch: Switch, ready: Callable[[], Awaitable[bool]], telegram: TelegramBot | None
) -> Callable[[], Awaitable[None]]:  # fmt: skip
    """Let `metrics` tell the snapshot's version and age, the switch, Rasa, Telegram, the disk of `home` and the processes' memory.

    Returns what is to be awaited before they are told: it asks whether Rasa is `ready`.
    """
    found = {"ready": False}

    async def look() -> None:
        found["ready"] = await ready()

    def snapshot() -> Mapping[str, float]:
        with suppress(SnapshotError):
            return {version(): 1.0}
        return {}

    metrics.tell("tthc_snapshot_info", "1 for the version of the snapshot that is served", snapshot, "version")
    metrics.tell(
        "tthc_snapshot_published_timestamp_seconds",
        "When the served snapshot was published",
        lambda: published_at(next(iter(snapshot()), "")),
    )
    metrics.tell("tthc_paused", "1 while answering is turned off", lambda: switch.pause is not None)
    metrics.tell("tthc_rasa_ready", "1 while Rasa has its model loaded", lambda: found["ready"])
    metrics.tell("tthc_home_free_bytes", "Free on the disk of TTHC_HOME", lambda: shutil.disk_usage(home).free)
    metrics.tell("tthc_home_size_bytes", "Size of the disk of TTHC_HOME", lambda: shutil.disk_usage(home).total)
    metrics.tell("tthc_process_memory_bytes", "Resident memory of the processes of this machine's service", memory, "process")
    if telegram:
        metrics.tell("tthc_queue_depth", "Updates and letters that wait for their turn", lambda: {"telegram": telegram.waiting}, "queue")
        metrics.tell("tthc_telegram_connected", "1 while this gateway is the bot and has reached Telegram", lambda: telegram.connected)
        metrics.tell("tthc_telegram_serving", "1 while this gateway is the bot, 0 while it stands by", lambda: telegram.serving)
    return look


def memory() -> Mapping[str, float]:
    """Return the resident memory in bytes of this gateway and of its neighbours: the processes that the same supervisor started."""
    mine = psutil.Process()
    found = {"gateway": float(mine.memory_info().rss)}
    parent = mine.parent()
    for neighbour in parent.children() if parent else ():
        with suppress(psutil.Error):
            words = neighbour.cmdline()
            name = next((name for word, name in _PROCESSES.items() if word in words), None)
            if name:
                found[name] = float(neighbour.memory_info().rss)
    return found


def published_at(version: str) -> float:
    """Return when the snapshot `version` was published, in seconds since the epoch: its name begins with that moment (UTC). Raises LookupError."""
    try:
        moment = dt.datetime.strptime(version.partition("-")[0], "%Y%m%dT%H%M%S%fZ")
    except ValueError as error:
        raise LookupError(version) from error
    return moment.replace(tzinfo=dt.timezone.utc).timestamp()
