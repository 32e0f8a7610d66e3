"""The log of a process: one JSON object a line, the same keys in all three, the id of the message at hand among them.

Our own lines hold no text, no chat and no number of anybody; they are kept whole. A library's line may hold what was said to it: of such a line only
its place in the code is kept, and of an exception its kind and where it came from, never its words.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from pathlib import PurePath
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.types import EventDict, Processor

from bot.settings import LogForm

log = logging.getLogger(__name__)
FRAMES_KEPT = 8  # of an exception, the innermost
_OURS = ("bot", "actions")
_SPEAK_OF_THEMSELVES = ("uvicorn",)  # libraries that know nothing of what is in a message
_REQUESTS = "uvicorn.access"  # holds addresses, and whatever somebody wrote into one
_add_our_own = ExtraAdder()


def configure(process: str, form: LogForm) -> None:
    """Let this process, called `process` in its lines, write all its log to standard error as `form` says; done again, it counts anew."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(process, form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (*_OURS, *_SPEAK_OF_THEMSELVES):
        logging.getLogger(name).setLevel(logging.INFO)
    for known in list(root.manager.loggerDict.values()):
        if isinstance(known, logging.Logger):  # libraries bring handlers of their own, and some keep their lines to themselves
            known.handlers.clear()
            known.propagate = True
    logging.lastResort = handler  # for those that keep them to themselves later on
    logging.getLogger(_REQUESTS).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be written is not written elsewhere, with what it was made of
    threading.excepthook = _thread_failed
    structlog.configure(  # Rasa's own structured lines go the same way
        processors=[structlog.stdlib.filter_by_level, _name_alone], logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger, cache_logger_on_first_use=True,
    )  # fmt: skip


def formatter(process: str, form: LogForm) -> logging.Formatter:
    """Return the formatter of the lines of `process`."""

    def named(logger: Any, method: str, line: EventDict) -> EventDict:
        line["process"] = process
        return line

    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    before: list[Processor] = [
        structlog.processors.TimeStamper("iso", utc=True, key="at"), structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, named,
        structlog.contextvars.merge_contextvars, _discreet, _where_it_failed,
    ]  # fmt: skip
    return ProcessorFormatter(foreign_pre_chain=before, processors=[ProcessorFormatter.remove_processors_meta, renderer])


def _discreet(logger: Any, method: str, line: EventDict) -> EventDict:
    """Keep our own line with what was given beside it; of a library's, keep where it was written."""
    record: logging.LogRecord = line["_record"]
    family = record.name.partition(".")[0]
    if family in _OURS:
        return _add_our_own(logger, method, line)
    if family not in _SPEAK_OF_THEMSELVES:
        line["event"] = _event_named_in(str(line["event"])) or "a library's line, its text withheld"
        line["where"] = f"{PurePath(record.pathname).name}:{record.lineno}"
    return line


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    log.error("a thread ended", exc_info=failed.exc_value)


def _name_alone(logger: Any, method: str, line: EventDict) -> str:
    """Return the name of a structured event of Rasa's as JSON, without its values."""
    return json.dumps({"event": str(line.get("event", ""))})


def _event_named_in(text: str) -> str | None:
    """Return the name of the event when `text` is one of Rasa's structured lines, such as {"event": "rasa.core.run.starting", …}."""
    try:
        plain = json.loads(text)
    except ValueError:
        return None
    name = plain.get("event") if isinstance(plain, dict) else None
    return name if isinstance(name, str) and " " not in name and not any(c.isdigit() for c in name) else None


def _where_it_failed(logger: Any, method: str, line: EventDict) -> EventDict:
    """Put the kind of an exception and the places it went through in place of its words, which may hold a citizen's."""
    given = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES_KEPT:]
        line["error"] = type(error).__name__
        line["through"] = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return line
