"""Questions about procedures: answered, asked back, or said not to be known."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn, ward
from bot.answers.compose import compose, with_place_note
from bot.answers.where import concerns_wards, with_where
from bot.knowledge.places import named_in
from bot.understanding.dialogue import decide


class ActionProcedure(Action):
    """Answers a question about a procedure, takes one of the choices offered, or hears the ward that was asked for."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_procedure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Decide and reply."""
        told = ward.told(dispatcher, tracker)
        if told is not None:
            return told
        known, heard = turn.knowledge(), turn.heard(tracker)
        decision = decide(heard, turn.context(tracker), known)
        answer = compose(decision, known)
        place = named_in(heard.text, known.elsewhere)
        if place:
            answer = with_place_note(answer, place)
        if (
            decision.kind == "answer"
            and "place" in decision.aspects
            and known.units
            and concerns_wards(known.procedures[decision.codes[0]], known)
        ):
            where = with_where(answer, turn.ward_named(tracker), turn.unit(tracker), known)
            return turn.reply(dispatcher, tracker, where.reply, decision.context, ward=where.unit, asks_ward=where.asks)
        return turn.reply(dispatcher, tracker, answer, decision.context)
