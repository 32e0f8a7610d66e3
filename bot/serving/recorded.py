"""The assistant with every question recorded without its person: the door between the channels and Rasa that `bot/questions` is fed at."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from bot.answers.reply import Reply
from bot.channels.assistant import QUESTION, Unanswered
from bot.channels.telegram.asking import Assistant
from bot.channels.telegram.seal import CONVERSATIONS
from bot.channels.web.sessions import SENDER
from bot.knowledge.model import Contact
from bot.questions.question import MOST_CODES, Question, hour_of, new_id
from bot.questions.recorder import Recorder
from bot.serving.door import HIDDEN
from bot.serving.reception import Reception
from bot.understanding.codes import take_codes

_CHANNELS = {SENDER: "web", CONVERSATIONS: "telegram"}
# A name that somebody gives as theirs: after these words, two to five words with capital letters.
_NAME = re.compile(
    r"(?P<cue>\b(?:họ (?:và )?tên|tên|Tên|Họ (?:và )?tên)(?: (?:tôi|em|mình|cháu|con|vợ|chồng))?(?: là)?:? |\b(?:[Tt]ôi|[Ee]m|[Mm]ình|[Cc]háu) là )"
    r"(?:[^\W\d_a-zà-ỹ]\w*[ ,.;]?[ ]?){2,5}"
)


class Recorded:
    """`assistant`, each question and its reply noted by `recorder`."""

    def __init__(self, assistant: Assistant, recorder: Recorder) -> None:
        self._assistant = assistant
        self._recorder = recorder

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        """Return the reply to `text`; raises Unanswered. `metadata` may hold, under `QUESTION`, the id that the question is to be kept under."""
        name = metadata.get(QUESTION) or new_id()
        handed_on = {key: value for key, value in metadata.items() if key != QUESTION}
        began = time.perf_counter()
        try:
            reply = await self._assistant.reply(sender, text, handed_on, contact, address=address)
        except Unanswered:
            self._note(name, sender, text, handed_on, Reply("error", ()), began)
            raise
        self._note(name, sender, text, handed_on, reply, began)
        return reply

    async def ready(self) -> bool:
        """Tell whether questions can be answered now."""
        return await self._assistant.ready()

    async def forget(self, sender: str) -> None:
        """Delete all that is remembered of the conversation; raises Unanswered when that is not sure."""
        await self._assistant.forget(sender)

    def _note(self, name: str, sender: str, text: str, metadata: Mapping[str, Any], reply: Reply, began: float) -> None:
        duration = round((time.perf_counter() - began) * 1000)
        channel = next((c for prefix, c in _CHANNELS.items() if sender.startswith(prefix)), "other")
        self._recorder.note(
            sender,
            Question(
                name, hour_of(time.time()), channel, without_person(text), reply.kind, reply.codes[:MOST_CODES],
                reply.scores[0] if reply.scores else None, reply.asked, duration, tapped=bool(metadata.get("choice")),
            ),
        )  # fmt: skip


def without_person(text: str) -> str:
    """Return `text` as staff may read it: as Rasa may see it, and without codes of dossiers and names that people give as theirs."""
    said = _NAME.sub(lambda found: f"{found['cue']}{HIDDEN} ", Reception.masked(text)).strip()
    found = take_codes(said)
    if not found.dossiers and not found.slips:
        return said
    return " ".join([*found.procedures, found.rest, HIDDEN]).strip()
