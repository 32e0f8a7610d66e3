"""A real nginx for a test: deploy/nginx.conf with the names and ports of this machine, started in a folder that is thrown away.

The program is that of Debian's package `nginx`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.postgres import free_port

CONF = Path(__file__).resolve().parents[1] / "deploy/nginx.conf"
_READY_WITHIN = 10.0  # seconds


class NoNginx(Exception):
    """nginx is not installed on this machine."""


def rewritten(text: str, at: Path, servers: Mapping[str, int], ports: Mapping[int, int]) -> str:
    """Return the configuration `text` for this machine.

    `servers`: name -> port here; `ports`: port listened at -> port here. Its own files go below `at`; all else stays as it is.
    """
    for name, port in servers.items():
        text = re.sub(rf"(server ){re.escape(name)}:\d+", rf"\g<1>127.0.0.1:{port}", text)
    for port, here in ports.items():
        text = text.replace(f"listen {port};", f"listen 127.0.0.1:{here};")
    text = text.replace("pid /run/nginx.pid;", f"pid {at}/nginx.pid;\ndaemon off;").replace("/dev/stderr", f"{at}/error.log")
    kept = "".join(f"    {what}_temp_path {at}/{what};\n" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return text.replace("http {\n", "http {\n" + kept, 1)


def checked(conf: Path) -> str:
    """Return what `nginx -t` has to say against the file `conf`, nothing when it takes it; raises NoNginx."""
    done = subprocess.run([_program(), "-t", "-q", "-c", str(conf)], capture_output=True, text=True)
    return done.stderr if done.returncode else ""


@contextmanager
def server(servers: Mapping[str, int], listened: tuple[int, int] = (80, 8081)) -> Iterator[tuple[str, str]]:
    """Run nginx before `servers` and yield its two addresses, the citizens' and the gateways'; raises NoNginx."""
    program = _program()
    ports = {port: free_port() for port in listened}
    with tempfile.TemporaryDirectory(prefix="nginx") as folder:
        conf = Path(folder) / "nginx.conf"
        conf.write_text(rewritten(CONF.read_text(encoding="utf-8"), Path(folder), servers, ports), encoding="utf-8")
        Path(folder).chmod(0o755)  # its workers are another user's
        process = subprocess.Popen([program, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            addresses = tuple(f"http://127.0.0.1:{ports[port]}" for port in listened)
            _wait(addresses[1])
            yield addresses[0], addresses[1]
        finally:
            process.terminate()
            process.wait(10)


def _program() -> str:
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")
    if found is None:
        raise NoNginx("nginx is not installed (Debian: nginx)")
    return found


def _wait(address: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        try:
            httpx.get(address, trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError("nginx did not start")
