"""The citizen's ward or commune, told when it was asked for: "em ở Yên Hòa" answers whatever the words alone would have sounded like."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn
from bot.answers.compose import answer
from bot.answers.where import with_where
from bot.understanding.dialogue import Context, Decision


def told(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
    """Reply where to file in the ward just told and return the events, or return None when no ward was asked for or none is told."""
    known, context = turn.knowledge(), turn.context(tracker)
    procedure = known.procedures.get(context.procedure or "")
    found = turn.ward_named(tracker) if turn.asked_unit(tracker) and procedure else None
    if procedure is None or found is None:
        return None
    decision = Decision("answer", (procedure.code,), (1.0,), ("place",), Context(procedure.code, ("place",)))
    where = with_where(answer(procedure, decision, known), found, None, known)
    return turn.reply(dispatcher, tracker, where.reply, decision.context, ward=where.unit, asks_ward=where.asks)
