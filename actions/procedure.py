"""Questions about procedures: answered, asked back, or said not to be known."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn
from bot.answers.compose import compose, with_place_note
from bot.knowledge.places import named_in
from bot.understanding.dialogue import decide


class ActionProcedure(Action):
    """Answers a question about a procedure, or takes one of the choices offered."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_procedure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Decide and reply."""
        known, heard = turn.knowledge(), turn.heard(tracker)
        decision = decide(heard, turn.context(tracker), known)
        answer = compose(decision, known)
        place = named_in(heard.text, known.elsewhere)
        return turn.reply(dispatcher, with_place_note(answer, place) if place else answer, decision.context)
