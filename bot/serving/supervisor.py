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
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Literal

from bot.knowledge import shared
from bot.knowledge.publish import SnapshotError
from bot.serving.probe import answers, gateway_answers, rasa_answers
from bot.serving.token import ACTIONS
from bot.settings import Settings

Part = Literal["gateway", "rasa"]  # what runs alone on a machine; "rasa" with its action server beside it
READY_WITHIN = 120.0  # seconds
MENDED_AT_MOST, MENDED_IN = 5, 600.0  # how often children are started again, in so many seconds
FOLLOW_EVERY = 4.0  # seconds between looks at which snapshot to serve; processes look at their folder once a second
DRAINED_WITHIN = 21.0  # seconds a gateway that is told to stop has for the answers under way; longer than any takes (ADR 0013)
CLOSED_WITHIN = 5.0  # seconds it then has for Telegram's and for its stores
STOP_WITHIN = {"gateway": 27.0, "rasa": 18.0, "actions": 4.0}  # seconds each child is given before it is killed, one after the other
ROOT = Path(__file__).resolve().parents[2]


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
        environment = {
            **{name: value for name, value in os.environ.items() if name != "TTHC_SECRET_FILE"},  # the children are given what it holds
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
        with self._log_of(name) as log:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the rest in order.
            self.children[name] = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, start_new_session=True
            )

    def _log_of(self, name: str) -> AbstractContextManager[BinaryIO | None]:
        """Open what the child `name` writes its log to; None: this process's own output."""
        if self.settings.log_to == "stdout":
            return nullcontext()
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        return (self.settings.logs / f"{name}.log").open("ab")  # what the last run said before it ended is kept

    def told_at(self, name: str = "") -> str:
        """Return the place where an operator reads the log of the child `name`, or of all."""
        if self.settings.log_to == "stdout":
            return "các dòng ở trên"
        return str(self.settings.logs / f"{name}.log" if name else self.settings.logs)

    def check(self) -> None:
        """Raise ServeError when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise ServeError(f"«{name}» đã dừng (mã {child.returncode}). Xem {self.told_at(name)}")

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
            print(f"«{name}» đã dừng (mã {child.returncode}), đang khởi động lại. Xem {self.told_at(name)}", file=sys.stderr, flush=True)
            self.start(name, *self._commands[name])

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until `ready`; raises ServeError when a child ends or it takes too long."""
        deadline = time.monotonic() + READY_WITHIN
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ServeError(f"{what} chưa sẵn sàng sau {READY_WITHIN:.0f} giây. Xem {self.told_at()}")
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
        print(f"Sẵn sàng sau {time.monotonic() - started:.0f} giây. Nhật ký: {service.told_at()}", flush=True)
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

    def ready() -> None:
        service.wait_until(lambda: answers(actions), "action server")
        service.wait_until(lambda: rasa_answers(settings), "Rasa")

    return ready


def _start_gateway(service: Service) -> Callable[[], None]:
    """Start the gateway; return what waits until it answers. Whether it reaches Rasa is for /readyz to tell whoever sends it citizens."""
    settings = service.settings
    service.start(
        "gateway", sys.executable, "-m", "uvicorn", "bot.serving.application:application", "--host", settings.host, "--port",
        str(settings.port), "--ws", "none", "--no-access-log", "--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown",
        f"{DRAINED_WITHIN:.0f}",
    )  # fmt: skip
    return lambda: service.wait_until(lambda: gateway_answers(settings), "gateway")
