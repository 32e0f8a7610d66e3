"""A real Redis server for a test or a benchmark: started on a free port of 127.0.0.1, nothing of it kept.

The program is that of Debian's package `redis-server`.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from bench.postgres import free_port

_READY_WITHIN = 10.0  # seconds


class NoRedis(Exception):
    """Redis is not installed on this machine."""


@dataclass
class Server:
    """A server that can be stopped and started again, empty: its URL, its command and its process."""

    url: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, with nothing in it, and wait until it answers."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait(self)

    def stop(self) -> None:
        """Stop the server as a power cut does."""
        if self.process:
            self.process.kill()
            self.process.wait()


@contextmanager
def server() -> Iterator[Server]:
    """Run a server and yield it; raises NoRedis."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("Redis is not installed (Debian: redis-server)")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
        running = Server(f"redis://127.0.0.1:{port}/0", command)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def _wait(running: Server) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    with redis.Redis.from_url(running.url) as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
