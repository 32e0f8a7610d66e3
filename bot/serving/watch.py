"""The watch: looks after the dossiers that citizens asked to be told of, and hands notices over.

Every `LOOK_EVERY` seconds it looks. A database of ours numbers its changes: those since the last look are read, however many dossiers
are watched. A one-stop system tells none: there the watched dossiers not looked at for longest are read anew, at most `LOOKED_AT_ONCE`
of them. Of several gateways one looks, until it ends: two could see a dossier's statuses in different orders and tell of changes that were none.
Channels that can speak first (Telegram) are given their notices; the others' wait for the next visit.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Literal

from bot.answers.dossier import noticed
from bot.answers.reply import Reply
from bot.dossiers.gateway import DossierGateway, Unreachable
from bot.dossiers.notices import Notice, Notices, NoticesFailed
from bot.dossiers.sql import SqlGateway

Delivery = Literal["delivered", "gone", "failed"]  # gone: the conversation will never take one; failed: try again later
Deliver = Callable[[str, Reply, str], Awaitable[Delivery]]  # a conversation, what it is told, and a key: told once for each key
LOOK_EVERY = 30.0  # seconds
LOOKED_AT_ONCE = 500  # dossiers a round: some 1,000 a minute
CHANGES_AT_ONCE = 5_000  # read in one step; steps follow until none is left
PLACE = "dossiers"  # under which it is remembered how far the changes were read
TURN_LASTS = dt.timedelta(minutes=3)  # of looking; longer than a round, shorter than anybody minds when a gateway was killed
LOOK_AGAIN_AFTER = dt.timedelta(minutes=2)
HANDED_AT_ONCE = 200  # notices a round
log = logging.getLogger(__name__)


class Watch:
    """Looks and hands over until stopped. `channels`: the prefix of a channel's conversations, and how they are told; while `silent`, notices wait."""

    def __init__(
        self,
        gateway: DossierGateway | SqlGateway,
        notices: Notices,
        channels: Mapping[str, Deliver],
        silent: Callable[[], bool] = lambda: False,
    ) -> None:
        self._gateway = gateway
        self._notices = notices
        self._channels = channels
        self._silent = silent
        self._task: asyncio.Task[None] | None = None
        self._name = secrets.token_hex(8)

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Stop; what is being handed over is left to the lease."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(NoticesFailed):
            await self._notices.end_turn(PLACE, self._name)

    async def _go_on(self) -> None:
        while True:
            try:
                await self.look()
                if not self._silent():
                    await self.hand_over()
            except (NoticesFailed, Unreachable) as error:
                log.warning("watch: round not finished: %s", error)
            except Exception as error:  # a channel's own: the watch goes on for the others; its text may hold what was said
                log.error("watch: round not finished: %s", type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Look once, if it is this gateway's turn; raises NoticesFailed, Unreachable."""
        if not await self._notices.take_turn(PLACE, self._name, TURN_LASTS):
            return
        if isinstance(self._gateway, SqlGateway):
            await self._read_changes(self._gateway)
            return
        since = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None) - LOOK_AGAIN_AFTER
        await self._look_at(await self._notices.to_look_at(LOOKED_AT_ONCE, since))

    async def _read_changes(self, gateway: SqlGateway) -> None:
        """Read the changes since the last look; the first look of all begins with those to come."""
        read = await self._notices.read_up_to(PLACE)
        if read is None:
            await self._notices.note_read(PLACE, await gateway.last_change())
            return
        while True:
            after, changed = await gateway.changed_after(read, CHANGES_AT_ONCE)
            if after == read:
                return
            await self._look_at(await self._notices.watched_of(changed))
            await self._notices.note_read(PLACE, after)
            read = after

    async def _look_at(self, codes: Iterable[str]) -> None:
        """Read dossiers as they are now, not as a change says they were: a watch may have begun since."""
        for code in codes:
            found = await self._gateway.fetch(code)
            if found:
                await self._notices.seen(code, found.status, found.status_text)

    async def hand_over(self) -> None:
        """Hand every channel its notices; raises NoticesFailed."""
        for prefix, deliver in self._channels.items():
            for notice in await self._notices.claim(HANDED_AT_ONCE, prefix):
                await self._hand_over(notice, deliver)

    async def _hand_over(self, notice: Notice, deliver: Deliver) -> None:
        outcome = await deliver(notice.conversation, noticed(notice.code), f"notice-{notice.id}")
        if outcome == "failed":
            await self._notices.back(notice)
            return
        await self._notices.done(notice)
        if outcome == "gone":
            await self._notices.end(notice.conversation)
