"""One id for each message, from door to door: the gateway draws it, Rasa and the actions take it up, every log line written meanwhile holds it.

It is drawn at random and says nothing of who asked or what. It travels in the message's metadata, which Rasa hands on to the actions.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars, unbind_contextvars

TRACE = "trace"  # its name in log lines and in a message's metadata
_BYTES = 8
_ID = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}")


def current() -> str | None:
    """Return the id of the message at hand, None between messages."""
    return get_contextvars().get(TRACE)


@contextmanager
def begun(*, anew: bool = False) -> Iterator[str]:
    """Draw an id that holds until the block ends; within another such block, the id of that goes on unless it is to be drawn `anew`."""
    held = None if anew else current()
    if held:
        yield held
        return
    drawn = secrets.token_hex(_BYTES)
    with bound_contextvars(**{TRACE: drawn}):
        yield drawn


def take_up(metadata: object) -> None:
    """Go on with the id in a message's `metadata`, and with none when there is none that reads as one."""
    given = metadata.get(TRACE) if isinstance(metadata, dict) else None
    if isinstance(given, str) and _ID.fullmatch(given):
        bind_contextvars(**{TRACE: given})
    else:
        unbind_contextvars(TRACE)
