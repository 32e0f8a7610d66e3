"""Hostile texts stay text, hostile pages leave the chat as it is, and a strict policy stands in no way."""

from __future__ import annotations

import pytest

from tests.widget.assistant import HOSTILE
from tests.widget.conftest import Site, Visit

STYLES = """<style>
* { all: unset !important; color: lime !important; font-size: 60px !important; display: inline !important; letter-spacing: 20px !important; }
html, body, main { font-size: 7px !important; direction: rtl !important; line-height: 5 !important; }
button, textarea, dialog, p, tthc-chat { display: none !important; position: static !important; opacity: 0 !important; transform: scale(9) !important; }
:root { --bar: lime; --text: lime; --tap: 1px; }
</style>"""
LOOKED_AT = ("color", "fontSize", "fontFamily", "display", "letterSpacing", "lineHeight", "direction", "width", "height")


def looks(visitor: object) -> dict[str, dict[str, str]]:
    """Return how the parts of the chat look: what the browser computed."""
    script = """(names) => {
        const root = document.querySelector("tthc-chat").shadowRoot;
        const parts = ["dialog", "h2", ".bar button", ".notice", ".answer p", "textarea", ".composer button"];
        return Object.fromEntries(parts.map((part) => {
            const style = getComputedStyle(root.querySelector(part));
            return [part, Object.fromEntries(names.map((name) => [name, style[name]]))];
        }));
    }"""
    found: dict[str, dict[str, str]] = visitor.page.evaluate(script, list(LOOKED_AT))  # type: ignore[attr-defined]
    return found


def test_no_style_of_the_page_comes_in_and_none_goes_out(visit: Visit, site: Site) -> None:
    usual = visit().open()
    usual.box.wait_for()
    expected = looks(usual)
    plain = usual.page.evaluate("JSON.stringify(getComputedStyle(document.querySelector('main p')))")
    site.head = STYLES
    hostile = visit()
    hostile.open()
    hostile.box.wait_for()
    assert looks(hostile) == expected
    site.head, site.attributes = "", 'data-unit="x"'
    bare = visit()
    bare.page.evaluate("document.querySelector('tthc-chat').remove()")
    assert bare.page.evaluate("JSON.stringify(getComputedStyle(document.querySelector('main p')))") == plain


def test_hostile_texts_are_shown_as_they_are_written(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("độc " + HOSTILE, "<script>document.title='broken'</script>")
    page = citizen.page
    assert page.title() == "Phường Trắng"
    inside = "document.querySelector('tthc-chat').shadowRoot.querySelectorAll('script, img, style, iframe, [onerror], [style]').length"
    assert page.evaluate(inside) == 0
    assert page.locator("tthc-chat .answer a[href^='javascript']").count() == 0
    assert page.locator("tthc-chat .turn .question").inner_text().endswith(HOSTILE[-6:])
    widths = page.evaluate(
        "(() => { const s = document.querySelector('tthc-chat').shadowRoot.querySelector('.scroll'); return [s.scrollWidth, s.clientWidth]; })()"
    )
    assert widths[0] <= widths[1]


def test_ten_thousand_characters_do_no_harm(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh " + "a" * 10_000, "Tờ khai")
    shown = citizen.page.locator("tthc-chat .turn .question").inner_text()
    assert len(shown) < 1100 and shown.endswith("…")
    citizen.page.reload()
    citizen.sees("Tờ khai")


@pytest.mark.parametrize(
    "kept", ['"nonsense"', "{", "[]", '{"entries": 7}', '{"until": 9e15, "session": "x", "entries": [{"id": "a", "said": "b"}]}']
)
def test_what_somebody_else_put_into_the_storage_breaks_nothing(visit: Visit, site: Site, kept: str) -> None:
    citizen = visit()
    key = f"tthc {site.gateway.address}/ phuong-trang"
    citizen.page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
    citizen.page.reload()
    citizen.open().ask("khai sinh", "Tờ khai")


def test_a_browser_that_stores_nothing_still_talks(visit: Visit) -> None:
    citizen = visit()
    citizen.page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {get() { throw new Error('off'); }});"
    )
    citizen.page.reload()
    citizen.open().ask("khai sinh", "Tờ khai")


def test_a_strict_policy_with_trusted_types_holds(visit: Visit, site: Site) -> None:
    gateway = site.gateway.address
    policy = f"default-src 'none'; script-src {gateway}; connect-src {gateway}; require-trusted-types-for 'script'; trusted-types lit-html"
    site.headers = {"Content-Security-Policy": policy}
    broken: list[str] = []
    citizen = visit()
    citizen.page.on("console", lambda message: broken.append(message.text) if "ontent Security Policy" in message.text else None)
    citizen.page.reload()
    site.attributes = 'data-colour="#004a8f"'
    citizen.page.reload()
    citizen.open().ask("khai sinh", "Tờ khai")
    citizen.page.evaluate("""() => {
        const find = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow").get;
        const page = function () { const page = find.call(this); page.print = () => { window.printed = 1; }; return page; };
        Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {get: page});
    }""")
    citizen.tap("In câu trả lời hoặc lưu thành PDF")
    assert citizen.page.evaluate("window.printed") == 1
    assert [b for b in broken if "favicon" not in b] == []


def test_the_line_pasted_twice_gives_one_chat(visit: Visit, site: Site) -> None:
    site.head = f'<script src="{site.gateway.address}/widget.js" defer></script>'
    citizen = visit()
    assert citizen.page.locator("tthc-chat").count() == 1
