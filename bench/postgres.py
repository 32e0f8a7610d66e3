"""A real PostgreSQL server for a test or a benchmark: started on a free port of 127.0.0.1 in a folder of its own, stopped and removed after.

The programs are those of Debian's package `postgresql`. PostgreSQL refuses to run as root; where we are root it runs as the user `postgres` of that package
(the plugin pytest-postgresql cannot, which is why this is here).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PACKAGED = Path("/usr/lib/postgresql")
_USER = "postgres"
_STOP_WITHIN = "30"  # seconds


class NoPostgres(Exception):
    """PostgreSQL is not installed on this machine."""


def programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs; raises NoPostgres."""
    packaged = sorted(_PACKAGED.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    found = packaged[-1] if packaged else shutil.which("pg_ctl")
    if found is None:
        raise NoPostgres("PostgreSQL is not installed (Debian: postgresql)")
    return Path(found).resolve().parent


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again with what it kept; its URL, and its folder."""

    url: str
    folder: str

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._pg_ctl("start", "-w", "-l", f"{self.folder}/log")

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; `at_once` as a power cut does, so that it has to recover."""
        self._pg_ctl("stop", "-m", "immediate" if at_once else "fast", "-t", _STOP_WITHIN)

    def _pg_ctl(self, *command: str) -> None:
        _run(_user(), programs() / "pg_ctl", *command, "-D", f"{self.folder}/data")


@contextmanager
def running(options: Mapping[str, str] = {}) -> Iterator[Server]:
    """Run a server with the configuration `options` and yield it, to be running at the end too; raises NoPostgres."""
    at, port, user = programs(), free_port(), _user()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if user:
            shutil.chown(folder, user)
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": folder, **options}
        _run(user, at / "initdb", "-D", f"{folder}/data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with open(f"{folder}/data/postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        server = Server(f"postgresql://{_USER}@127.0.0.1:{port}/postgres", folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def server(options: Mapping[str, str] = {}) -> Iterator[str]:
    """Run a server with the configuration `options` and yield its URL; raises NoPostgres."""
    with running(options) as started:
        yield started.url


def _user() -> str | None:
    """Return the user to run the programs as, None for the one we are."""
    return _USER if os.geteuid() == 0 else None


def _run(user: str | None, *command: str | Path) -> None:
    # A file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([str(part) for part in command], user=user, stdout=said, stderr=said, cwd="/", check=False)
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed: {said.read().decode(errors='replace')}")


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
