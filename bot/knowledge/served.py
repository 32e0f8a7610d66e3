"""The snapshot that is served now, opened once and opened again when another is published."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from bot.knowledge.publish import Snapshot, SnapshotError, current_version, open_snapshot, versions

T = TypeVar("T")
CHECK_EVERY = 1.0  # seconds between looks at which snapshot is served
log = logging.getLogger(__name__)


class Served(Generic[T]):
    """Holds what `open_` makes of the served snapshot, and follows publications and rollbacks.

    A snapshot that cannot be opened is reported and the one before it kept: what ran goes on running. At a start it is the newest one that can be opened.
    """

    def __init__(self, home: Path, open_: Callable[[Snapshot], T]) -> None:
        self._home = home
        self._open = open_
        self._lock = threading.Lock()
        self._held: tuple[str, T] | None = None
        self._refused: str | None = None
        self._looked = float("-inf")

    def get(self) -> tuple[str, T]:
        """Return the served version and what was made of it; raises SnapshotError when nothing could ever be opened."""
        if self._held and time.monotonic() - self._looked < CHECK_EVERY:
            return self._held
        with self._lock:
            self._looked = time.monotonic()
            version = current_version(self._home)
            if self._held is None or (version and version not in (self._held[0], self._refused)):
                self._change_over(version)
            assert self._held is not None
            return self._held

    def _change_over(self, version: str | None) -> None:
        try:
            self._hold(version)
        except (SnapshotError, OSError, ValueError) as error:
            if self._held is None:
                self._hold_an_earlier_one(version, error)
            assert self._held is not None
            self._refused = version
            log.error("snapshot %s refused, %s kept: %s", version, self._held[0], error)

    def _hold(self, version: str | None) -> None:
        snapshot = open_snapshot(self._home, version)
        self._held = (snapshot.version, self._open(snapshot))
        self._refused = None
        log.info("serving snapshot %s", snapshot.version)

    def _hold_an_earlier_one(self, damaged: str | None, error: Exception) -> None:
        """Hold the newest snapshot that can be opened in place of the one that is `damaged`; raises `error` when there is none."""
        for version in reversed(versions(self._home)):
            if damaged and version != damaged:
                with contextlib.suppress(SnapshotError, OSError, ValueError):
                    return self._hold(version)
        raise error
