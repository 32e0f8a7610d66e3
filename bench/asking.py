"""Asking the assistant in this process, as a citizen's message is: through the trained model, the rules and the actions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from bench.variants import varied
from bot.channels.assistant import Unanswered
from bot.knowledge import publish
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.settings import Settings

Turn = dict[str, Any]  # of a benchmark's file
Said = dict[str, Any]  # a line of `tthc ask --jsonl` without its text, and the seconds it took


async def assistant() -> InProcess:
    """Return the assistant of this project's model; raises FileNotFoundError when none was trained."""
    return await InProcess.load(Settings.read().model, Reception())


async def ask(conversations: InProcess, turns: Iterable[Turn], run: str) -> list[Said]:
    """Return what is said to `turns` and the seconds each took. Turns of one conversation follow one another; `run` keeps runs apart."""
    contact = publish.open_snapshot(Settings.read().home).knowledge.contact
    said = []
    for turn in turns:
        one = {"id": turn["id"], "turn": turn.get("turn", 1)}
        started = time.perf_counter()
        try:
            reply = await conversations.reply(f"{run}-{turn.get('conv', turn['id'])}", turn["q"], {}, contact)
        except Unanswered:
            said.append({**one, "kind": "error", "codes": [], "scores": [], "aspects": [], "seconds": time.perf_counter() - started})
            continue
        took = time.perf_counter() - started
        told = {"kind": reply.kind, "codes": [*reply.codes], "scores": [*reply.scores], "aspects": [*reply.aspects]}
        said.append({**one, **told, "seconds": took})
    return said


def as_variant(turns: Iterable[Mapping[str, Any]], variant: str) -> list[Turn]:
    """Return `turns` with their questions varied (variants.py)."""
    return [{**turn, "q": varied(turn["q"], variant)} for turn in turns]
