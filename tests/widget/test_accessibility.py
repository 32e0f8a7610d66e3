"""The chat can be used by everyone: WCAG 2.2 AA, by axe-core in every state and by what axe cannot tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.conftest import Gateway, Site, Visit, Visitor

AXE = Path(__file__).resolve().parents[2] / "bot/widget/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = 44  # CSS pixels
TEXT_SPACING = ".tthc * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } .tthc p { margin-bottom: 2em }"
INSIDE = "document.querySelector('tthc-chat').shadowRoot"


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("no axe-core here: `npm ci` in bot/widget")
    return AXE.read_text(encoding="utf-8")


def findings(page: Any, axe: str) -> list[str]:
    """Return what axe finds wrong in the page: rule, impact, elements."""
    page.evaluate(axe)
    found = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then((r) => r.violations)", TAGS)
    return [f"{v['id']} ({v['impact']}): {[n['target'] for n in v['nodes']]} {v['nodes'][0].get('failureSummary')}" for v in found]


def answered(visitor: Visitor) -> None:
    """Open the chat and get two answers, a paper ticked, a comment begun."""
    visitor.open().ask("tổng quan", "Các bước thực hiện")
    visitor.ask("khai sinh", "Chỉ mang theo để xuất trình")
    visitor.page.get_by_role("checkbox").first.check()
    visitor.tap("Chưa tốt")


def waiting(visitor: Visitor) -> None:
    """Have the assistant think."""
    visitor.ask("chậm")
    visitor.page.get_by_text("Trợ lý đang tìm câu trả lời").wait_for()


def test_axe_finds_nothing_in_any_state(visit: Visit, axe: str) -> None:
    citizen = visit()
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[state] = findings(citizen.page, axe)

    look("closed")
    citizen.open().box.wait_for()
    look("opened")
    citizen.ask("cái nào", "Trường hợp của bạn là")
    look("choosing")
    citizen.tap("EN, English")
    look("English")
    citizen.tap("VI, Tiếng Việt")
    for sheet in ("Quyền riêng tư", "Xóa hội thoại"):
        citizen.tap(sheet)
        look(sheet)
        citizen.page.keyboard.press("Escape")
    waiting(citizen)
    look("waiting")
    citizen.sees("Mình là trợ lý tự động")
    citizen.page.context.set_offline(True)
    citizen.ask("khai sinh")
    citizen.page.get_by_text("Đang mất kết nối.").wait_for()
    look("offline")
    citizen.page.context.set_offline(False)
    citizen.sees("Tờ khai")
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "how", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}]
)
def test_axe_finds_nothing_however_it_is_looked_at(visit: Visit, axe: str, how: dict[str, Any]) -> None:
    citizen = visit(**how)
    answered(citizen)
    assert findings(citizen.page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", ["#ffee00", "#101010"])
def test_no_colour_of_a_site_takes_the_contrast_away(visit: Visit, site: Site, axe: str, colour: str, scheme: str) -> None:
    site.attributes = f'data-colour="{colour}"'
    citizen = visit(color_scheme=scheme)
    assert findings(citizen.page, axe) == []
    citizen.open().ask("cái nào", "Trường hợp của bạn là")
    assert findings(citizen.page, axe) == []


def test_axe_finds_nothing_on_the_page_of_the_assistant(visit: Visit, axe: str, gateway: Gateway) -> None:
    citizen = visit(at=gateway.address + "/")
    citizen.ask("khai sinh", "Tờ khai")
    assert findings(citizen.page, axe) == []


def test_the_keyboard_alone_does_everything(visit: Visit) -> None:
    citizen = visit()
    keyboard = citizen.page.keyboard

    def focused() -> str:
        said = "e ? (e.getAttribute('aria-label') || e.textContent || e.id).trim() : ''"
        name: str = citizen.page.evaluate(f"(() => {{ const e = {INSIDE}.activeElement; return {said}; }})()")
        return name

    def tab_to(name: str, key: str = "Tab") -> None:
        for _ in range(40):
            if focused().startswith(name):
                return
            keyboard.press(key)
        raise AssertionError(f"{name}: cannot be reached; the focus is on {focused()!r}")

    tab_to("Hỏi về thủ tục")
    keyboard.press("Enter")
    citizen.box.wait_for()
    assert citizen.page.evaluate(f"{INSIDE}.activeElement.id") == "message"
    keyboard.type("khai sinh")
    keyboard.press("Enter")
    citizen.sees("Tờ khai")
    tab_to("Cuộc trò chuyện", "Shift+Tab")
    keyboard.press("Tab")
    keyboard.press("Space")
    assert citizen.page.get_by_role("checkbox", name="Tờ khai").is_checked()
    tab_to("Lệ phí bao nhiêu?")
    keyboard.press("Enter")
    citizen.sees("8.000 đồng/bản")
    tab_to("Xóa hội thoại", "Shift+Tab")
    keyboard.press("Enter")
    citizen.page.get_by_role("alertdialog").wait_for()
    keyboard.press("Escape")
    assert focused() == "Xóa hội thoại"
    keyboard.press("Escape")
    citizen.page.get_by_role("dialog").wait_for(state="hidden")
    assert focused().startswith("Hỏi về thủ tục")


def test_the_focus_is_always_seen(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    for _ in range(25):
        citizen.page.keyboard.press("Tab")
        outline = "const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)];"
        seen = citizen.page.evaluate(f"(() => {{ const e = {INSIDE}.activeElement; if (!e) return null; {outline} }})()")
        assert seen is None or (seen[0] != "none" and seen[1] >= 2), citizen.page.evaluate(f"{INSIDE}.activeElement.outerHTML")


def test_every_target_is_large_enough_for_a_thumb(visit: Visit) -> None:
    citizen = visit(viewport={"width": 375, "height": 700})
    answered(citizen)
    small = citizen.page.evaluate(
        f"""(least) => [...{INSIDE}.querySelectorAll("button, a, textarea, summary, .checklist label")].filter((e) => {{
            const {{width, height}} = e.getBoundingClientRect();
            return width && (height < least || width < least);
        }}).map((e) => e.outerHTML)""",
        SMALLEST_TARGET,
    )
    assert small == []


@pytest.mark.parametrize("size", [{"width": 320, "height": 256}, {"width": 320, "height": 700}, {"width": 700, "height": 300}])
def test_nothing_is_lost_at_400_percent_or_on_a_small_phone(visit: Visit, size: dict[str, int]) -> None:
    citizen = visit(viewport=size)
    answered(citizen)
    wide = citizen.page.evaluate(
        f"""[...{INSIDE}.querySelectorAll("*")].filter((e) => {{
            const box = e.getBoundingClientRect();
            return box.width && !e.matches(".for-readers") && (box.right > innerWidth + 1 || box.left < -1);
        }}).map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert wide == []
    for part in (
        citizen.box,
        citizen.page.get_by_role("button", name="Đóng cửa sổ trò chuyện"),
        citizen.page.get_by_role("checkbox").first,
    ):
        part.scroll_into_view_if_needed()
        assert part.is_visible()
        part.click(trial=True)  # nothing lies over it


def test_texts_set_apart_are_not_cut_off(visit: Visit) -> None:
    citizen = visit(viewport={"width": 400, "height": 800})
    citizen.page.evaluate(
        f"(css) => {{ const s = new CSSStyleSheet(); s.replaceSync(css); {INSIDE}.adoptedStyleSheets.push(s); }}", TEXT_SPACING
    )
    answered(citizen)
    cut = citizen.page.evaluate(
        f"""[...{INSIDE}.querySelectorAll("button, p, h2, h3, h4, li, label")].filter((e) => !e.closest(".for-readers") &&
            (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")).map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert cut == []


def test_nothing_moves_for_who_wants_no_motion(visit: Visit) -> None:
    moving = f"[{INSIDE}.getAnimations({{subtree: true}}).length, getComputedStyle({INSIDE}.querySelector('.scroll')).scrollBehavior]"
    still = visit(reduced_motion="reduce").open()
    waiting(still)
    assert still.page.evaluate(moving) == [0, "auto"]
    usual = visit(reduced_motion="no-preference").open()
    waiting(usual)
    assert usual.page.evaluate(moving) == [3, "smooth"]


def test_a_chat_that_opens_by_itself_leaves_the_focus_where_it_was(visit: Visit, site: Site) -> None:
    site.attributes = "data-open"
    citizen = visit()
    citizen.box.wait_for()
    citizen.page.wait_for_timeout(100)
    assert citizen.page.evaluate("document.activeElement.tagName") == "BODY"


def test_on_a_small_window_the_page_below_cannot_be_reached(visit: Visit) -> None:
    citizen = visit(viewport={"width": 320, "height": 640}).open()
    for _ in range(20):
        citizen.page.keyboard.press("Tab")
        assert citizen.page.evaluate("document.activeElement.tagName") in ("TTHC-CHAT", "BODY")
    assert citizen.page.evaluate("document.querySelector('tthc-chat').shadowRoot.querySelector('dialog').matches(':modal')")
