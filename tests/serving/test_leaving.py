"""A gateway that is told to stop ends its streams at once, and then stops as its server would."""

from __future__ import annotations

import os
import signal

from bot.serving.leaving import leaving


def test_what_comes_first_comes_before_the_servers_own_handler() -> None:
    told: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: told.append("server"))
    try:
        with leaving(lambda: told.append("streams")):
            os.kill(os.getpid(), signal.SIGTERM)
        assert told == ["streams", "server"]
        os.kill(os.getpid(), signal.SIGTERM)
        assert told == ["streams", "server", "server"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_nobody_handles_is_left_alone() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with leaving(lambda: None):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
