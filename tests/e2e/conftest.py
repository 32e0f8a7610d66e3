"""One running assistant and one in-process assistant for all end-to-end tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.e2e import one_stop_counter
from tests.e2e.service import Citizen, running


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of an assistant that runs as in service."""
    if not Settings.read().model.is_file():
        pytest.fail("no trained model: run `make setup`")
    with tempfile.TemporaryDirectory() as at_hand, running(**one_stop_counter.kept_in(Path(at_hand))) as at:
        yield at


@pytest.fixture
def citizen(address: str) -> Citizen:
    """Someone who has said nothing yet."""
    return Citizen(address)
