"""The switch that turns answering off: a file in TTHC_HOME, written by `tthc pause`, taken away by `tthc resume`, followed by the running gateway.

Who did it, when and what was said is kept in TTHC_HOME/audit.log, a JSON object a line. The switch counts for the machine it is thrown on.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import os
import pwd
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

LOOK_EVERY = 1.0  # seconds between looks at the file
LONGEST_NOTICE = 600  # characters
FILE, AUDIT = "paused.json", "audit.log"
log = logging.getLogger(__name__)


class PauseError(Exception):
    """The switch cannot be thrown; the message says why and what to do."""


@dataclass(frozen=True)
class Pause:
    """Answering is off: what citizens are told ("" for the usual sentence), since when (ISO 8601, UTC), and who turned it off."""

    notice: str
    since: str
    by: str


def paused(home: Path) -> Pause | None:
    """Return the pause that is on, None when answering is on. A file that cannot be read pauses with the usual sentence: somebody wanted silence."""
    try:
        plain = json.loads((home / FILE).read_bytes())
        return Pause(str(plain["notice"]), str(plain["since"]), str(plain["by"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Pause("", "", "")


def pause(home: Path, notice: str = "") -> Pause:
    """Turn answering off with `notice`; raises PauseError."""
    said = " ".join(notice.split())
    if len(said) > LONGEST_NOTICE:
        raise PauseError(f"Thông báo dài {len(said)} ký tự; viết lại trong {LONGEST_NOTICE} ký tự.")
    made = Pause(said, _now(), _who())
    with _told_where(home):
        home.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=home, prefix=".paused-")
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(made), file, ensure_ascii=False)
        os.chmod(scratch, 0o644)  # the gateway may run as another user
        os.replace(scratch, home / FILE)
        _note(home, "pause", made.by, made.since, notice=said)
    return made


def resume(home: Path) -> bool:
    """Turn answering on again; tells whether it was off. Raises PauseError."""
    with _told_where(home):
        try:
            (home / FILE).unlink()
        except FileNotFoundError:
            return False
        _note(home, "resume", _who(), _now())
    return True


class Switch:
    """What the gateway knows of the pause: looked at every second beside the answering, so that a message costs no look of its own."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._task: asyncio.Task[None] | None = None
        self._seen: tuple[int, int] | None = None  # the file's time and inode when it was read
        self.pause: Pause | None = None

    def start(self) -> None:
        """Look now, and go on looking in the background."""
        self._look()
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await asyncio.to_thread(self._look)

    def _look(self) -> None:
        try:
            found = (self._home / FILE).stat()
        except FileNotFoundError:
            seen = None
        except OSError:
            return  # a disk in trouble: what was known goes on holding
        else:
            seen = (found.st_mtime_ns, found.st_ino)
        if seen == self._seen:
            return
        self._seen = seen
        self.pause = paused(self._home) if seen else None
        log.warning("answering is %s", "off" if self.pause else "on again")


def _note(home: Path, what: str, by: str, at: str, **more: str) -> None:
    line = json.dumps({"at": at, "who": by, "what": what, **more}, ensure_ascii=False)
    with open(os.open(home / AUDIT, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _who() -> str:
    """Return the user of the operating system, and who they were before sudo; not what the environment's USER says."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        user = f"uid {os.getuid()}"
    before = os.environ.get("SUDO_USER")
    return f"{user} (sudo: {before})" if before else user


def _now() -> str:
    return dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")


@contextlib.contextmanager
def _told_where(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        state = "đang tắt" if (home / FILE).exists() else "đang bật"
        raise PauseError(f"Không ghi được vào {home} ({error.strerror}); trả lời {state}. Xem đĩa và quyền ghi rồi chạy lại.") from error
