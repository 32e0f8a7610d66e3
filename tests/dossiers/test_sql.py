"""A dossier is told to the one who proves to own it, and to nobody else; what is written is what is read."""

import time

import pytest

from bot import database
from bot.dossiers.gateway import REFUSAL_TAKES, Unreachable
from bot.dossiers.model import Apology, Event, Step, Supplement
from bot.dossiers.proofs import proof
from bot.dossiers.record import Record
from bot.dossiers.sql import SqlGateway
from bot.dossiers.store import Store
from tests.dossiers.making import CODE, DIGITS, DOSSIER, KEY, at, record

CLOCK_STEP = 0.005  # seconds by which an event loop may wake before its time, by another clock


def kept(url: str, *records: Record) -> SqlGateway:
    store = Store(url)
    for one in records:
        store.write([one])
    store.close()
    return SqlGateway(url, KEY)


async def test_the_owner_reads_all_of_it(url: str) -> None:
    written = record(
        procedure_code="1.001193",
        step=Step("Thẩm định", "Tư pháp", 0.5, at("2025-07-02")), supplements=(Supplement("Giấy\tchứng sinh\\", at("2025-07-05"), "cửa 2"),),
       
        fee_due=8000, apology=Apology("Chờ xác minh\nthêm", at("2025-07-09")), history=(Event(at("2025-07-01"), 2, "đã nhận"),),
        finished=at("2025-07-03"), sample=True,
    )  # fmt: skip
    gateway = kept(url, written)
    assert await gateway.look_up(CODE, DIGITS) == written.dossier
    await gateway.close()


async def test_the_identification_number_proves_as_the_telephone_does(url: str) -> None:
    gateway = kept(url, Record(DOSSIER, phone_proof=proof(KEY, CODE, "1111"), id_proof=proof(KEY, CODE, "2222")))
    assert await gateway.look_up(CODE, "1111") == await gateway.look_up(CODE, "2222") == DOSSIER
    await gateway.close()


@pytest.mark.parametrize(
    ("code", "digits"), [(CODE, "4822"), ("H26.19.1-250701-0043", DIGITS), (CODE, ""), ("'; DROP TABLE dossiers", DIGITS)]
)
async def test_anyone_else_is_refused(url: str, code: str, digits: str) -> None:
    gateway = kept(url, record())
    assert await gateway.look_up(code, digits) is None
    await gateway.close()


async def test_a_dossier_without_any_digits_is_proved_by_none(url: str) -> None:
    gateway = kept(url, Record(DOSSIER))
    assert await gateway.look_up(CODE, "") is None
    await gateway.close()


async def test_wrong_digits_and_no_such_code_are_refused_at_the_same_moment(url: str) -> None:
    gateway = kept(url, record())
    for code in (CODE, "H26.19.1-250701-0043"):
        asked = time.perf_counter()
        await gateway.look_up(code, "0000")
        assert REFUSAL_TAKES - CLOCK_STEP <= time.perf_counter() - asked < 10 * REFUSAL_TAKES
    await gateway.close()


async def test_the_history_goes_on_with_every_change(url: str) -> None:
    gateway = kept(
        url, record(), record(status=9, as_of=at("2025-07-03")), record(status=None, status_text="Chờ cấp mã", as_of=at("2025-07-04"))
    )
    told = await gateway.fetch(CODE)
    assert told and [(e.status, e.note) for e in told.history] == [(9, ""), (None, "Chờ cấp mã")]
    assert (told.status, told.status_text) == (None, "Chờ cấp mã")
    await gateway.close()


async def test_a_database_that_is_away_is_said_to_be(tmp_path: object) -> None:
    gateway = SqlGateway("postgresql://nobody:hidden@127.0.0.1:1/none", KEY)
    with pytest.raises(Unreachable) as said:
        await gateway.look_up(CODE, DIGITS)
    assert "hidden" not in str(said.value) and CODE not in str(said.value)
    await gateway.close()


def test_the_tables_are_those_the_migrations_make(alone: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bot.dossiers.tables import metadata

    database.upgrade(alone)
    engine = database.engine(alone)
    with engine.connect() as connection:
        ours = {"include_object": lambda thing, name, *_: name != "sqlite_sequence"}  # SQLite's own
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
    engine.dispose()
