"""Questions about one's own dossier."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn, ward
from bot.answers.compose import small_talk
from bot.understanding.dialogue import Context


class ActionDossier(Action):
    """Says where a dossier can be looked up: no one-stop system is connected."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_dossier"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply."""
        told = ward.told(dispatcher, tracker)
        if told is not None:
            return told
        before = turn.context(tracker)
        answer = small_talk("dossier", turn.knowledge().contact)
        return turn.reply(dispatcher, tracker, answer, Context(before.procedure, before.aspects))
