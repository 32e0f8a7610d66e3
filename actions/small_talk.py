"""Everything said that asks for no procedure: greetings, thanks, help, insults, other topics, nonsense."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier, turn, ward
from bot.answers.compose import compose, offered_again, small_talk
from bot.understanding.dialogue import Context, decide_aside


class ActionSmallTalk(Action):
    """Gives the short reply that fits the intent and keeps the procedure spoken of, unless the citizen starts over."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply; words that take one of the choices offered are taken as such, whatever they sounded like."""
        told = ward.told(dispatcher, tracker)
        if told is not None:
            return told
        known = turn.knowledge()
        heard, context = turn.heard(tracker), turn.context(tracker)
        if heard.intent == "deny" and dossier.in_form(tracker):
            return dossier.cancel(dispatcher, tracker)
        decision = decide_aside(heard, context, known)
        if decision:
            return turn.reply(dispatcher, tracker, compose(decision, known), decision.context)
        if heard.intent == "affirm" and context.choices:
            return turn.reply(dispatcher, tracker, offered_again(context.choices, known), context)
        after = Context() if heard.intent in ("start_over", "deny") else context
        forgets = heard.intent == "start_over"
        events = turn.reply(dispatcher, tracker, small_talk(heard.intent, known.contact), after, forgets=forgets)
        return [*events, *dossier.leave()] if forgets else events
