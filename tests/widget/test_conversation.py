"""A citizen talks with the assistant on a ward's site: what is asked, answered, ticked, taken along, remembered and deleted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.widget.assistant import BIRTH, DOSSIER, PROOF
from tests.widget.conftest import Gateway, Site, Visit


def test_nothing_is_asked_of_the_gateway_or_stored_until_the_chat_is_opened(visit: Visit, site: Site) -> None:
    asked: list[str] = []
    citizen = visit()
    citizen.page.on("request", lambda request: asked.append(request.url))
    citizen.page.reload()
    citizen.page.get_by_role("button", name="Hỏi về thủ tục").wait_for()
    assert [url for url in asked if url.startswith(site.gateway.address)] == [f"{site.gateway.address}/widget.js"]
    assert citizen.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_a_question_is_answered_with_papers_sources_and_links(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh cần gì", "Tờ khai")
    log = citizen.page.get_by_role("log")
    assert log.get_by_role("heading", name="Đăng ký khai sinh").count() == 1
    assert log.get_by_role("checkbox").count() == 3
    citizen.sees("Nguồn: thủ tục mã 1.000001")
    assert log.get_by_role("link", name=re.compile("Mở trang thủ tục")).get_attribute("href") == "https://example.vn/1"
    assert log.get_by_role("link", name=re.compile("Xem bản đồ: Điểm Trắng")).get_attribute("href").endswith("Tr%E1%BA%AFng")


def test_choices_are_buttons_that_say_what_they_mean(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("cái nào", "Trường hợp của bạn là")
    citizen.tap("Đăng ký khai sinh")
    citizen.sees("Tờ khai")
    citizen.tap("Lệ phí bao nhiêu?")
    citizen.sees("8.000 đồng/bản")


def test_what_was_not_asked_is_said_so_with_a_button(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.tap("Không đúng câu tôi hỏi")
    citizen.sees("Bạn hỏi thủ tục nào sau đây?")
    assert citizen.page.get_by_role("button", name="Cấp lại sổ đất bị mất").is_visible()


def test_ticks_and_history_are_there_after_a_reload_and_on_another_page(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.page.get_by_role("checkbox", name="Tờ khai").check()
    citizen.page.reload()
    citizen.sees("Tờ khai")  # open again in this tab, without a tap
    citizen.page.get_by_role("link", name="Trang khác").click()
    citizen.sees("Tờ khai")
    boxes = citizen.page.get_by_role("checkbox")
    assert [boxes.nth(n).is_checked() for n in range(3)] == [True, False, False]


def test_a_page_that_is_loaded_with_a_history_does_not_read_it_out(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.page.add_init_script("""
        const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function (how) {
            const root = attach.call(this, how);
            new MutationObserver(() => {
                const log = root.querySelector("[role=log]");
                if (log && !window.first) window.first = [log.getAttribute("aria-live"), log.textContent.includes("Tờ khai")];
            }).observe(root, {childList: true, subtree: true});
            return root;
        };
    """)
    citizen.page.reload()
    citizen.sees("Tờ khai")
    assert citizen.page.evaluate("window.first") == ["off", True]
    citizen.page.wait_for_function(
        "document.querySelector('tthc-chat').shadowRoot.querySelector('[role=log]').getAttribute('aria-live') === 'polite'"
    )


def test_two_tabs_show_the_same_conversation_and_nothing_twice(visit: Visit, gateway: Gateway) -> None:
    one = visit().open()
    other = visit(beside=one).open()
    before = len(gateway.heard())
    one.ask("khai sinh", "Tờ khai")
    other.sees("Tờ khai")
    other.ask("tổng quan", "Các bước thực hiện")
    one.sees("Các bước thực hiện")
    assert (one.answers(), other.answers()) == (2, 2)
    assert gateway.heard()[before:] == ["khai sinh", "tổng quan"]


def test_a_dossier_is_looked_up_and_its_digits_stay_nowhere(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask(f"hồ sơ {DOSSIER}", "4 số cuối")
    citizen.ask(PROOF, "Trạng thái: đang xử lý")
    kept = citizen.page.evaluate("JSON.stringify(localStorage)")
    assert DOSSIER in kept and PROOF not in kept
    assert citizen.page.get_by_role("log").get_by_text("••••").is_visible()


@pytest.mark.parametrize("said", [f"{DOSSIER} {PROOF}", PROOF])
def test_the_digits_stay_nowhere_though_nobody_has_asked_for_them_yet(visit: Visit, said: str) -> None:
    citizen = visit().open()
    citizen.ask(said, "Trạng thái: đang xử lý")
    assert PROOF not in citizen.page.evaluate("JSON.stringify(localStorage)")


def test_telephone_and_identity_numbers_are_not_kept_in_the_browser(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh, số tôi 0912 345 678, căn cước 001199000001", "Tờ khai")
    kept = citizen.page.evaluate("JSON.stringify(localStorage)")
    assert "345 678" not in kept and "001199" not in kept
    assert "0912 345 678" in gateway.heard()[-1]  # the server hears the whole, and guards its own door


def test_a_long_answer_is_folded_and_unfolds(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("dài", "Thủ tục dài")
    end = citizen.page.get_by_role("log").get_by_text("Phần cuối của câu trả lời.")
    assert end.count() == 0
    citizen.tap("Xem cả câu trả lời")
    assert end.is_visible()


def test_the_papers_are_saved_with_their_ticks(visit: Visit, tmp_path: Path) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.page.get_by_role("checkbox", name="Tờ khai").check()
    with citizen.page.expect_download() as download:
        citizen.tap("Lưu câu trả lời thành tệp chữ")
    assert download.value.suggested_filename == f"thu-tuc-{BIRTH}.txt"
    download.value.save_as(tmp_path / "saved.txt")
    text = (tmp_path / "saved.txt").read_text(encoding="utf-8")
    assert "[x] Tờ khai (1 bản chính, mẫu số 01)" in text and "[ ] Căn cước" in text and "Nguồn:" in text


def test_the_answer_alone_is_printed_whole(visit: Visit) -> None:
    citizen = visit()
    citizen.page.evaluate("""() => {
        const find = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow").get;
        Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {get() {
            const page = find.call(this);
            page.print = () => { window.printed = page.document.body.innerText + page.document.adoptedStyleSheets.length; };
            return page;
        }});
    }""")
    citizen.open().ask("dài", "Thủ tục dài")
    citizen.tap("In câu trả lời hoặc lưu thành PDF")
    printed = citizen.page.evaluate("window.printed")
    assert "Phần cuối của câu trả lời." in printed and "Tin tức của phường" not in printed and printed.endswith("1")


def test_an_answer_is_copied(visit: Visit, site: Site) -> None:
    citizen = visit()
    citizen.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    citizen.open().ask("khai sinh", "Tờ khai")
    citizen.tap("Sao chép")
    citizen.page.get_by_text("Đã chép câu trả lời.").wait_for()
    assert "[ ] Tờ khai" in citizen.page.evaluate("navigator.clipboard.readText()")


def test_a_thumb_and_a_comment_reach_the_server(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    with citizen.page.expect_response("**/feedback") as first:
        citizen.tap("Chưa tốt")
    assert first.value.status == 204
    citizen.page.get_by_label("Bạn muốn góp ý thêm gì không?").fill("thiếu giờ làm việc")
    with citizen.page.expect_response("**/feedback") as second:
        citizen.tap("Gửi góp ý")
    assert json.loads(second.value.request.post_data) == {"seq": 1, "thumb": "down", "comment": "thiếu giờ làm việc"}
    assert citizen.page.get_by_role("button", name="Chưa tốt").get_attribute("aria-pressed") == "true"


def test_a_deleted_conversation_is_gone_here_and_on_the_server(visit: Visit) -> None:
    citizen = visit().open()
    with citizen.page.expect_request("**/messages") as asked:
        citizen.ask("khai sinh", "Tờ khai")
    session = asked.value.headers["authorization"]
    citizen.tap("Xóa hội thoại")
    with citizen.page.expect_response("**/session") as deleted:
        citizen.tap("Xóa hẳn")
    assert (deleted.value.status, deleted.value.request.method) == (204, "DELETE")
    citizen.page.get_by_text("Đã xóa cuộc trò chuyện.").wait_for()
    assert citizen.page.get_by_role("log").get_by_text("Tờ khai").count() == 0
    assert "khai sinh" not in citizen.page.evaluate("JSON.stringify(localStorage)")
    again = citizen.page.request.get(f"{deleted.value.url[: -len('session')]}messages?after=0", headers={"authorization": session})
    assert again.status == 401


def test_the_interface_speaks_english_and_the_answers_are_marked_as_vietnamese(visit: Visit, site: Site) -> None:
    site.attributes = 'data-language="en"'
    citizen = visit()
    citizen.page.get_by_role("button", name="Ask about a procedure").click()
    citizen.page.get_by_label("Your question").fill("khai sinh")
    citizen.page.keyboard.press("Enter")
    citizen.sees("Tờ khai")
    assert citizen.page.get_by_role("button", name="Not what I asked").is_visible()
    assert citizen.page.locator("tthc-chat .turn .answer").get_attribute("lang") == "vi"
    citizen.tap("VI, Tiếng Việt")
    assert citizen.page.get_by_label("Câu hỏi của bạn").is_visible()


@pytest.mark.parametrize(("colour", "bar"), [("#004a8f", "rgb(0, 74, 143)"), ("red;}*{display:none", "rgb(143, 29, 29)")])
def test_a_site_gives_its_colour_and_only_a_colour(visit: Visit, site: Site, colour: str, bar: str) -> None:
    site.attributes = f'data-colour="{colour}" data-position="left" data-greeting="Phường Trắng xin chào!"'
    citizen = visit().open()
    citizen.sees("Phường Trắng xin chào!")
    header = citizen.page.locator("tthc-chat header")
    assert header.evaluate("e => getComputedStyle(e).backgroundColor") == bar
    assert header.bounding_box()["x"] < 100


def test_the_page_of_the_assistant_is_the_same_chat_and_asks_what_its_address_holds(visit: Visit, gateway: Gateway) -> None:
    citizen = visit(at=f"{gateway.address}/?q=khai+sinh")
    citizen.sees("Tờ khai")
    assert citizen.page.url == f"{gateway.address}/"
    assert citizen.page.get_by_role("heading", level=1).count() == 1
