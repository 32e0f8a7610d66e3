"""`tthc serve`: the action server, the Rasa server and the gateway as one service on one machine, or one part of it on each of many.

The children's output goes to log files. One that ends is started again, unless that happens too often: then all are stopped and the service ends with an
error. Ctrl-C or SIGTERM stops every process: the gateway takes no more messages and
answers those it has, then Rasa and the action server end too. What does not end within its time is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Literal

from bot.knowledge import shared
from bot.knowledge.publish import SnapshotError
from bot.serving.token import ACTIONS, RASA, header
from bot.settings import Settings

Part = Literal["gateway", "rasa"]  # what runs alone on a machine; "rasa" with its action server beside it
READY_WITHIN = 120.0  # seconds
MENDED_AT_MOST, MENDED_IN = 5, 600.0  # how often children are started again, in so many seconds
FOLLOW_EVERY = 4.0  # seconds between looks at which snapshot to serve; processes look at their folder once a second
DRAINED_WITHIN = 21.0  # seconds a gateway that is told to stop has for the answers under way; longer than any takes (ADR 0013)
CLOSED_WITHIN = 5.0  # seconds it then has for Telegram's and for its stores
STOP_WITHIN = {"gateway": 27.0, "rasa": 18.0, "actions": 4.0}  # seconds each child is given before it is killed, one after the other
ROOT = Path(__file__).resolve().parents[2]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own servers stand behind no proxy


class ServeError(Exception):
    """The service cannot start or has ended; the message says which part and where its log is."""


@dataclass
class Service:
    """The processes of the service."""

    settings: Settings
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _mended: deque[float] = field(default_factory=deque)  # when a child was started again

    def start(self, name: str, *command: str) -> None:
        """Start the child `name`, its output to its log."""
        self._commands[name] = command
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "LOG_LEVEL": "WARNING",  # Rasa's debug lines hold what people write
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "",
            "PYTHONPATH": str(ROOT),
            "SANIC_WORKERS": "1",
            "TTHC_HOME": str(self.settings.home),
            "TTHC_ACTION_PORT": str(self.settings.action_port),
            "TTHC_SECRET": self.settings.secret,
            "TTHC_ACTION_TOKEN": self.settings.secret_for(ACTIONS),
        }
        with self.log_of(name).open("ab") as log:  # what the last run said before it ended is kept
            # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the rest in order.
            self.children[name] = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, start_new_session=True
            )

    def log_of(self, name: str) -> Path:
        """Return the log file of the child `name`."""
        return self.settings.logs / f"{name}.log"

    def check(self) -> None:
        """Raise ServeError when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise ServeError(f"«{name}» đã dừng (mã {child.returncode}). Xem {self.log_of(name)}")

    def mend(self) -> None:
        """Start again the children that have ended; raises ServeError when that happens too often to be an accident."""
        for name, child in self.children.items():
            if child.poll() is None:
                continue
            now = time.monotonic()
            while self._mended and now - self._mended[0] > MENDED_IN:
                self._mended.popleft()
            if len(self._mended) >= MENDED_AT_MOST:
                self.check()
            self._mended.append(now)
            print(f"«{name}» đã dừng (mã {child.returncode}), đang khởi động lại. Xem {self.log_of(name)}", file=sys.stderr, flush=True)
            self.start(name, *self._commands[name])

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until `ready`; raises ServeError when a child ends or it takes too long."""
        deadline = time.monotonic() + READY_WITHIN
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ServeError(f"{what} chưa sẵn sàng sau {READY_WITHIN:.0f} giây. Xem {self.settings.logs}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop every child, the last started first and each before the one it needs; asking again does not hurry it."""
        for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(told, signal.SIG_IGN)
        for name, child in reversed(self.children.items()):
            if child.poll() is not None:
                continue
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(STOP_WITHIN[name])
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


class Follower:
    """Has this machine serve the snapshot that the shelf of TTHC_SNAPSHOTS_URL says; the processes here change over to it by themselves."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._shelf = shared.Shelf(settings.snapshots_url) if settings.snapshots_url else None
        self._looked = float("-inf")

    def look(self) -> None:
        """Look at the shelf if the last look was long enough ago; what cannot be fetched now is fetched later."""
        if self._shelf is None or time.monotonic() - self._looked < FOLLOW_EVERY:
            return
        try:
            if version := self._shelf.follow(self._home):
                print(f"Chuyển sang dữ liệu bản {version}.", flush=True)
        except SnapshotError as error:
            print(f"Chưa lấy được dữ liệu mới: {error}", file=sys.stderr, flush=True)
        self._looked = time.monotonic()


def answers(url: str, headers: Mapping[str, str] = {}) -> bool:
    """Tell whether a GET of `url` is answered with success."""
    try:
        with _DIRECT.open(urllib.request.Request(url, headers=dict(headers)), timeout=2) as response:
            return bool(response.status < 300)
    except (urllib.error.URLError, OSError):
        return False


def serve(settings: Settings, only: Part | None = None) -> None:
    """Run the service, or `only` a part of it, until it is told to stop; raises ServeError when it cannot start or a part of it ends."""
    with_rasa = only != "gateway" and (only == "rasa" or settings.rasa_url is None)
    if only == "gateway" and settings.rasa_url is None:
        raise ServeError("Chạy riêng cổng thì phải đặt TTHC_RASA_URL, địa chỉ của máy chủ Rasa.")
    if with_rasa and not settings.model.is_file():
        raise ServeError(f"Chưa có mô hình {settings.model}. Chạy «make setup».")
    service = Service(settings)

    def told_to_stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for told in (signal.SIGTERM, signal.SIGHUP):  # HUP: the terminal was closed
        signal.signal(told, told_to_stop)
    follower = Follower(settings)
    try:
        started = time.monotonic()
        print("Đang khởi động…", flush=True)
        follower.look()
        parts = [_start_rasa] * with_rasa + [_start_gateway] * (only != "rasa")
        for ready in [start(service) for start in parts]:  # all started, then waited for
            ready()
        print(f"Sẵn sàng sau {time.monotonic() - started:.0f} giây. Nhật ký: {settings.logs}", flush=True)
        if only != "rasa":
            print(f"Telegram: {'bật' if settings.telegram_token else 'tắt (đặt TTHC_TELEGRAM_TOKEN để bật)'}")
            print(f"Mở http://{settings.host}:{settings.port}/   (Ctrl-C để dừng)", flush=True)
        while True:
            service.mend()
            follower.look()
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nĐang dừng…", flush=True)
    finally:
        service.stop()


def _start_rasa(service: Service) -> Callable[[], None]:
    """Start the action server and the Rasa server that asks it; return what waits until both are ready."""
    settings = service.settings
    service.start("actions", sys.executable, "-m", "actions.server", str(settings.action_port))
    service.start(
        "rasa", sys.executable, "-m", "rasa", "run", "--interface", settings.rasa_host, "--port", str(settings.rasa_port),
        "--model", str(settings.model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    )  # fmt: skip
    actions = f"http://127.0.0.1:{settings.action_port}/health"
    rasa = f"http://{_reached(settings.rasa_host)}:{settings.rasa_port}/webhooks/gateway/ready"

    def ready() -> None:
        service.wait_until(lambda: answers(actions), "action server")
        service.wait_until(lambda: answers(rasa, header(settings.secret_for(RASA))), "Rasa")

    return ready


def _start_gateway(service: Service) -> Callable[[], None]:
    """Start the gateway; return what waits until it answers. Whether it reaches Rasa is for /readyz to tell whoever sends it citizens."""
    settings = service.settings
    service.start(
        "gateway", sys.executable, "-m", "uvicorn", "bot.serving.application:application", "--host", settings.host, "--port",
        str(settings.port), "--ws", "none", "--no-access-log", "--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown",
        f"{DRAINED_WITHIN:.0f}",
    )  # fmt: skip
    return lambda: service.wait_until(lambda: answers(f"http://{_reached(settings.host)}:{settings.port}/healthz"), "gateway")


def _reached(host: str) -> str:
    """Return the address at which what listens at `host` is reached from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not listened at
