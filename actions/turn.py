"""What every action does around its own decision: read the turn, hand the reply on, remember the context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.reply import Reply
from bot.dossiers import connect
from bot.dossiers.calendar import Calendar
from bot.dossiers.figures import Figures
from bot.knowledge.model import Knowledge
from bot.knowledge.publish import Snapshot
from bot.knowledge.served import Served
from bot.settings import Settings
from bot.understanding.dialogue import Context, Heard
from bot.understanding.gazetteer import Gazetteer, gazetteer
from bot.understanding.units import Found, find


@dataclass(frozen=True)
class Held:
    """What is kept of the snapshot that is served: its knowledge, the names of its wards, and the working days."""

    knowledge: Knowledge
    wards: Gazetteer
    calendar: Calendar


_served: Served[Held] | None = None
_figures: Figures | None = None


def held() -> Held:
    """Return what is kept of the snapshot that is served; raises SnapshotError when none ever was."""
    global _served
    if _served is None:
        _served = Served(Settings.read().home, hold)
    return _served.get()[1]


def hold(snapshot: Snapshot) -> Held:
    """Return what is kept of `snapshot`."""
    known = snapshot.knowledge
    return Held(known, gazetteer(known.units, known.elsewhere), Calendar.of(known.special_days))


def knowledge() -> Knowledge:
    """Return the knowledge of the snapshot that is served."""
    return held().knowledge


def figures() -> Figures:
    """Return the figures of the dossiers kept; raises Unreachable where a one-stop system keeps them and tells none."""
    global _figures
    if _figures is None:
        _figures = connect.figures(Settings.read())
    return _figures


def calendar() -> Calendar:
    """Return the working days, by the knowledge that is served."""
    return held().calendar


def heard(tracker: Tracker) -> Heard:
    """Return what was understood of the latest message."""
    return Heard.from_message(tracker.latest_message)


def context(tracker: Tracker) -> Context:
    """Return what the conversation remembers, from its slots."""
    return Context(tracker.get_slot("procedure"), tuple(tracker.get_slot("aspects") or ()), tuple(tracker.get_slot("choices") or ()))


def said_beside(tracker: Tracker, name: str) -> Any:
    """Return what the channel said beside the latest message under `name` (its metadata), or None.

    `unit`: the key of the ward a link named, which counts for more than what was told before; `unit_else`: the one to take while none was told;
    `ward`: "ask" to ask for the ward, "told" when the message is the answer to that.
    """
    return (tracker.latest_message.get("metadata") or {}).get(name)


def unit(tracker: Tracker) -> str | None:
    """Return the key of the citizen's ward: what a link just named, what the citizen told, or what the channel remembers."""
    keys = (said_beside(tracker, "unit"), tracker.get_slot("unit"), said_beside(tracker, "unit_else"))
    return next((key for key in keys if isinstance(key, str) and key in knowledge().units), None)


def asked_unit(tracker: Tracker) -> bool:
    """Tell whether the citizen was just asked for the ward."""
    return bool(tracker.get_slot("asked_unit")) or said_beside(tracker, "ward") == "told"


def ward_named(tracker: Tracker) -> Found:
    """Return the place the latest message names, a bare name counting when it was just asked for."""
    return find(heard(tracker).text, held().wards, in_answer=asked_unit(tracker))


def reply(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    answer: Reply,
    after: Context,
    *,
    ward: str | None = None,
    asks_ward: bool = False,
    forgets: bool = False,
) -> list[dict[str, Any]]:
    """Hand `answer` to the channel as one structured payload, and return the events that remember `after` and the citizen's ward.

    Every slot is set at every turn: the tracker keeps only the latest turns. `forgets`: the ward told before is not kept either.
    """
    dispatcher.utter_message(json_message=answer.to_plain())
    return [
        SlotSet("procedure", after.procedure),
        SlotSet("aspects", list(after.aspects)),
        SlotSet("choices", list(after.choices)),
        SlotSet("unit", None if forgets else ward or unit(tracker)),
        SlotSet("asked_unit", asks_ward),
        *(SlotSet(name, None if forgets else tracker.get_slot(name)) for name in ("dossier", "dossier_code", "dossier_proof")),
    ]
