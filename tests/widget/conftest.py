"""A real browser, a gateway with a stub assistant behind it, and a ward's site on another origin. Passed over, visibly, without a browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.service import ROOT, free_port

READY_WITHIN = 60  # seconds
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Phường Trắng</title>{head}</head><body><main><h1>Phường Trắng</h1><p>Tin tức của phường. <a href="/khac">Trang khác</a></p></main>{tag}</body></html>"""


@dataclass
class Gateway:
    """The gateway in a process of its own, which can be stopped and started again where it was."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "tests.widget.contract:application", "--ws", "none", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            environment = {**os.environ, "STUB_KEPT": str(self.folder / "kept.json")}
            self.process = subprocess.Popen([*command, "--no-access-log"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                httpx.get(f"{self.address}/readyz", timeout=2, trust_env=False)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the gateway was not ready in time")

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def heard(self) -> list[str]:
        """Return what the assistant was asked since the gateway's start."""
        answer: list[str] = httpx.get(f"{self.address}/stub/heard", trust_env=False).json()
        return answer

    def tell(self) -> None:
        """Tell every session something it has not asked for."""
        httpx.post(f"{self.address}/stub/tell", trust_env=False).raise_for_status()


@dataclass
class Site:
    """A ward's site: every path is a page with the widget's line, as `head`, `tag` and `headers` say."""

    port: int
    gateway: Gateway
    attributes: str = 'data-unit="phuong-trang"'
    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def html(self) -> bytes:
        return PAGE.format(head=self.head, tag=f'<script src="{self.gateway.address}/widget.js" {self.attributes} defer></script>').encode()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if not path:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_gateway(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("gateway"))
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(running_gateway: Gateway) -> Iterator[Gateway]:
    """The gateway; a test that stops it need not start it again."""
    yield running_gateway
    if running_gateway.process is None or running_gateway.process.poll() is not None:
        running_gateway.start()


@pytest.fixture
def site(gateway: Gateway) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **made.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(made.html())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Site(server.server_address[1], gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()


@dataclass
class Visitor:
    """A citizen at a page with the widget."""

    page: Any
    troubles: list[str]

    def open(self) -> Visitor:
        self.page.get_by_role("button", name="Hỏi về thủ tục").click()
        return self

    @property
    def box(self) -> Any:
        return self.page.get_by_label("Câu hỏi của bạn")

    def ask(self, text: str, shows: str | None = None) -> None:
        """Ask `text`, and wait until the log shows `shows`."""
        self.box.fill(text)
        self.box.press("Enter")
        if shows:
            self.sees(shows)

    def sees(self, text: str) -> None:
        self.page.get_by_role("log").get_by_text(text).first.wait_for(timeout=15_000)

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def answers(self) -> int:
        found: int = self.page.locator("tthc-chat .turn .answer").count()
        return found


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Visit]:
    """Return what opens a page of the site (or `at` another address) in a browser of its own, or in that of another visitor."""
    contexts: list[Any] = []
    visitors: list[Visitor] = []

    def visited(at: str | None = None, beside: Visitor | None = None, **settings: Any) -> Visitor:
        if beside is None:
            contexts.append(chromium.new_context(**{"viewport": {"width": 1000, "height": 800}, **settings}))
        page = (beside.page.context if beside else contexts[-1]).new_page()
        page.set_default_timeout(15_000)
        visitor = Visitor(page, [])
        page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
        page.goto(at or site.address + "/")
        visitors.append(visitor)
        return visitor

    yield visited
    for context in contexts:
        context.close()
    assert [v.troubles for v in visitors if v.troubles] == [], "the page's script failed"
