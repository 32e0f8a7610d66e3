"""The tally: reads what happens in conversations from RabbitMQ and keeps how often, an hour and a kind; `tthc events` runs it.

An event is acknowledged when it is kept, so a tally that was killed counts on from there; one that was being written then may be counted twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import aio_pika
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot import database

TAKEN_AT_ONCE = 500  # events
WAITS_FOR_MORE = 1.0  # seconds
CONNECT_AGAIN_AFTER = 5.0  # seconds
_NAMED_BY = {"message": "intent", "procedure": "code", "action": "action"}  # the field that names what happened
log = logging.getLogger(__name__)
_tables = sa.MetaData()
_counts = sa.Table(
    "event_counts", _tables,
    sa.Column("hour", sa.String(32), primary_key=True), sa.Column("event", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True), sa.Column("count", sa.BigInteger, nullable=False),
)  # fmt: skip

Counted = tuple[str, str, str]  # hour, event, name


class Tally:
    """The counts in the database at `url`. Its methods raise what SQLAlchemy raises."""

    def __init__(self, url: str) -> None:
        self._engine = database.shared(url)
        self._insert: Any = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        _tables.create_all(self._engine)

    def add(self, counted: Counter[Counted]) -> None:
        """Add `counted` to what is kept, in one transaction."""
        new = self._insert(_counts)
        more = new.on_conflict_do_update(index_elements=["hour", "event", "name"], set_={"count": _counts.c.count + new.excluded.count})
        if not counted:
            return
        rows = [{"hour": hour, "event": event, "name": name, "count": count} for (hour, event, name), count in counted.items()]
        with self._engine.begin() as db:
            db.execute(more, rows)

    def counts(self, event: str) -> dict[str, int]:
        """Return how often each name of `event` came, over all hours, the most frequent first."""
        total = sa.func.sum(_counts.c.count)
        wanted = (
            sa.select(_counts.c.name, total).where(_counts.c.event == event).group_by(_counts.c.name).order_by(total.desc(), _counts.c.name)
        )
        with self._engine.begin() as db:
            return {name: int(count) for name, count in db.execute(wanted)}

    def close(self) -> None:
        """Close the database's connections."""
        self._engine.dispose()


def counted(body: bytes) -> Counted | None:
    """Return what the message `body` counts as, None for one that is none of ours."""
    try:
        event = json.loads(body)
        return str(event["at"]), str(event["event"]), str(event[_NAMED_BY[event["event"]]])
    except (ValueError, KeyError, TypeError):
        return None


async def keep_counting(url: str, exchange: str, queue: str, tally: Tally, on_kept: Callable[[int], None] = lambda count: None) -> None:
    """Count the events of RabbitMQ at `url` into `tally` until cancelled; `on_kept` hears how many were kept. Connects again for ever."""
    while True:
        try:
            async with await aio_pika.connect(url) as connection:
                channel = await connection.channel()
                await channel.set_qos(prefetch_count=TAKEN_AT_ONCE)
                source = await channel.declare_exchange(exchange, type=aio_pika.ExchangeType.FANOUT)
                declared = await channel.declare_queue(queue, durable=True)
                await declared.bind(source, "")
                taken: asyncio.Queue[Any] = asyncio.Queue()
                await declared.consume(taken.put)
                while not connection.is_closed:
                    if batch := await _batch(taken):
                        await asyncio.to_thread(tally.add, Counter(filter(None, (counted(message.body) for message in batch))))
                        await batch[-1].ack(multiple=True)
                        on_kept(len(batch))
        except (OSError, aio_pika.exceptions.AMQPError) as error:
            log.warning("tally: RabbitMQ not reached: %s", type(error).__name__)
        except sa.exc.SQLAlchemyError as error:  # what was not kept was not acknowledged: it comes again
            log.error("tally: not kept: %s", type(error).__name__)
        await asyncio.sleep(CONNECT_AGAIN_AFTER)


async def _batch(taken: asyncio.Queue[Any]) -> list[Any]:
    """Return what comes until it is much, or until nothing comes for a while."""
    batch: list[Any] = []
    with contextlib.suppress(asyncio.TimeoutError):
        while len(batch) < TAKEN_AT_ONCE:
            batch.append(await asyncio.wait_for(taken.get(), WAITS_FOR_MORE))
    return batch


def lines_of(tally: Tally, names: Sequence[str] = tuple(_NAMED_BY)) -> list[str]:
    """Return the tally as lines of text, an event a paragraph."""
    return [line for event in names for line in [f"{event}:", *(f"  {count:8} {name}" for name, count in tally.counts(event).items())]]
