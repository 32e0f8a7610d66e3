"""Take the pictures of the handbook for staff: `make handbook`. What they show is what the commands print.

One is the page of `tthc preview`; the other what `tthc check` prints of a folder with two slips, drawn as a terminal draws it.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "hinh"
ENTRY = "1.001193"
SLIPS = {"so_tien: 0": "so_tien: miễn phí", "ten_goi_khac:": "ten_goi_kac:"}  # what a hurried hand does to the entry
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ background: #1e1e1e; color: #ddd; margin: 0; padding: 1rem; font: 15px/1.5 monospace; white-space: pre-wrap }}
</style><body>$ tthc check knowledge/procedures/ho-tich
{said}"""


def tthc(*arguments: str, knowledge: Path) -> str:
    """Return what the command prints over the folder `knowledge`."""
    env = os.environ | {"TTHC_KNOWLEDGE": str(knowledge)}
    return subprocess.run([sys.executable, "-m", "bot.cli", *arguments], cwd=ROOT, env=env, capture_output=True, text=True).stdout


def main() -> int:
    """Take the pictures; returns the exit status."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "knowledge"
        shutil.copytree(ROOT / "knowledge", folder)
        page, terminal = Path(scratch) / "preview.html", Path(scratch) / "terminal.html"
        tthc("preview", ENTRY, "--aspect", "fee", "--aspect", "documents", "--page", str(page), knowledge=folder)
        entry = next(folder.glob(f"procedures/*/{ENTRY}.yml"))
        text = entry.read_text(encoding="utf-8")
        for right, wrong in SLIPS.items():
            text = text.replace(right, wrong, 1)
        entry.write_text(text, encoding="utf-8")
        said = tthc("check", "procedures/ho-tich", knowledge=folder)
        terminal.write_text(TERMINAL.format(said=html.escape(said)), encoding="utf-8")
        browser = shutil.which("chromium")
        if not browser:
            print("handbook: no chromium here; install it, e.g. `apt-get install chromium`", file=sys.stderr)
            return 1
        with sync_playwright() as playwright:
            window = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"] if os.geteuid() == 0 else [])
            for source, name, width, height in ((page, "xem-truoc.png", 1100, 1000), (terminal, "kiem-tra.png", 1100, 150)):
                drawn = window.new_page(viewport={"width": width, "height": height})
                drawn.goto(source.as_uri())
                drawn.screenshot(path=PICTURES / name)
                print(f"{PICTURES / name}: {width} x {height} pixels")
            window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
