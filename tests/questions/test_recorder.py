"""The recorder keeps nobody waiting, loses nothing on a graceful stop, and counts what it lets go."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.questions.question import Question
from bot.questions.recorder import BATCH, Recorder
from bot.questions.store import QuestionsFailed, QuestionStore, Thumb
from bot.serving.awaited import AwaitedHere
from tests.questions.building import asked

EVER = (0, 2**40)


class Broken(QuestionStore):
    """A store whose disk is full."""

    def write(self, questions: Sequence[Question], settled: Sequence[str] = (), thumbs: Sequence[Thumb] = ()) -> None:
        raise QuestionsFailed("OperationalError")


@pytest.fixture
def store(tmp_path: Path) -> QuestionStore:
    return QuestionStore(f"sqlite:///{tmp_path / 'q.sqlite3'}")


async def test_all_that_was_noted_is_written_when_it_stops(store: QuestionStore) -> None:
    recorder = Recorder(store, AwaitedHere())
    recorder.start()
    for _ in range(BATCH + 3):
        recorder.note("web-a", asked())
    await recorder.stop()
    assert (len(list(store.between(*EVER))), recorder.let_go) == (BATCH + 3, 0)


async def test_when_the_queue_is_full_questions_are_let_go_and_counted_at_once(store: QuestionStore) -> None:
    recorder = Recorder(store, AwaitedHere(), room=2)
    began = time.perf_counter()
    for _ in range(1000):
        recorder.note("web-a", asked())
    assert time.perf_counter() - began < 1
    assert recorder.let_go == 998
    await recorder.stop()
    assert len(list(store.between(*EVER))) == 2


async def test_when_the_database_fails_questions_are_let_go_and_no_text_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder(Broken(f"sqlite:///{tmp_path / 'q.sqlite3'}"), AwaitedHere())
    caplog.set_level(logging.DEBUG)
    recorder.note("web-a", asked("một câu hỏi"))
    await recorder.stop()
    assert recorder.let_go == 1
    assert "câu hỏi" not in caplog.text and "OperationalError" in caplog.text


async def test_a_question_asked_back_is_settled_by_the_next_answer_of_its_conversation_alone(store: QuestionStore) -> None:
    recorder = Recorder(store, AwaitedHere())
    back, left = asked("giấy phép", kind="clarify"), asked("đăng ký", kind="clarify")
    recorder.note("web-a", back)
    recorder.note("web-b", left)
    recorder.note("web-a", asked("giấy phép xây dựng"))
    await recorder.stop()
    assert {q.text: q.is_gap for q in store.between(*EVER)} == {"giấy phép": False, "đăng ký": True, "giấy phép xây dựng": False}


async def test_a_thumb_and_a_wish_to_forget_find_a_question_that_is_not_written_yet(store: QuestionStore) -> None:
    recorder = Recorder(store, AwaitedHere())
    one, other = asked(), asked()
    recorder.note("web-a", one)
    recorder.note("web-a", other)
    recorder.thumb(Thumb(one.id, "down", "chưa đúng"))
    await recorder.forget([other.id])
    assert [(q.id, q.thumb, q.comment) for q in store.between(*EVER)] == [(one.id, "down", "chưa đúng")]
    await recorder.stop()
