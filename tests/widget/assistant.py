"""An assistant in place of Rasa for the widget's tests: replies of every shape, at once, from knowledge made up for tests."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.answers.compose import answer, small_talk
from bot.answers.reply import Block, Button, Item, Link, Reply
from bot.knowledge.model import ASPECTS, Contact, Knowledge
from bot.understanding.dialogue import Decision
from tests.building import knowledge

BIRTH = "1.000001"
DOSSIER = "000.00.19.H26-250701-0042"
PROOF = "4321"
HOSTILE = (
    "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    "\u202egnort nhgnihC\u202c \u200b\u200d\ufeff \u2066a\u2069 ${7*7} {{7*7}} <!-- </p>"
)
SLOW = 1.5  # seconds


@cache
def made_up() -> Knowledge:
    """The knowledge of tests/building.py."""
    with tempfile.TemporaryDirectory() as folder:
        return knowledge(Path(folder))


def birth(*aspects: str) -> Reply:
    """The answer on registering a birth."""
    told = answer(made_up().procedures[BIRTH], Decision("answer", (BIRTH,), (1.0,), aspects or ("documents",)), made_up())  # type: ignore[arg-type]
    office = Block("bullets", "Điểm tiếp nhận hồ sơ", (Item("Điểm Trắng", None, "Số 1 phố Trắng", "Số 1 phố Trắng"),), "place")
    links = (
        Link("Mở trang thủ tục để nộp trực tuyến", "https://example.vn/1"),
        Link("Không phải trang web", "javascript:document.title='broken'"),
    )
    return Reply(
        told.kind, (*told.blocks, office), told.codes, told.scores, told.aspects, told.buttons, told.sources, (*told.links, *links)
    )


def _long() -> Reply:
    steps = tuple(Item(f"Bước thứ {n}: " + "nộp giấy tờ rồi chờ kết quả. " * 6) for n in range(1, 12))
    return Reply(
        "answer",
        (Block("title", "Thủ tục dài"), Block("steps", "Các bước", steps, "steps"), Block("text", "Phần cuối của câu trả lời.")),
        (BIRTH,),
    )


REPLIES = {
    "khai sinh": birth(),
    "tổng quan": birth("overview", "fee", "time", "place", "steps"),
    "dài": _long(),
    "nào": Reply("clarify", (Block("text", "Trường hợp của bạn là:"),), buttons=(Button("Đăng ký khai sinh", BIRTH, ("documents",)), Button("Khai sinh lại"))),
    "hồ sơ": Reply("clarify", (Block("text", "Bạn nhắn 4 số cuối của số điện thoại."),), awaits=DOSSIER),
    PROOF: Reply("dossier", (Block("title", f"Hồ sơ {DOSSIER}"), Block("text", "Trạng thái: đang xử lý"))),
    "độc": Reply(
        "answer",
        (Block("title", HOSTILE), Block("text", HOSTILE), Block("checklist", HOSTILE, (Item(HOSTILE, HOSTILE, HOSTILE),), "documents")),
        (BIRTH,), buttons=(Button(HOSTILE),), sources=(HOSTILE,), links=(Link(HOSTILE, "javascript:alert(1)"),),
    ),
    "Không đúng câu tôi hỏi": Reply("clarify", (Block("text", "Bạn hỏi thủ tục nào sau đây?"),), buttons=(Button("Cấp lại sổ đất bị mất", "1.000002"),)),
}  # fmt: skip


class StubAssistant:
    """Replies by the word a message holds; `heard` counts what it was asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply whose word is in `text`; a tapped choice counts before words."""
        self.heard.append(text)
        if "chậm" in text:
            await asyncio.sleep(SLOW)
        if metadata.get("choice") == BIRTH:
            return birth(*(metadata.get("aspects") or ASPECTS[:1]))
        return next((reply for word, reply in REPLIES.items() if word in text), small_talk("greet", contact))

    async def ready(self) -> bool:
        """Tell that it works."""
        return True

    async def forget(self, sender: str) -> None:
        """Forget nothing: it remembers nothing."""
