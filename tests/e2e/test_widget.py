"""The assistant's own page in a real browser, with the real model behind it: what a citizen sees is what the API says."""

from __future__ import annotations

import os
import shutil

import pytest


def test_a_citizen_asks_on_the_page_and_goes_on_by_a_button(address: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if not path:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_page(viewport={"width": 390, "height": 780})
        page.goto(f"{address}/?q=dang+ky+khai+sinh+can+giay+to+gi")
        log = page.get_by_role("log")
        log.get_by_role("heading", name="Đăng ký khai sinh").first.wait_for(timeout=30_000)
        assert log.get_by_role("checkbox").count() >= 2
        page.get_by_role("button", name="Lệ phí bao nhiêu?").click()
        log.get_by_role("heading", name="Phí, lệ phí").wait_for(timeout=30_000)
        page.reload()
        log.get_by_role("heading", name="Phí, lệ phí").wait_for(timeout=30_000)
        assert log.locator(".turn").count() == 2
        browser.close()
