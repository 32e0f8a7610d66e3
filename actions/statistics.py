"""Questions about many procedures at once, and figures of the city."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn, ward
from bot.answers.survey import figure, survey
from bot.understanding.dialogue import Context
from bot.understanding.survey import Survey, figure_asked, read_survey


class ActionStatistics(Action):
    """Tells how many procedures there are and which, or a figure of the city; what it lists can be chosen from."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_statistics"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply."""
        place = ward.told(dispatcher, tracker)
        if place is not None:
            return place
        known, heard = turn.knowledge(), turn.heard(tracker)
        told, asked = figure_asked(heard.text, known), read_survey(heard.text, known)
        answer = figure(told) if told and asked == Survey() else survey(asked, known, told)
        return turn.reply(dispatcher, tracker, answer, Context(choices=answer.codes))
