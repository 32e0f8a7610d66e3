"""What staff see before they publish is what citizens will see."""

import json
import re
from pathlib import Path

import pytest

from bot.channels import preview
from bot.channels.telegram import render as telegram
from bot.knowledge.model import ASPECTS
from tests.building import knowledge


def test_every_aspect_is_shown_even_one_that_is_unknown(tmp_path: Path) -> None:
    shown = preview.previews("1.000002", knowledge(tmp_path))
    assert [p.aspect for p in shown] == list(ASPECTS)
    assert preview.to_terminal(shown).count("═══ ") == len(ASPECTS)


def test_the_terminal_tells_the_facts_and_the_length_on_telegram(tmp_path: Path) -> None:
    text = preview.to_terminal(preview.previews("1.000001", knowledge(tmp_path), ["fee"]))
    assert "8.000 đồng/bản" in text
    assert re.search(r"Telegram: 1 tin nhắn, dài \d+ ký tự", text)


def test_the_page_holds_the_replies_and_the_telegram_messages_whole(tmp_path: Path) -> None:
    shown = preview.previews("1.000001", knowledge(tmp_path), ["documents", "time"])
    page = preview.to_page("Khai sinh <thử>", shown)
    assert "<title>Khai sinh &lt;thử&gt;</title>" in page
    replies = re.search(r"const replies = (.*);", page)
    assert replies is not None
    assert json.loads(replies[1]) == json.loads(json.dumps([p.reply.to_plain() for p in shown]))
    for part in shown:
        for message in telegram.render(part.reply):
            assert message.html in page


def test_nothing_an_entry_says_can_leave_the_script(tmp_path: Path) -> None:
    shown = preview.previews("1.000001", knowledge(tmp_path), ["overview"])
    reply = shown[0].reply
    evil = reply.blocks[0].__class__("text", "</script><script>alert(1)</script>")
    page = preview.to_page("x", [preview.Preview("overview", reply.__class__("answer", (evil,)))])
    assert page.count("<script") == 1


def test_an_unknown_code_is_no_preview(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        preview.previews("9.999999", knowledge(tmp_path))
