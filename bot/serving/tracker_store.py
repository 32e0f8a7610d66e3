"""Conversations in memory: the last turns only, and not for long.

Rasa's own store keeps every event of a conversation for ever and reads them all back at each message. Here a conversation keeps its last two
turns (each turn sets every slot anew, so none is lost; the form that is open is kept beside them) and is forgotten half an hour after its last message.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from cachetools import TTLCache
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving.rasa_speed import check_replies_quickly

check_replies_quickly()  # here, since `rasa run` loads this module whatever its channels are

TURNS_KEPT = 2
FORGOTTEN_AFTER = 35 * 60  # seconds; a little longer than the session of domain.yml
MOST_CONVERSATIONS = 50_000


class RecentTrackerStore(InMemoryTrackerStore):
    """Keeps the last turns of the conversations of the last half hour."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **options: Any) -> None:
        super().__init__(domain, event_broker, **options)
        self.store: TTLCache[str, str] = TTLCache(MOST_CONVERSATIONS, FORGOTTEN_AFTER)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns of `tracker`."""
        events = list(tracker.events)
        heard = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(heard) > TURNS_KEPT:
            tracker.events = deque([*_form(tracker), *events[heard[-TURNS_KEPT] :]])
        await super().save(tracker)


def forget_conversation(store: TrackerStore, sender_id: str) -> None:
    """Delete the conversation of `sender_id` from `store`, through what Rasa has wrapped around it; raises TypeError when a store cannot delete."""
    wrapped = [vars(store).get(name) for name in ("_tracker_store", "_fallback_tracker_store")]
    for inner in filter(None, wrapped):
        forget_conversation(inner, sender_id)
    if isinstance(store, InMemoryTrackerStore):
        store.store.pop(sender_id, None)
    elif not any(wrapped):
        raise TypeError(f"{type(store).__name__}: no way to delete a conversation")


def _form(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events that put `tracker` into the form it is in now, which may have begun before the turns that are kept."""
    if tracker.active_loop_name is None:
        return []
    return [ActiveLoop(tracker.active_loop_name), SlotSet(REQUESTED_SLOT, tracker.get_slot(REQUESTED_SLOT))]
