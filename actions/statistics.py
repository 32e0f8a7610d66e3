"""Questions about many procedures at once, and figures of the city."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn
from actions.ward import told as ward_told
from bot.answers.on_time import on_time, unreachable, which_ward
from bot.answers.reply import Reply
from bot.answers.survey import figure, survey
from bot.dossiers.figures import Asked
from bot.dossiers.gateway import Unreachable
from bot.knowledge.model import Figure
from bot.understanding.dialogue import Context
from bot.understanding.gazetteer import units_of
from bot.understanding.on_time import OnTimeAsked, on_time_asked
from bot.understanding.survey import Survey, figure_asked, read_survey
from bot.understanding.units import Found, Several

log = logging.getLogger(__name__)


class ActionStatistics(Action):
    """Tells how many procedures there are and which, how many dossiers were in time, or a figure of the city; what it lists can be chosen from."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_statistics"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply."""
        place = ward_told(dispatcher, tracker)
        if place is not None:
            return place
        known, heard = turn.knowledge(), turn.heard(tracker)
        told, asked = figure_asked(heard.text, known), read_survey(heard.text, known)
        counted = on_time_asked(heard.text, known)
        ward = turn.ward_named(tracker) if counted else None
        if counted and (counted.named or counted.field or counted.own_ward or ward or not told):
            answer = _on_time(counted, ward, turn.unit(tracker), told)
        else:
            answer = figure(told) if told and asked == Survey() else survey(asked, known, told)
        return turn.reply(dispatcher, tracker, answer, Context(choices=answer.codes))


def _on_time(asked: OnTimeAsked, ward: Found, own: str | None, published: Figure | None) -> Reply:
    """Return the figures of the `ward` that was named, of the citizen's `own` when that was meant, or of the city.

    Where no dossiers of those months are kept, a figure that the city `published` about them is told.
    """
    known = turn.knowledge()
    if isinstance(ward, Several):
        return which_ward(tuple(unit for place in ward.places for unit in units_of(place)))
    units = units_of(ward) if ward else (known.units[own],) if asked.own_ward and own in known.units else ()
    if len(units) > 1 or (asked.own_ward and not units):
        return which_ward(units)
    unit = units[0] if units else None
    field = known.fields[asked.field].name if asked.field else None
    try:
        told = turn.figures().tell(Asked(asked.period.first, asked.period.last, unit.name if unit else None, field))
    except Unreachable as error:
        log.warning("figures of dossiers: %s", error)
        return unreachable(known.contact)
    if published and unit is None and asked.field is None and not told.received:
        return figure(published)
    return on_time(asked, unit, told, known)
