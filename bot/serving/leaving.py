"""Leaving: what a gateway that is told to stop does at once, before the answers under way are finished."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

TOLD_BY = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def leaving(first: Callable[[], None]) -> Iterator[None]:
    """Call `first` when the process is told to stop, then the server's own handler.

    uvicorn waits for open requests before it says anything to the application; a request that ends only when the application wants it to would keep it waiting.
    """
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread alone
        yield
        return
    before = {told: signal.getsignal(told) for told in TOLD_BY}

    def handle(number: int, frame: FrameType | None) -> None:
        first()
        after = before[signal.Signals(number)]
        if callable(after):
            after(number, frame)

    handled = [told for told in TOLD_BY if callable(before[told])]
    for told in handled:
        signal.signal(told, handle)
    try:
        yield
    finally:
        for told in handled:
            signal.signal(told, before[told])
