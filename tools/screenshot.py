"""Take the picture of the chat page that the documentation shows: `make screenshot`, with the service running (`make run`).

The page asks the question that its address holds (`/?q=...`); chromium opens it unseen and draws it once the reply is there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "http://127.0.0.1:8080"
QUESTION = "Con tôi mới sinh, làm giấy khai sinh cần giấy tờ gì?"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH, HEIGHT = 420, 900  # CSS pixels: a phone
PAGE_MAY_TAKE = 8000  # milliseconds of the page's own clock, which waits for the reply
BROWSER_MAY_TAKE = 90  # seconds
PNG_HEADER = struct.Struct(">8s8xII")  # signature, (length and name of the first chunk,) width, height


class NoScreenshot(Exception):
    """No picture can be taken; the message says why and what to do."""


def find_browser() -> str:
    """Return the path of a chromium; raises NoScreenshot when there is none."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    raise NoScreenshot(f"no chromium here (looked for {', '.join(BROWSERS)}); install one, e.g. `apt-get install chromium`")


def require_service(service: str) -> None:
    """Raise NoScreenshot unless the service at `service` is ready to answer."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(f"{service}/readyz", timeout=5).close()
    except urllib.error.HTTPError as error:
        raise NoScreenshot(f"{service}/readyz says {error.code}: the service is not ready; see its terminal or .tthc/logs") from error
    except (OSError, ValueError) as error:
        raise NoScreenshot(f"{service}: no service answers there ({error}); start it with `make run`, or name it with --service") from error


def take(browser: str, address: str, picture: Path, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Have `browser` draw `address` into `picture`, a PNG file of `width` x `height` pixels; raises NoScreenshot when it does not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        drawn = Path(folder) / "page.png"
        command = [
            browser, "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-prefers-reduced-motion",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{height}", f"--virtual-time-budget={PAGE_MAY_TAKE}",
            f"--screenshot={drawn}", address,
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # chromium refuses root, as in a container, otherwise
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=BROWSER_MAY_TAKE)
        except subprocess.TimeoutExpired as error:
            raise NoScreenshot(f"{browser} was not done after {BROWSER_MAY_TAKE} seconds") from error
        if done.returncode or not drawn.is_file():
            raise NoScreenshot(f"{browser} drew nothing (exit {done.returncode}):\n{done.stderr.strip()[-2000:]}")
        picture.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(drawn, picture)


def size(picture: Path) -> tuple[int, int]:
    """Return the width and height of the PNG file `picture`, in pixels."""
    with picture.open("rb") as file:
        _, width, height = PNG_HEADER.unpack(file.read(PNG_HEADER.size))
    return width, height


def main() -> int:
    """Take the picture; returns the exit status."""
    parser = argparse.ArgumentParser(description="Take the picture of the chat page for the documentation.")
    parser.add_argument("question", nargs="?", default=QUESTION, help="what the citizen asks (default: %(default)s)")
    parser.add_argument("--service", default=SERVICE, help="address of the running service (default: %(default)s)")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "screenshot.png", help="the PNG file to write")
    asked = parser.parse_args()
    service = asked.service.rstrip("/")
    try:
        browser = find_browser()
        require_service(service)
        take(browser, f"{service}/?{urllib.parse.urlencode({'q': asked.question})}", asked.picture)
    except NoScreenshot as error:
        print(f"screenshot: {error}", file=sys.stderr)
        return 1
    width, height = size(asked.picture)
    print(f"{asked.picture}: {width} x {height} pixels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
