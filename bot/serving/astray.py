"""Sample questions that the trained model leads to another procedure than their own, or to none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from bot.answers.reply import Reply
from bot.knowledge.files import Loaded
from bot.knowledge.model import Knowledge, Procedure
from bot.knowledge.problems import Problem
from bot.knowledge.publish import publish
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.understanding import index

OFFERED = 5  # choices of a reply that asks back, among which the procedure must be


def changed(before: Knowledge, after: Knowledge) -> list[str]:
    """Return the codes of `after` that people ask for in other words than in `before`."""
    known = {code: _words(p) for code, p in before.procedures.items()}
    return [code for code, p in after.procedures.items() if p.in_full and _words(p) != known.get(code)]


def _words(procedure: Procedure) -> tuple[str | tuple[str, ...], ...]:
    return procedure.name, procedure.label, procedure.other_names, procedure.sample_questions


async def astray(loaded: Loaded, codes: Iterable[str], home: Path, model: Path) -> list[Problem]:
    """Put every sample question of the procedures `codes` to the trained `model` over the knowledge of `loaded`; return those led elsewhere as faults.

    The knowledge is published for this alone, under `home`/check. Raises FileNotFoundError when there is no model.
    """
    publish(loaded.knowledge, home / "check", index.write)
    os.environ["TTHC_HOME"] = str(home / "check")  # where the model's components look for the snapshot
    conversations = await InProcess.load(model, Reception())
    problems = []
    for code in codes:
        for i, question in enumerate(loaded.knowledge.procedures[code].sample_questions):
            reply = await conversations.reply(f"check-{code}-{i}", question, {}, loaded.knowledge.contact)
            if not _reaches(reply, code):
                where = f"{reply.kind}: {', '.join(reply.codes[:3]) or 'không thủ tục nào'}"
                mend = "viết câu rõ hơn, thêm ten_goi_khac, hoặc chuyển câu sang thủ tục kia"
                problems.append(loaded.lines[code].problem(f"cau_hoi_mau[{i}]", f"«{question}» dẫn tới {where}", mend))
    return sorted(problems)


def _reaches(reply: Reply, code: str) -> bool:
    if reply.kind == "answer":
        return reply.codes[:1] == (code,)
    return reply.kind == "clarify" and code in reply.codes[:OFFERED]
