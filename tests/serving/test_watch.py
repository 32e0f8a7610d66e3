"""The watch sees changes and hands notices over: delivered ones once, refused ones later, to the gone none any more."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from bot.answers.reply import Reply
from bot.dossiers.gateway import Unreachable
from bot.dossiers.model import Status
from bot.dossiers.notices import Notices
from bot.dossiers.sql import SqlGateway
from bot.serving import watch as module
from bot.serving.watch import Delivery, Watch
from tests.dossiers.kept import CODE, DIGITS, Kept
from tests.e2e import one_stop_counter

WHO = "telegram-one"


class Channel:
    """Takes notices as it is told to."""

    def __init__(self) -> None:
        self.outcome: Delivery = "delivered"
        self.told: list[tuple[str, str, str]] = []

    async def deliver(self, conversation: str, reply: Reply, key: str) -> Delivery:
        self.told.append((conversation, reply.blocks[0].text, key))
        return self.outcome


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def notices(tmp_path: Path) -> Notices:
    return Notices(f"sqlite:///{tmp_path / 'notices.sqlite3'}")


@pytest.fixture
async def watch(kept: Kept, notices: Notices, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(module, "LOOK_AGAIN_AFTER", -module.LOOK_AGAIN_AFTER)  # each round looks at all
    await notices.watch(WHO, CODE, 4, "")
    return Watch(kept, notices, {"telegram-": channel.deliver})


def change(kept: Kept, status: int) -> None:
    kept.dossiers[CODE] = dataclasses.replace(kept.dossiers[CODE], status=status)


async def rounds(watch: Watch, times: int) -> None:
    for _ in range(times):
        await watch.look()
        await watch.hand_over()


async def test_a_change_is_delivered_once_and_says_nothing_to_a_passer_by(watch: Watch, kept: Kept, channel: Channel) -> None:
    change(kept, 5)
    await rounds(watch, 3)
    ((conversation, text, _),) = channel.told
    assert conversation == WHO
    assert not any(told in text for told in (CODE, "khai sinh", "Bổ sung", "Phường Bịa", "Bịa", DIGITS))


async def test_each_change_is_delivered_under_its_own_key(watch: Watch, kept: Kept, channel: Channel) -> None:
    for status in (5, 4):
        change(kept, status)
        await rounds(watch, 1)
    assert len({key for _, _, key in channel.told}) == 2


async def test_what_failed_is_delivered_later_under_the_same_key(watch: Watch, kept: Kept, channel: Channel) -> None:
    change(kept, 5)
    channel.outcome = "failed"
    await rounds(watch, 2)
    channel.outcome = "delivered"
    await rounds(watch, 2)
    assert len(channel.told) == 3
    assert len({key for _, _, key in channel.told}) == 1


async def test_the_gone_are_watched_for_no_more(watch: Watch, kept: Kept, channel: Channel, notices: Notices) -> None:
    change(kept, 5)
    channel.outcome = "gone"
    await rounds(watch, 1)
    assert list(await notices.watched_by(WHO)) == []


async def test_what_cannot_be_reached_is_no_change(watch: Watch, kept: Kept, channel: Channel) -> None:
    kept.down = True
    with pytest.raises(Unreachable):
        await watch.look()
    kept.down = False
    await rounds(watch, 1)
    assert channel.told == []


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    return one_stop_counter.kept_in(tmp_path)


async def on_database(database: dict[str, str], channel: Channel) -> tuple[Watch, Notices]:
    notices = Notices(database["TTHC_NOTICES_URL"])
    return Watch(SqlGateway(database["TTHC_DOSSIERS_URL"], b"a key"), notices, {"telegram-": channel.deliver}), notices


async def test_changes_of_a_database_are_told_once_also_after_a_restart(database: dict[str, str], channel: Channel) -> None:
    watch, notices = await on_database(database, channel)
    await notices.watch(WHO, CODE, Status.IN_PROGRESS, "")
    await rounds(watch, 1)
    one_stop_counter.change(database["TTHC_DOSSIERS_URL"], Status.DONE)
    await watch.stop()  # the process ended in between
    again, _ = await on_database(database, channel)
    await rounds(again, 2)
    assert [conversation for conversation, _, _ in channel.told] == [WHO]


async def test_after_a_gateway_was_killed_another_looks_when_its_turn_is_over(
    database: dict[str, str], channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN_LASTS", dt.timedelta(seconds=0.2))
    killed, notices = await on_database(database, channel)
    await notices.watch(WHO, CODE, Status.IN_PROGRESS, "")
    await rounds(killed, 1)
    one_stop_counter.change(database["TTHC_DOSSIERS_URL"], Status.DONE)
    other, _ = await on_database(database, channel)
    await rounds(other, 1)
    assert channel.told == []
    await asyncio.sleep(0.25)
    await rounds(other, 1)
    assert [conversation for conversation, _, _ in channel.told] == [WHO]


async def test_a_change_before_the_watch_is_no_news(database: dict[str, str], channel: Channel) -> None:
    watch, notices = await on_database(database, channel)
    await rounds(watch, 1)
    one_stop_counter.change(database["TTHC_DOSSIERS_URL"], Status.DONE, CODE)
    await notices.watch(WHO, CODE, Status.DONE, "")
    await rounds(watch, 1)
    assert channel.told == []


async def test_a_channel_that_breaks_does_not_end_the_watch(
    watch: Watch, kept: Kept, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)
    deliver, broken = channel.deliver, iter([True, False])

    async def breaks_once(conversation: str, reply: Reply, key: str) -> Delivery:
        if next(broken, False):
            raise ValueError
        return await deliver(conversation, reply, key)

    watch._channels = {"telegram-": breaks_once}
    watch.start()
    for status in (5, 4):
        change(kept, status)
        await asyncio.sleep(0.3)
    await watch.stop()
    assert channel.told


async def test_of_two_gateways_one_looks(watch: Watch, kept: Kept, notices: Notices, channel: Channel) -> None:
    other = Watch(kept, notices, {"telegram-": channel.deliver})
    await watch.look()
    kept.looked_up.clear()
    change(kept, 5)
    await other.look()
    assert kept.looked_up == []
    await watch.stop()
    await other.look()
    await other.hand_over()
    assert len(channel.told) == 1
