"""Whatever is written in whatever order, the figures of the months are those a count of all dossiers gives, and every change of status is told once."""

from collections import Counter
from dataclasses import astuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dossiers.figures import Asked, Figures, OnTime
from bot.dossiers.gateway import Unreachable
from bot.dossiers.record import Record
from bot.dossiers.store import Store, Written
from bot.dossiers.tables import CITY, changes, dossiers, metadata, monthly
from tests.dossiers.making import CODE, WARD, at, record

OTHER = "H26.19.1-250701-0043"
DAYS = ("2025-06-30", "2025-07-01", "2025-07-31", "2025-08-01")


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A dossier in some state; few codes, so that most are written more than once."""
    return record(
        code=f"H26.19.1-250701-{draw(st.integers(1, 4)):04}", field=draw(st.sampled_from(["Hộ tịch", "Đất đai"])),
        unit=draw(st.sampled_from([WARD, "Xã Vàng"])),
        received=at(draw(st.sampled_from(DAYS))), finished=draw(st.none() | st.sampled_from(DAYS).map(at)), due=draw(st.none() | st.sampled_from(DAYS).map(at)),
        status=draw(st.none() | st.integers(1, 10)), as_of=at("2025-09-01", draw(st.integers(0, 5))), sample=draw(st.booleans()),
    )  # fmt: skip


def counted(connection: sa.engine.Connection) -> Counter[tuple[object, ...]]:
    """The figures, by a count of all dossiers."""
    told: Counter[tuple[object, ...]] = Counter()
    for row in connection.execute(sa.select(dossiers)).mappings():
        for unit in (row["unit"], CITY):
            key = (row["sample"], unit, row["field"])
            told[(*key, row["received_month"], "received")] += 1
            if row["finished_month"]:
                told[(*key, row["finished_month"], "finished")] += 1
                told[(*key, row["finished_month"], "judged")] += row["on_time"] is not None
                told[(*key, row["finished_month"], "on_time")] += row["on_time"] or 0
    return +told


def kept(connection: sa.engine.Connection) -> Counter[tuple[object, ...]]:
    """The figures that are kept."""
    told: Counter[tuple[object, ...]] = Counter()
    for row in connection.execute(sa.select(monthly)).mappings():
        for name in ("received", "finished", "judged", "on_time"):
            assert row[name] >= 0
            told[(row["sample"], row["unit"], row["field"], row["month"], name)] += row[name]
    return +told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(records(), max_size=6), max_size=5))
def test_the_figures_kept_are_those_counted(url: str, batches: list[list[Record]]) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    for batch in batches:
        store.write(batch)
        with store.engine.connect() as connection:
            assert kept(connection) == counted(connection)
    store.close()


def test_the_same_again_changes_nothing(url: str) -> None:
    store = Store(url)
    assert store.write([record(), record(OTHER)]) == Written(2, 0)
    assert store.write([record(status=9), record(OTHER)]) == Written(0, 2)
    store.close()


def test_an_older_state_does_not_come_back(url: str) -> None:
    store = Store(url)
    store.write([record(status=9, as_of=at("2025-07-05"))])
    store.write([record(status=4, as_of=at("2025-07-04"))])
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(dossiers.c.status)).scalar_one() == 9
    store.close()


def test_each_change_of_status_is_told_once_and_in_order(url: str) -> None:
    store = Store(url)
    for status, day in ((4, "2025-07-02"), (4, "2025-07-03"), (5, "2025-07-04"), (9, "2025-07-05"), (9, "2025-07-05")):
        store.write([record(status=status, as_of=at(day))])
    with store.engine.connect() as connection:
        told = connection.execute(sa.select(changes).order_by(changes.c.id)).mappings().all()
    assert [(c["code"], c["status"], c["at"]) for c in told] == [
        (CODE, s, int(at(d).timestamp())) for s, d in ((5, "2025-07-04"), (9, "2025-07-05"))
    ]
    store.close()


def test_a_first_import_tells_no_change(url: str) -> None:
    store = Store(url)
    store.write([record(), record(OTHER)])
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(changes)).all() == []
    store.close()


def told(url: str, asked: Asked) -> OnTime:
    figures = Figures(url)
    try:
        return figures.tell(asked)
    finally:
        figures.close()


def test_figures_are_told_by_unit_field_and_month(url: str) -> None:
    store = Store(url)
    store.write([
        record("H26.1-250701-0001", finished=at("2025-07-03", 18)), record("H26.1-250701-0002", finished=at("2025-08-04")),
        record("H26.1-250701-0003", unit="Xã Vàng", finished=at("2025-07-02")),
        record("H26.1-250701-0004", field="Đất đai", due=None, finished=at("2025-07-02")),
    ])  # fmt: skip
    store.close()
    assert astuple(told(url, Asked(202507, 202507))) == (4, 3, 2, 2, False)  # ready in the evening of the day promised is in time
    assert astuple(told(url, Asked(202508, 202508))) == (0, 1, 1, 0, False)
    assert astuple(told(url, Asked(202507, 202508, unit=WARD, field="Hộ tịch"))) == (2, 2, 2, 1, False)
    assert told(url, Asked(202507, 202508, unit=WARD, field="Hộ tịch")).share == 0.5
    assert told(url, Asked(202401, 202412)).share is None


def test_samples_are_told_only_where_nothing_true_is_kept(url: str) -> None:
    store = Store(url)
    store.write([record(sample=True)])
    assert told(url, Asked(202507, 202507)) == OnTime(received=1, sample=True)
    store.write([record(OTHER), record("H26.19.1-250701-0044")])
    assert told(url, Asked(202507, 202507)) == OnTime(received=2)
    store.close()


def test_figures_of_a_database_that_is_away_are_not_told() -> None:
    with pytest.raises(Unreachable):
        told("postgresql://nobody@127.0.0.1:1/none", Asked(202507, 202507))
