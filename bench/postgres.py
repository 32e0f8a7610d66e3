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


@contextmanager
def server(options: Mapping[str, str] = {}) -> Iterator[str]:
    """Run a server with the configuration `options` and yield its URL; raises NoPostgres."""
    at, port = programs(), free_port()
    user = _USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": folder, **options}
        _run(user, at / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with open(f"{data}/postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        _run(user, at / "pg_ctl", "start", "-w", "-D", data, "-l", f"{folder}/log")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _run(user, at / "pg_ctl", "stop", "-D", data, "-m", "fast", "-t", _STOP_WITHIN)


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
