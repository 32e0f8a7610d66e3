"""Rendering for Telegram: whatever a reply holds, Telegram takes it and the citizen sees all of it."""

from __future__ import annotations

import html
import unicodedata

from hypothesis import given, settings

from bot.answers.reply import Block, Button, Item, Link, Reply
from bot.channels.telegram.keyboards import Key, Keyboard
from bot.channels.telegram.render import Message, render, utf16_length
from tests.channels.telegram.rules import check_buttons, visible_text
from tests.channels.test_plain import ANSWER, replies


def seen(text: str) -> str:
    """Return what there is to see of `text`."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "Z" and unicodedata.category(c) not in ("Cc", "Cf"))


@settings(deadline=None)  # a reply may be long, and the machine busy
@given(replies())
def test_telegram_takes_every_message(reply: Reply):
    for message in render(reply):
        visible_text(message.html)
        board = Keyboard.make(reply.kind, [Key.of(label, button) for label, button in message.buttons])
        check_buttons([[{"text": label, "callback_data": data}] for label, data in board.rows()])
        assert all(len(label) <= 64 for label, _ in message.buttons)


@settings(deadline=None)  # a reply may be long, and the machine busy
@given(replies())
def test_no_text_is_lost(reply: Reply):
    messages = render(reply)
    shown = seen("".join(visible_text(m.html) for m in messages))
    source = html.unescape("".join(m.html for m in messages))
    labels = [label for m in messages for label, _ in m.buttons]
    said = [b.text for b in reply.blocks] + [part or "" for b in reply.blocks for i in b.items for part in (i.text, i.count, i.note)]
    for text in [*said, *reply.sources, *(link.text for link in reply.links)]:
        assert seen(text) in shown
    for link in reply.links:
        assert seen(link.url) in seen(source)
    for button in reply.buttons:
        assert seen(button.text) in shown or " ".join(button.text.split()) in labels


def test_an_answer_looks_like_this():
    assert render(ANSWER) == [
        Message(
            "<b>Đăng ký khai sinh</b>\n\n"
            "<b>Giấy tờ cần chuẩn bị</b>\n\n"
            "<b>Phải nộp</b>\n☐ Tờ khai (1 bản chính, mẫu 01) — <i>ký tên</i>\n☐ Giấy chứng sinh\n\n"
            "<b>Các bước thực hiện</b>\n1. Nộp hồ sơ.\n2. Nhận kết quả.\n\n"
            "<i>Hỏi thêm tổng đài 1900 0000.</i>\n\n"
            "Nguồn: thử.\n\n"
            '<a href="https://example.vn/1">Xem trên Cổng</a>',
            (("Lệ phí bao nhiêu?", ANSWER.buttons[0]),),
        )
    ]


def test_long_replies_break_between_blocks_and_keep_their_buttons_at_the_end():
    blocks = tuple(Block("bullets", f"Mục {n}", (Item("x" * 1500),)) for n in range(4))
    messages = render(Reply("answer", blocks, buttons=(Button("Nữa", "1.000001"),)))
    assert [m.html.count("Mục") for m in messages] == [2, 2]
    assert [len(m.buttons) for m in messages] == [0, 1]


def test_length_is_counted_as_telegram_does():
    assert utf16_length("đ😀") == 3
    assert len(render(Reply("answer", (Block("text", "😀" * 2048),)))) == 1
    assert len(render(Reply("answer", (Block("text", "😀" * 2049),)))) == 2


def test_escaping_costs_no_room():
    assert len(render(Reply("answer", (Block("text", "&" * 4096),)))) == 1


def test_a_long_choice_is_shortened_on_its_button_and_said_in_full_above():
    long = "Cấp lại Giấy chứng nhận quyền sử dụng đất do bị mất đối với hộ gia đình, cá nhân"
    [message] = render(Reply("clarify", (Block("text", "Bạn chọn:"),), buttons=(Button(long, "1.000002"),)))
    assert message.buttons == (("Cấp lại Giấy chứng nhận quyền sử dụng đất do bị mất đối với hộ…", Button(long, "1.000002")),)
    assert message.html == f"Bạn chọn:\n\n1. {long}"


def test_a_link_to_anything_but_a_page_is_shown_as_text():
    [message] = render(Reply("answer", (Block("text", "x"),), links=(Link("Gọi", "javascript:alert(1)"),)))
    assert message.html == "x\n\nGọi: javascript:alert(1)"


def test_nothing_to_see_is_no_message():
    assert render(Reply("error", (Block("text", " \u200b\n"),))) == []
