"""Plain text: what a reply reads like in a terminal. The hostile replies drawn here try Telegram too."""

from __future__ import annotations

import itertools
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.reply import Block, BlockType, Button, Item, Link, Reply
from bot.channels.plain import to_text
from bot.knowledge.model import ASPECTS

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["<b>", "</a>", "&amp;", "&lt", "a < b && c > d", "👨‍👩‍👧‍👦", "𝔄𝔅", "שלום <i>", "مرحبا", "\u202e đảo", '"', " ", "\n\n\n", ""]
    ),
)
LONG = st.builds(lambda text, times: text * times, HOSTILE.filter(bool), st.integers(1, 2500)).map(lambda text: text[:9000])
TEXT = st.one_of(HOSTILE, HOSTILE, HOSTILE, LONG)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Draw any reply at all, with hostile and very long text."""
    aspects = st.lists(st.sampled_from(ASPECTS), unique=True).map(tuple)
    items = st.lists(st.builds(Item, TEXT, st.none() | HOSTILE, st.none() | HOSTILE), max_size=6).map(tuple)
    kinds = st.sampled_from(get_args(BlockType))
    blocks = st.lists(st.builds(Block, kinds, TEXT, items, st.none() | st.sampled_from(ASPECTS)), max_size=5).map(tuple)
    buttons = st.lists(st.builds(Button, TEXT, st.none() | st.just("1.000001") | HOSTILE, aspects), max_size=5).map(tuple)
    links = st.lists(st.builds(Link, HOSTILE, st.just('https://example.vn/?a=1&b="2"<3>') | HOSTILE), max_size=3).map(tuple)
    kind = st.sampled_from(["answer", "clarify", "handoff", "smalltalk"])
    return Reply(draw(kind), draw(blocks), (), (), (), draw(buttons), draw(st.lists(TEXT, max_size=2).map(tuple)), draw(links))


ANSWER = Reply(
    "answer",
    (
        Block("title", "Đăng ký khai sinh"),
        Block("text", "Giấy tờ cần chuẩn bị", (), "documents"),
        Block("checklist", "Phải nộp", (Item("Tờ khai", "1 bản chính, mẫu 01", "ký tên"), Item("Giấy chứng sinh")), "documents"),
        Block("steps", "Các bước thực hiện", (Item("Nộp hồ sơ."), Item("Nhận kết quả.")), "steps"),
        Block("note", "Hỏi thêm tổng đài 1900 0000."),
    ),
    codes=("1.000001",),
    buttons=(Button("Lệ phí bao nhiêu?", "1.000001", ("fee",)),),
    sources=("Nguồn: thử.",),
    links=(Link("Xem trên Cổng", "https://example.vn/1"),),
)


def test_an_answer_reads_as_text():
    assert to_text(ANSWER) == (
        "Đăng ký khai sinh\n\n"
        "Giấy tờ cần chuẩn bị\n\n"
        "Phải nộp\n- Tờ khai (1 bản chính, mẫu 01) — ký tên\n- Giấy chứng sinh\n\n"
        "Các bước thực hiện\n1. Nộp hồ sơ.\n2. Nhận kết quả.\n\n"
        "Hỏi thêm tổng đài 1900 0000.\n\n"
        "Xem trên Cổng: https://example.vn/1\n\n"
        "Nguồn: thử."
    )


OFFERED = (Button("Khai sinh", "1.000001"), Button("Khai tử", "1.000002"))


def test_choices_are_numbered_before_the_closing_note():
    reply = Reply("clarify", (Block("text", "Bạn chọn:"), Block("note", "Nếu không phải, gọi 1900 0000.")), buttons=OFFERED)
    assert to_text(reply) == "Bạn chọn:\n\n1. Khai sinh\n2. Khai tử\n\nNếu không phải, gọi 1900 0000."


def test_the_nearest_of_what_is_not_known_are_listed_without_numbers_that_nothing_takes():
    reply = Reply("handoff", (Block("text", "Gần nhất có thể là:"),), buttons=OFFERED)
    assert to_text(reply) == "Gần nhất có thể là:\n\n- Khai sinh\n- Khai tử"


def test_another_procedure_asked_about_in_the_same_message_is_listed():
    reply = Reply(
        "answer", (Block("text", "Còn nhắc tới:"),), codes=("1.000001",), buttons=(OFFERED[1], Button("Lệ phí?", "1.000001", ("fee",)))
    )
    assert to_text(reply) == "Còn nhắc tới:\n\n- Khai tử"


def test_an_empty_reply_is_empty_text():
    assert to_text(Reply("error", ())) == ""


@settings(deadline=None)  # a reply may be long, and the machine busy
@given(replies())
def test_no_two_blank_lines_follow_each_other(reply: Reply):
    lines = to_text(reply).split("\n")
    assert all(a.strip() or b.strip() for a, b in itertools.pairwise(lines))


@settings(deadline=None)  # a reply may be long, and the machine busy
@given(replies())
def test_no_words_are_lost(reply: Reply):
    said = [b.text for b in reply.blocks] + [part or "" for b in reply.blocks for i in b.items for part in (i.text, i.count, i.note)]
    shown = "".join(to_text(reply).split())
    assert all("".join(text.split()) in shown for text in [*said, *reply.sources])
