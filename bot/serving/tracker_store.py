"""Conversations as Rasa keeps them here: the last turns only, and not for long.

Rasa's own stores keep every event of a conversation for ever and read them all back at each message. Here a conversation keeps its last two
turns (each turn sets every slot anew, so none is lost; the form that is open is kept beside them) and is forgotten half an hour after its last message.
They lie in this process, or in the database of TTHC_TRACKERS_URL for several Rasa servers together.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving.rasa_patience import wait_no_longer
from bot.serving.rasa_speed import waste_nothing
from bot.serving.shelf import Shelf, shelf
from bot.settings import Settings

wait_no_longer()
waste_nothing()  # here, since `rasa run` loads this module whatever its channels are

TURNS_KEPT = 2
log = logging.getLogger(__name__)


class RecentTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Keeps the last turns of the conversations of the last half hour on a shelf (the one of the settings when none is given)."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, *, shelf_: Shelf | None = None, **options: Any) -> None:
        super().__init__(domain, event_broker, **options)
        self.shelf = shelf_ or shelf(Settings.read().trackers_url)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return what is kept of the conversation of `sender_id`, None when nothing is."""
        kept = await self.shelf.get(sender_id)
        return self.deserialise_tracker(sender_id, kept) if kept else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Tell the broker what is new in `tracker`, and keep its last turns."""
        await self.stream_events(tracker)
        events = list(tracker.events)
        heard = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(heard) > TURNS_KEPT:
            tracker.events = deque([*_form(tracker), *events[heard[-TURNS_KEPT] :]])
        await self.shelf.put(tracker.sender_id, self.serialise_tracker(tracker))

    async def keys(self) -> Iterable[str]:
        """Return nothing: nobody needs to list who is talking."""
        return ()


async def forget_conversation(store: TrackerStore, sender_id: str) -> None:
    """Delete the conversation of `sender_id` from `store`, through what Rasa has wrapped around it; raises TypeError when a store cannot delete."""
    wrapped = [inner for name in ("_tracker_store", "_fallback_tracker_store") if (inner := vars(store).get(name))]
    for inner in wrapped:
        await forget_conversation(inner, sender_id)
    if isinstance(store, RecentTrackerStore):
        await store.shelf.remove(sender_id)
    elif not wrapped:
        raise TypeError(f"{type(store).__name__}: no way to delete a conversation")


def _form(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events that put `tracker` into the form it is in now, which may have begun before the turns that are kept."""
    if tracker.active_loop_name is None:
        return []
    return [ActiveLoop(tracker.active_loop_name), SlotSet(REQUESTED_SLOT, tracker.get_slot(REQUESTED_SLOT))]
