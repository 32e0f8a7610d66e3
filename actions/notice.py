"""Being told when a dossier changes: asked for, listed, stopped."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier, one_stop, turn
from bot.answers import dossier as say
from bot.answers.compose import simple
from bot.answers.reply import Reply
from bot.answers.wording import NOTICE_FAILED, NOTICE_FIRST_PROVE, NOTICE_OFF, NOTICE_ON
from bot.dossiers.gateway import Unreachable
from bot.dossiers.notices import NoticesFailed
from bot.understanding.notices import wish

log = logging.getLogger(__name__)


class ActionNotice(Action):
    """Does what the citizen wishes of notices; only a dossier proved in this conversation can be watched."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_notice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Do it and reply."""
        try:
            answer = await _done(tracker)
        except (NoticesFailed, Unreachable) as error:
            log.error("notices: not done: %s", error)
            answer = simple("dossier", NOTICE_FAILED)
        return turn.reply(dispatcher, tracker, answer, turn.context(tracker))


async def _done(tracker: Tracker) -> Reply:
    held, heard, sender = one_stop.held(), turn.heard(tracker), tracker.sender_id
    wished = wish(heard.text)
    if wished == "list":
        return say.watching(await held.notices.watched_by(sender))
    if wished == "stop":
        await held.notices.end(sender)
        return simple("dossier", NOTICE_OFF)
    code = dossier.latest(tracker)
    found = await held.gateway.fetch(code) if code else None
    if code is None or found is None:
        return simple("dossier", NOTICE_FIRST_PROVE)
    await held.notices.watch(sender, code, found.status, found.status_text)
    return simple("dossier", NOTICE_ON.format(code=code))
