"""A line of the log is one JSON object with the id of the message at hand, and no library's words about what people say."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import trace
from bot.serving import logs

SECRET = "tôi tên Trần Thị Bịa Đặt 0900123987"


@pytest.fixture(autouse=True)
def own_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put logging back as it was."""
    root, held = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.configure(**held)


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_own_line_is_whole_and_has_the_id(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    with trace.begun() as drawn:
        logging.getLogger("bot.here").info("message", extra={"kind": "answer", "seconds": 0.1})
    (line,) = written(capsys)
    assert {
        "event": "message",
        "process": "gateway",
        "level": "info",
        "trace": drawn,
        "kind": "answer",
        "seconds": 0.1,
    }.items() <= line.items()
    assert line["at"].endswith("Z")


@pytest.mark.parametrize("name", ["rasa.core.processor", "sanic.root", "asyncio", "limits.storage", "sqlalchemy.engine"])
def test_of_a_library_s_line_only_its_place_is_kept(capsys: pytest.CaptureFixture[str], name: str) -> None:
    logs.configure("rasa", "json")
    logging.getLogger(name).warning("could not answer %s", SECRET, extra={"said": SECRET})
    text = capsys.readouterr().err
    assert SECRET not in json.dumps(json.loads(text), ensure_ascii=False)
    assert json.loads(text)["where"].startswith("test_logs.py:")


@pytest.mark.parametrize("before", [True, False])
def test_a_library_with_handlers_of_its_own_or_that_keeps_its_lines_to_itself_gets_no_way_around(
    capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    library = logging.getLogger("sanic.error")
    if before:
        library.addHandler(logging.StreamHandler(sys.stderr))
        library.propagate = False
    logs.configure("rasa", "json")
    if not before:
        library.propagate = False
    library.error("said %s", SECRET)
    library.propagate = True
    (line,) = written(capsys)
    assert SECRET not in str(line)


def test_of_an_exception_its_kind_and_its_way_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    for name in ("bot.here", "rasa.core", "uvicorn.error"):
        try:
            int(SECRET)
        except ValueError:
            logging.getLogger(name).exception("failed")
    text = capsys.readouterr().err
    assert SECRET not in text and "Bịa" not in text and "B\\u1ecba" not in text
    for line in map(json.loads, text.splitlines()):
        assert line["error"] == "ValueError"
        assert line["through"][-1].startswith("test_logs.py:")


def test_rasa_s_structured_lines_keep_their_name_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_logger("rasa.core.before")
    logs.configure("rasa", "json")
    structlog.get_logger("rasa.core.after").warning("processor.message.parse", text=SECRET)
    logging.getLogger("rasa.core").warning(
        json.dumps({"event": "processor.message.parse", "text": SECRET})
    )  # as Rasa's own set-up writes it
    logging.getLogger("rasa.core").warning(json.dumps({"event": SECRET}))
    before.warning("processor.message.parse", text=SECRET)
    lines = written(capsys)
    assert SECRET not in json.dumps(lines, ensure_ascii=False)
    assert [line["event"] for line in lines].count("processor.message.parse") == 3


def test_paths_that_were_asked_for_are_in_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/{SECRET}", "1.1", 404)
    assert capsys.readouterr().err == ""


def test_warnings_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(SECRET, stacklevel=1)
    (line,) = written(capsys)
    assert SECRET not in str(line)


def test_a_line_break_makes_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    logging.getLogger("bot.here").warning("notices: not read: %s", 'x\n{"event": "forged"}')
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_console_s_form_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "console")
    logging.getLogger("bot.here").info("message", extra={"kind": "answer"})
    text = capsys.readouterr().err
    assert "kind=answer" in text and not text.startswith("{")


def test_done_again_a_line_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        logs.configure("gateway", "json")
    logging.getLogger("bot.here").info("message")
    assert len(written(capsys)) == 1


def test_a_line_that_cannot_be_written_is_not_written_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("rasa", "json")
    logging.getLogger("rasa.core").warning("said %s %s", SECRET)  # one value too few
    assert SECRET not in capsys.readouterr().err


def test_a_thread_that_ends_says_its_kind_of_error_alone(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway", "json")
    thread = threading.Thread(target=int, args=(SECRET,))
    thread.start()
    thread.join()
    (line,) = written(capsys)
    assert line["error"] == "ValueError"
    assert "Bịa" not in str(line)
