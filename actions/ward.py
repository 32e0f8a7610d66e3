"""The citizen's ward or commune, told when it was asked for: "em ở Yên Hòa" answers whatever the words alone would have sounded like.

A channel can have it asked for, or say that a message tells it (`turn.said_beside`), whether a procedure is spoken of or not.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import turn
from bot.answers import wording as say
from bot.answers.compose import answer, simple
from bot.answers.reply import Reply
from bot.answers.where import noted, with_where
from bot.understanding.dialogue import Context, Decision


def told(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
    """Reply where to file in the ward just told and return the events, or return None when no ward was asked for or none is told."""
    if turn.said_beside(tracker, "ward") == "ask":
        return turn.reply(dispatcher, tracker, simple("clarify", say.WHICH_WARD), turn.context(tracker), asks_ward=True)
    if not turn.asked_unit(tracker):
        return None
    known, context, found = turn.knowledge(), turn.context(tracker), turn.ward_named(tracker)
    procedure = known.procedures.get(context.procedure or "")
    if found is None and turn.said_beside(tracker, "ward") == "told":
        return turn.reply(dispatcher, tracker, simple("clarify", say.WARD_NOT_FOUND), context, asks_ward=True)
    if found is None:
        return None
    if procedure is None:
        where = with_where(Reply("smalltalk", ()), found, None, known)
        return turn.reply(dispatcher, tracker, noted(where, known), context, ward=where.unit, asks_ward=where.asks)
    decision = Decision("answer", (procedure.code,), (1.0,), ("place",), Context(procedure.code, ("place",)))
    where = with_where(answer(procedure, decision, known), found, None, known)
    return turn.reply(dispatcher, tracker, where.reply, decision.context, ward=where.unit, asks_ward=where.asks)
