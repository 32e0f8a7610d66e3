"""Lines that break: every question is answered once, whatever happens to the network or to the gateway."""

from __future__ import annotations

import time
from typing import Any

from tests.widget.conftest import Gateway, Visit

MESSAGES = "**/api/v1/messages"
EVENTS = "**/api/v1/events*"


def test_a_question_asked_without_a_network_is_kept_told_of_and_sent_when_it_is_back(visit: Visit, gateway: Gateway) -> None:
    citizen = visit()
    with citizen.page.expect_response("**/sessions"):
        citizen.open()
    citizen.page.context.set_offline(True)
    citizen.ask("khai sinh")
    offline = citizen.page.get_by_text("Đang mất kết nối.")
    offline.wait_for()
    assert "1900 0000" in offline.inner_text()
    citizen.page.context.set_offline(False)
    citizen.sees("Tờ khai")
    offline.wait_for(state="detached")


def test_an_answer_lost_on_its_way_is_asked_for_again_by_the_same_id_and_answered_once(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("xin chào", "Chào bạn! Mình là trợ lý tự động")
    before = len(gateway.heard())
    ids: list[str] = []

    def lose(route: Any) -> None:
        ids.append(route.request.post_data_json["id"])
        if len(ids) > 2:
            return route.continue_()
        if len(ids) == 2:
            route.fetch()  # the server answers, and nobody hears it
        route.abort("connectionreset")

    citizen.page.route(MESSAGES, lose)
    citizen.ask("khai sinh", "Tờ khai")
    assert len(ids) == 3 and len(set(ids)) == 1
    assert gateway.heard()[before:] == ["khai sinh"]
    assert citizen.answers() == 2


def test_a_page_left_before_the_answer_goes_on_at_the_next(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh chậm")
    citizen.page.get_by_text("Trợ lý đang tìm câu trả lời").wait_for()
    citizen.page.goto(citizen.page.url + "khac")
    citizen.sees("Tờ khai")
    assert gateway.heard().count("khai sinh chậm") <= 2  # the stub does not wait for the one under way; the gateway does
    assert citizen.answers() == 1


def test_the_gateway_starts_again_in_the_middle_of_a_conversation(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    gateway.stop()
    citizen.ask("tổng quan")
    citizen.page.get_by_text("Đang mất kết nối.").wait_for()
    gateway.start()
    citizen.sees("Các bước thực hiện")
    assert citizen.answers() == 2


def test_what_comes_unasked_is_shown_at_once(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    with citizen.page.expect_response(EVENTS):
        citizen.ask("khai sinh", "Tờ khai")
    gateway.tell()
    citizen.sees("Một hồ sơ vừa có thay đổi.")


def test_what_came_while_away_is_there_at_the_next_visit_and_announced_on_the_button(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.page.get_by_role("button", name="Đóng cửa sổ trò chuyện").click()
    gateway.tell()
    citizen.page.reload()
    citizen.page.get_by_role("button", name="có tin mới").click()
    citizen.sees("Một hồ sơ vừa có thay đổi.")


def test_a_line_that_holds_streams_back_is_asked_now_and_then(visit: Visit, gateway: Gateway) -> None:
    citizen = visit().open()
    citizen.page.route(EVENTS, lambda route: route.abort("connectionreset"))
    with citizen.page.expect_request("**/messages?after=*"):
        citizen.ask("khai sinh", "Tờ khai")
    time.sleep(0.3)
    assert citizen.page.get_by_text("Đang mất kết nối.").count() == 0


def test_a_session_that_is_over_is_begun_anew_without_a_word(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("xin chào", "Chào bạn! Mình là trợ lý tự động")
    refused: list[int] = []

    def refuse(route: Any) -> None:
        refused.append(1)
        if len(refused) == 1:
            return route.fulfill(status=401, json={"detail": "session: too old"}, headers={"Access-Control-Allow-Origin": "*"})
        route.continue_()

    citizen.page.route(MESSAGES, refuse)
    with citizen.page.expect_request("**/sessions"):
        citizen.ask("khai sinh", "Tờ khai")
    assert len(refused) == 2


def test_who_writes_too_fast_is_told_so_and_answered_later(visit: Visit) -> None:
    citizen = visit().open()
    tries: list[float] = []

    def hold(route: Any) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            headers = {"Retry-After": "1", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
            return route.fulfill(status=429, json={"detail": "wait"}, headers=headers)
        route.continue_()

    citizen.page.route(MESSAGES, hold)
    citizen.ask("khai sinh")
    citizen.page.get_by_text("Bạn gửi hơi nhanh.").wait_for()
    citizen.sees("Tờ khai")
    assert tries[1] - tries[0] >= 1


def test_what_the_server_never_takes_is_not_sent_again(visit: Visit) -> None:
    citizen = visit().open()
    tries: list[int] = []

    def refuse(route: Any) -> None:
        tries.append(1)
        route.fulfill(status=413, json={"detail": "too large"}, headers={"Access-Control-Allow-Origin": "*"})

    citizen.page.route(MESSAGES, refuse)
    citizen.ask("dài " * 100)
    citizen.sees("Tin nhắn dài quá")
    time.sleep(1.2)
    assert len(tries) == 1


def test_an_assistant_out_of_order_says_so_and_the_question_can_be_put_again(visit: Visit) -> None:
    citizen = visit().open()
    broken = {"kind": "error", "blocks": [{"type": "text", "text": "Xin lỗi, hệ thống đang trục trặc."}], "buttons": []}
    citizen.page.route(MESSAGES, lambda route: route.fulfill(status=503, json=broken, headers={"Access-Control-Allow-Origin": "*"}))
    citizen.ask("khai sinh", "Xin lỗi, hệ thống đang trục trặc.")
    citizen.page.unroute(MESSAGES)
    citizen.tap("Thử lại")
    citizen.sees("Tờ khai")
    assert citizen.answers() == 1


def test_a_conversation_deleted_without_a_network_is_deleted_on_the_server_later(visit: Visit) -> None:
    citizen = visit().open()
    citizen.ask("khai sinh", "Tờ khai")
    citizen.page.context.set_offline(True)
    citizen.tap("Xóa hội thoại")
    citizen.tap("Xóa hẳn")
    citizen.page.get_by_text("Đã xóa cuộc trò chuyện.").wait_for()
    with citizen.page.expect_response("**/session") as deleted:
        citizen.page.context.set_offline(False)
    assert deleted.value.status == 204
