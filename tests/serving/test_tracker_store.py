"""Conversations keep their last turns, no more, and never another's."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import AwaitableTrackerStore, FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving.shelf import ShelfInDatabase
from bot.serving.tracker_store import TURNS_KEPT, RecentTrackerStore, forget_conversation

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots: {procedure: {type: any, influence_conversation: false, mappings: [{type: custom}]}}
    """
)


async def talk(store: RecentTrackerStore, turns: int) -> DialogueStateTracker:
    """Say something `turns` times; return the conversation as it is read back."""
    for turn in range(turns):
        tracker = await store.get_or_create_tracker("someone")
        tracker.update_with_events(
            [UserUttered(f"câu {turn}", {"name": "ask"}), SlotSet("procedure", str(turn)), ActionExecuted("action_listen")], DOMAIN
        )
        await store.save(tracker)
    return await store.get_or_create_tracker("someone")


@pytest.mark.parametrize("turns", [1, 2, 50])
def test_the_last_turns_and_slots_are_kept(turns: int) -> None:
    tracker = asyncio.run(talk(RecentTrackerStore(DOMAIN), turns))
    assert sum(isinstance(e, UserUttered) for e in tracker.events) == min(turns, TURNS_KEPT)
    assert tracker.get_slot("procedure") == str(turns - 1)


def test_a_long_conversation_is_no_larger_than_a_short_one() -> None:
    sizes = []
    for turns in (3, 60):
        store = RecentTrackerStore(DOMAIN)
        asyncio.run(talk(store, turns))
        sizes.append(len(asyncio.run(store.shelf.get("someone")) or ""))
    assert sizes[1] < sizes[0] * 1.1


async def _forgotten_through(wrapped: TrackerStore, inner: RecentTrackerStore) -> bool:
    await talk(inner, 3)
    await forget_conversation(wrapped, "someone")
    return await inner.shelf.get("someone") is None and await inner.retrieve("someone") is None


def test_a_conversation_is_forgotten_through_whatever_rasa_wraps_around_the_store() -> None:
    for wrap in (lambda s: s, FailSafeTrackerStore, lambda s: FailSafeTrackerStore(AwaitableTrackerStore(s))):
        inner = RecentTrackerStore(DOMAIN)
        assert asyncio.run(_forgotten_through(wrap(inner), inner))


def test_only_the_conversation_asked_for_is_forgotten() -> None:
    async def forgotten() -> DialogueStateTracker | None:
        store = RecentTrackerStore(DOMAIN)
        await talk(store, 1)
        await forget_conversation(store, "someone else")
        return await store.retrieve("someone")

    assert asyncio.run(forgotten()) is not None


def test_a_store_that_cannot_delete_is_told_aloud() -> None:
    with pytest.raises(TypeError, match="no way to delete"):
        asyncio.run(forget_conversation(TrackerStore(DOMAIN, None), "someone"))


def test_two_servers_hold_one_conversation(tmp_path: Path) -> None:
    async def alternate() -> DialogueStateTracker:
        url = f"sqlite:///{tmp_path / 'conversations.sqlite3'}"
        stores = [RecentTrackerStore(DOMAIN, shelf_=ShelfInDatabase(url)) for _ in range(2)]
        for turn in range(5):
            tracker = await stores[turn % 2].get_or_create_tracker("someone")
            assert tracker.get_slot("procedure") == (str(turn - 1) if turn else None)
            heard = UserUttered(f"câu {turn}", {"name": "ask"})
            tracker.update_with_events([heard, SlotSet("procedure", str(turn)), ActionExecuted("action_listen")], DOMAIN)
            await stores[turn % 2].save(tracker)
        return await stores[0].get_or_create_tracker("someone")

    tracker = asyncio.run(alternate())
    assert [e.text for e in tracker.events if isinstance(e, UserUttered)] == ["câu 3", "câu 4"]


def test_the_broker_is_told_of_every_turn_once() -> None:
    class Told(EventBroker):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def publish(self, event: dict[str, Any]) -> None:
            if event["event"] == "user":
                self.heard.append(event["text"])

    broker = Told()
    asyncio.run(talk(RecentTrackerStore(DOMAIN, broker), 6))
    assert broker.heard == [f"câu {n}" for n in range(6)]
