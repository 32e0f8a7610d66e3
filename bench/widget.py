"""The widget against rasa-webchat and deep-chat: on the same page, in the same browser, in the same run, on a processor slowed down.

`python -m bench.widget` writes its section of docs/benchmarks.md. The packages come from npm into .bench/ at the first run; Chromium is Debian's.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from bench import report
from tests.e2e.service import free_port

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".bench"
PACKAGES = CACHE / "node_modules"
WANTED = ("rasa-webchat@1.0.1", "deep-chat@2.4.2", "lighthouse@12.8.2")  # lighthouse 13 wants Node 22, Debian has 20
AXE = ROOT / "bot/widget/node_modules/axe-core/axe.min.js"
RUNS = 5
SLOWED = 4  # times
QUESTION = "Làm giấy khai sinh cần gì?"
ANSWER = "Bạn cần tờ khai"
PATIENCE = 60_000  # milliseconds


@dataclass(frozen=True)
class Chat:
    """A chat to measure: where its button, its box and its answer are; `launcher` is empty where the box is there at once."""

    name: str
    files: tuple[Path, ...]
    launcher: str
    box: str


@dataclass
class Measured:
    """What was found; times are milliseconds since the navigation began."""

    interactive: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    requests: int = 0
    received: int = 0  # bytes on the wire until the page was at rest
    axe: list[str] = field(default_factory=list)
    scores: dict[str, int | None] = field(default_factory=dict)


CHATS = (
    Chat("widget", (ROOT / "bot/widget/dist/widget.js",), "tthc-chat .launch", "tthc-chat textarea"),
    Chat("widget-page", (ROOT / "bot/widget/dist/widget.js",), "", "tthc-chat textarea"),
    Chat("rasa-webchat", (PACKAGES / "rasa-webchat/lib/index.js",), ".rw-launcher", ".rw-new-message"),
    Chat("deep-chat", (PACKAGES / "deep-chat/dist/deepChat.bundle.js",), "", "deep-chat #text-input"),
)


def fetch_packages() -> None:
    """Install what is measured against into the cache, once."""
    CACHE.mkdir(exist_ok=True)
    if not all((PACKAGES / name.split("@")[0]).is_dir() for name in WANTED):
        (CACHE / "package.json").write_text("{}", encoding="utf-8")
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *WANTED], cwd=CACHE, check=True)
    if not AXE.is_file():
        subprocess.run(["npm", "ci"], cwd=ROOT / "bot/widget", check=True)


@contextmanager
def pages() -> Iterator[str]:
    """Run the pages; yield their address."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.widget_page:application",
        "--ws",
        "websockets",
        "--log-level",
        "error",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "BENCH_PACKAGES": str(PACKAGES)})
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/page/widget", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def now(page: Page) -> float:
    """Return the page's clock: milliseconds since its navigation began."""
    moment: float = page.evaluate("performance.now()")
    return moment


def talk(chat: Chat, page: Page, address: str, measured: Measured) -> None:
    """Open the page, then the chat, ask, wait for the answer; note when the box took a letter and when the answer stood there."""
    page.goto(f"{address}/page/{chat.name}", wait_until="commit")
    if chat.launcher:
        page.locator(chat.launcher).first.click()
    box = page.locator(chat.box).first
    box.click()
    page.keyboard.type(QUESTION[0])
    measured.interactive.append(now(page))
    page.keyboard.insert_text(QUESTION[1:])
    page.keyboard.press("Enter")
    page.get_by_text(ANSWER).first.wait_for()
    measured.answered.append(now(page))


def measure(browser: Browser, chat: Chat, address: str, measured: Measured) -> None:
    """Take one run of `chat`, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    talk(chat, page, address, measured)
    context.close()


def look(browser: Browser, chat: Chat, address: str, measured: Measured) -> None:
    """Count what the page asks for until it is at rest, then what axe finds in the answered chat."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: setattr(measured, "received", measured.received + event["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/page/{chat.name}")
    page.wait_for_timeout(3000)
    measured.requests = len([url for url in asked if not url.startswith("data:")]) - 1  # the page itself
    talk(chat, page, address, Measured())
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then((result) => result.violations)")
    measured.axe = [f"{finding['id']} ({finding['impact']})" for finding in found]
    context.close()


def lighthouse(chat: Chat, address: str, browser: str) -> dict[str, int | None]:
    """Return Lighthouse's scores of the page with `chat`, 0 to 100."""
    flags = "--headless=new --disable-gpu --disable-background-networking" + (" --no-sandbox" if os.geteuid() == 0 else "")
    command = [
        "node", str(PACKAGES / "lighthouse/cli/index.js"), f"{address}/page/{chat.name}", "--quiet", "--output=json", f"--chrome-flags={flags}",
        "--only-categories=accessibility,best-practices", "--no-enable-error-reporting",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CHROME_PATH": browser}, timeout=300)
    if done.returncode:
        raise RuntimeError(f"lighthouse: {done.stderr[-500:]}")
    categories = json.loads(done.stdout)["categories"]
    return {name: None if c["score"] is None else round(c["score"] * 100) for name, c in categories.items()}


def lines(found: dict[str, Measured]) -> list[str]:
    """Return the section's lines."""
    table = [
        f"{report.machine()}; {RUNS} runs of each in turn, processor slowed {SLOWED} times, medians (slowest).",
        "Requests: of the page with the chat closed, besides the page. Interactive: the box has taken a letter; both times since the navigation",
        "began. The stub answers at once. Lighthouse looks at the page before the chat is opened, axe at the answered chat.",
        'widget-page is the widget with data-open="page": its box is there at once, as that of deep-chat is; the other two are opened by a tap first.',
        "",
        "| chat | bytes | gzip | requests | interactive, ms | first answer, ms | axe findings | Lighthouse accessibility | best practices |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for chat in CHATS:
        m = found[chat.name]
        code = b"".join(path.read_bytes() for path in chat.files)
        times = " | ".join(f"{statistics.median(t):.0f} ({max(t):.0f})" for t in (m.interactive, m.answered))
        axe = f"{len(m.axe)}: {', '.join(m.axe)}" if m.axe else "0"
        table.append(
            f"| {chat.name} | {len(code):,} | {len(gzip.compress(code, 9)):,} | {m.requests} | {times} | {axe} "
            f"| {m.scores['accessibility']} | {m.scores['best-practices']} |"
        )
    return table


def main() -> int:
    """Measure, write the section; returns the exit status."""
    path = shutil.which("chromium")
    if not path or not shutil.which("npm"):
        print("bench.widget: needs chromium and npm (apt-get install chromium npm)", file=sys.stderr)
        return 1
    fetch_packages()
    found = {chat.name: Measured() for chat in CHATS}
    with pages() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for chat in CHATS:
            look(browser, chat, address, found[chat.name])
        for _ in range(RUNS):
            for chat in CHATS:
                measure(browser, chat, address, found[chat.name])
        browser.close()
        for chat in CHATS:
            found[chat.name].scores = lighthouse(chat, address, path)
    report.write("The widget on a site", lines(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
