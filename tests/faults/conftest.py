"""Citizens for a test, sent home after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.crowd import Asking, stop


@pytest.fixture
def crowd() -> Iterator[list[Asking]]:
    """A list for those who ask; whoever is still asking when the test ends is stopped."""
    asking: list[Asking] = []
    yield asking
    stop(asking)
