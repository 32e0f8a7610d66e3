"""Take the pictures of the widget that the README shows: `make screenshots`. One command: it runs the assistant itself, real model and all.

Every picture is a state a citizen meets: the button on a ward's site, the chat, an answer, a choice, dark, in English, without a network, on paper-width.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.service import free_port, running  # noqa: E402 - the tools stand outside the package

PICTURES = ROOT / "docs/img"
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1000, "height": 760}
QUESTION = "Con tôi mới sinh, làm giấy khai sinh cần giấy tờ gì?"
UNCLEAR = "kết hôn với người nước ngoài"
PATIENCE = 30_000  # milliseconds
SITE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Phường</title><style>body {{ margin: 0; font: 17px/1.6 serif; color: #234 }} header {{ background: #0b5; color: #fff; padding: 1.2rem }}
main {{ padding: 1.2rem; max-width: 40rem }}</style></head><body><header><b>Trang của phường (trang mẫu)</b></header>
<main><h1>Tin tức</h1><p>Trang này chỉ để thử: đây là chỗ của nội dung do phường đăng.</p></main>
<script src="{gateway}/widget.js" data-unit="phuong-cau-giay" defer></script></body></html>"""


@contextmanager
def site(port: int, gateway: str) -> Iterator[None]:
    """Serve a ward's site on `port`, with the widget of `gateway`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Serve the one page."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(SITE.format(gateway=gateway).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()


def allowed(port: int, folder: Path) -> dict[str, str]:
    """Return the setting that lets the site on `port` hold the widget."""
    sites = folder / "sites.yml"
    sites.write_text(f"http://127.0.0.1:{port}: []\n", encoding="utf-8")
    return {"TTHC_SITES": str(sites), "TTHC_WEB_URL": f"sqlite:///{folder / 'web.sqlite3'}"}


def opened(page: Page) -> None:
    """Open the chat."""
    page.get_by_role("button", name="Hỏi về thủ tục").click()
    page.get_by_text("Ví dụ:").wait_for()


def asked(text: str) -> Callable[[Page], None]:
    """Return what opens the chat and asks `text`."""

    def ask(page: Page) -> None:
        opened(page)
        page.get_by_label("Câu hỏi của bạn").fill(text)
        page.keyboard.press("Enter")
        page.locator("tthc-chat .turn .answer").wait_for()

    return ask


def ticked(page: Page) -> None:
    """Tick the first papers of an answer."""
    asked(QUESTION)(page)
    for n in range(2):
        page.get_by_role("checkbox").nth(n).check()


def offline(page: Page) -> None:
    """Ask without a network."""
    with page.expect_response("**/sessions"):
        opened(page)
    page.context.set_offline(True)
    page.get_by_label("Câu hỏi của bạn").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("Đang mất kết nối.").wait_for()


def english(page: Page) -> None:
    """Switch the interface to English."""
    opened(page)
    page.get_by_role("button", name="EN, English").click()


def private(page: Page) -> None:
    """Read how private data are treated."""
    opened(page)
    page.get_by_role("button", name="Quyền riêng tư").click()


STATES: tuple[tuple[str, dict[str, Any], Callable[[Page], None]], ...] = (
    ("closed", {"viewport": DESK}, lambda page: page.get_by_role("button", name="Hỏi về thủ tục").wait_for()),
    ("open", {"viewport": DESK}, opened),
    ("answer", {"viewport": PHONE}, ticked),
    ("choice", {"viewport": PHONE}, asked(UNCLEAR)),
    ("dark", {"viewport": PHONE, "color_scheme": "dark"}, ticked),
    ("offline", {"viewport": PHONE}, offline),
    ("privacy", {"viewport": PHONE}, private),
    ("english", {"viewport": PHONE}, english),
)


def main() -> int:
    """Take the pictures; returns the exit status."""
    path = shutil.which("chromium")
    if not path:
        print("screenshots: no chromium here; install it, e.g. `apt-get install chromium`", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(**allowed(port, Path(folder))) as gateway,
        site(port, gateway),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for name, how, step in STATES:
            context = browser.new_context(reduced_motion="reduce", **how)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"http://127.0.0.1:{port}/")
            step(page)
            page.screenshot(path=PICTURES / f"{name}.png")
            print(PICTURES.relative_to(ROOT) / f"{name}.png")
            context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
