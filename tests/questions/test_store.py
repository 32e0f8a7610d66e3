"""The table of questions, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.questions.question import KEPT_DAYS, hour_of
from bot.questions.store import QuestionsFailed, QuestionStore, Thumb, _questions
from tests.questions.building import NOON, asked

DAY = 24 * 3600


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuestionStore]:
    url = f"sqlite:///{tmp_path / 'q.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = QuestionStore(url)
    yield made
    made.forget([q.id for q in made.between(0, 2**40)])
    made.close()


def test_what_is_written_is_read_again(store: QuestionStore) -> None:
    told = [asked(), asked("sổ đỏ?", kind="handoff", codes=(), confidence=None, aspects=(), tapped=True, channel="telegram")]
    store.write(told)
    assert sorted(store.between(NOON - DAY, NOON + DAY), key=lambda q: q.id) == sorted(told, key=lambda q: q.id)


def test_only_the_days_asked_for_are_read(store: QuestionStore) -> None:
    store.write([asked(hour=NOON - 3600), asked(hour=NOON), asked(hour=NOON + 3600)])
    assert [q.hour for q in store.between(NOON, NOON + 3600)] == [NOON]


def test_a_thumb_lands_on_its_question_and_the_last_word_counts(store: QuestionStore) -> None:
    one, other = asked(), asked()
    store.write([one, other], thumbs=[Thumb(one.id, "up", ""), Thumb(one.id, "down", "sai rồi")])
    found = {q.id: q for q in store.between(0, 2**40)}
    assert found == {one.id: dataclasses.replace(one, thumb="down", comment="sai rồi"), other.id: other}


def test_a_question_is_settled_later(store: QuestionStore) -> None:
    one = asked(kind="clarify")
    store.write([one])
    store.write([], settled=[one.id])
    assert [q.settled for q in store.between(0, 2**40)] == [True]


def test_after_ninety_days_a_question_is_deleted(store: QuestionStore) -> None:
    old, young = asked(hour=NOON), asked(hour=NOON + 2 * 3600)
    store.write([old, young])
    assert store.tidy(NOON + KEPT_DAYS * DAY + 3600) == 1
    assert [q.id for q in store.between(0, 2**40)] == [young.id]


def test_no_column_tells_who_asked_and_a_time_is_an_hour(store: QuestionStore) -> None:
    assert {c.name for c in _questions.c} == {
        "id", "hour", "channel", "text", "kind", "codes", "confidence", "aspects", "duration", "tapped", "settled", "thumb", "comment",
    }  # fmt: skip
    assert hour_of(NOON + 3599.9) == NOON and hour_of(NOON) % 3600 == 0


def test_a_null_character_is_no_fault(store: QuestionStore) -> None:
    store.write([asked("khai\x00 sinh")])
    assert [q.text for q in store.between(0, 2**40)] == ["khai sinh"]


def test_a_database_that_cannot_be_used_is_told_by_kind_alone() -> None:
    nowhere = QuestionStore("postgresql://nobody:hidden@127.0.0.1:9/none")
    with pytest.raises(QuestionsFailed, match=r"^OperationalError$"):
        nowhere.write([asked()])


def test_a_fault_in_the_middle_leaves_nothing_behind(store: QuestionStore) -> None:
    one = asked()
    with pytest.raises(QuestionsFailed):
        store.write([one, one])  # the same id twice
    assert list(store.between(0, 2**40)) == []


def test_sqlite_keeps_no_order_of_arrival(tmp_path: Path) -> None:
    store = QuestionStore(f"sqlite:///{tmp_path / 'q.sqlite3'}")
    store.write([asked()])
    with pytest.raises(QuestionsFailed), store._begin() as db:
        db.execute(sa.text("SELECT rowid FROM questions"))
