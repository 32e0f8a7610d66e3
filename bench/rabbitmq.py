"""A real RabbitMQ server for a test or a benchmark: started on free ports of 127.0.0.1 in a folder of its own, stopped and removed after.

The program is that of Debian's package `rabbitmq-server`; where we are root it runs as that package's user.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.postgres import free_port

_PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the path would change user and folders by itself
_USER = "rabbitmq"
_READY_WITHIN = 60.0  # seconds


class NoRabbitMQ(Exception):
    """RabbitMQ is not installed on this machine."""


@dataclass
class Server:
    """A server that can be stopped and started again with what it kept."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the amqp address; the account is the one RabbitMQ makes by itself for its own machine."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [str(_PROGRAM)], env=self.environment, user=_user(), stdout=out, stderr=out, cwd=self.folder, start_new_session=True
            )
        deadline = time.monotonic() + _READY_WITHIN
        while not _answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ does not start: {(self.folder / 'out').read_text(errors='replace')[-500:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server as a power cut does."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def server(settings: str = "") -> Iterator[Server]:
    """Run a server with more `settings` than its own, lines of rabbitmq.conf, and yield it; raises NoRabbitMQ."""
    if not _PROGRAM.exists():
        raise NoRabbitMQ("RabbitMQ is not installed (Debian: rabbitmq-server)")
    with tempfile.TemporaryDirectory(prefix="rabbit", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user := _user():
            shutil.chown(folder, user)
        port = free_port()
        (folder / "rabbitmq.conf").write_text("listeners.tcp.local = 127.0.0.1:" + str(port) + "\n" + settings, encoding="ascii")
        (folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        running = Server(folder, port, {
            "PATH": os.environ["PATH"], "HOME": str(folder), "RABBITMQ_NODENAME": f"tthc{port}@localhost", "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port()), "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_MNESIA_BASE": str(folder / "kept"),
            "RABBITMQ_LOG_BASE": str(folder / "log"), "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        })  # fmt: skip
        try:
            running.start()
            yield running
        finally:
            running.stop()
            _end_epmd(running.environment)


def _end_epmd(environment: dict[str, str]) -> None:
    """End the daemon that Erlang leaves behind, once it has heard that its node is gone."""
    command = [shutil.which("epmd") or "epmd", "-port", environment["ERL_EPMD_PORT"], "-kill"]
    for _ in range(20):
        if b"Killed" in subprocess.run(command, env=environment, capture_output=True, check=False).stdout:
            return
        time.sleep(0.1)


def _user() -> str | None:
    return _USER if os.geteuid() == 0 else None


def _answers(port: int) -> bool:
    """Tell whether an AMQP server greets on `port`: to what is no greeting of AMQP it answers with its own version."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.sendall(b"AMQP\x00\x00\x00\x00")
            return probe.recv(4) == b"AMQP"
    except OSError:
        return False
