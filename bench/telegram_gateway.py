"""The gateway as it runs in service, with an assistant in place of Rasa that says back what it hears: what bench/telegram.py measures.

`uvicorn bench.telegram_gateway:application`, the settings in the environment.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Mapping
from typing import Any

from bot.answers.reply import Block, Button, Reply
from bot.knowledge.model import Contact
from bot.serving.gateway import create
from bot.settings import Settings

THINKS_FOR = float(os.environ.get("BENCH_THINKS_FOR", "0"))  # seconds an answer takes at most


class Echo:
    """An assistant that says back what it hears."""

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return a reply of the shape of an answer: a title, a list, buttons."""
        if THINKS_FOR:
            await asyncio.sleep(random.random() * THINKS_FOR)  # noqa: S311 - no secret
        buttons = (Button(f"thêm {text}", "1.001193", ("fee",)), Button("Mất bao lâu?", "1.001193", ("time",)))
        return Reply("clarify", (Block("title", text), Block("text", "Bạn chọn một mục.")), buttons=buttons)

    async def ready(self) -> bool:
        """Tell that it works."""
        return True

    async def forget(self, sender: str) -> None:
        """Forget nothing: it remembers nothing."""


application = create(Settings.read(), Echo())
