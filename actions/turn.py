"""What every action does around its own decision: read the turn, hand the reply on, remember the context."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.reply import Reply
from bot.knowledge.model import Knowledge
from bot.knowledge.publish import Snapshot
from bot.knowledge.served import Served
from bot.settings import Settings
from bot.understanding.dialogue import Context, Heard

_served: Served[Knowledge] | None = None


def knowledge() -> Knowledge:
    """Return the knowledge of the snapshot that is served; raises SnapshotError when none ever was."""
    global _served
    if _served is None:
        _served = Served(Settings.read().home, _knowledge_of)
    return _served.get()[1]


def _knowledge_of(snapshot: Snapshot) -> Knowledge:
    return snapshot.knowledge


def heard(tracker: Tracker) -> Heard:
    """Return what was understood of the latest message."""
    return Heard.from_message(tracker.latest_message)


def context(tracker: Tracker) -> Context:
    """Return what the conversation remembers, from its slots."""
    return Context(tracker.get_slot("procedure"), tuple(tracker.get_slot("aspects") or ()), tuple(tracker.get_slot("choices") or ()))


def reply(dispatcher: CollectingDispatcher, answer: Reply, after: Context) -> list[dict[str, Any]]:
    """Hand `answer` to the channel as one structured payload, and return the events that remember `after`."""
    dispatcher.utter_message(json_message=answer.to_plain())
    return [
        SlotSet("procedure", after.procedure),
        SlotSet("aspects", list(after.aspects)),
        SlotSet("choices", list(after.choices)),
    ]
