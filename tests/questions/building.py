"""Questions made up for tests."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from bot.questions.question import Question, hour_of, new_id

NOON = 1_762_059_600  # 2025-11-02 12:00 in Hà Nội
_SUBJECTS = (
    "giấy khai sinh",
    "sổ đỏ",
    "đăng ký kết hôn",
    "hộ chiếu",
    "tạm trú",
    "giấy phép kinh doanh",
    "trợ cấp thất nghiệp",
    "đổi bằng lái xe",
)
_WISHES = (
    "làm {} cần gì",
    "{} bao nhiêu tiền",
    "xin {} ở đâu",
    "mất {} thì sao",
    "{} cho con nuôi",
    "chuyển {} qua mạng",
    "{}",
    "ai được {}",
)
_REST = ("", " ạ", " ở phường", " cho mẹ em", " khi ở xa", " gấp trong ngày", " hộ người khác", " lần thứ hai")


def asked(text: str = "làm giấy khai sinh cần gì", **more: Any) -> Question:
    """Return a question that was answered, or as `more` says."""
    plain = Question(new_id(), hour_of(NOON), "web", text, "answer", ("1.000001",), 0.9, ("documents",), 12)
    return dataclasses.replace(plain, **more)


def many(count: int, seed: int = 8) -> list[Question]:
    """Return `count` questions of some thirty days: seven in ten answered, the others refused, asked back or disliked, their words drawn at random."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        text = draw.choice(_WISHES).format(draw.choice(_SUBJECTS)) + draw.choice(_REST)
        if draw.random() < 0.5:
            text += f" {draw.choice(_SUBJECTS)} {draw.randrange(2000)}"
        kind = draw.choices(("answer", "handoff", "clarify", "out_of_scope"), (70, 12, 13, 5))[0]
        hour = hour_of(NOON - draw.randrange(30 * 24) * 3600)
        made.append(asked(text, kind=kind, hour=hour, codes=("1.000001",) if kind != "handoff" else (), thumb="down" if draw.random() < 0.02 else None,
                          duration=draw.randrange(5, 60)))  # fmt: skip
    return made
