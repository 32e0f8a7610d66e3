"""A small slice of the web's benchmark: two restarts, and each question stands once in its session, in order."""

from __future__ import annotations

import pytest

from bench.web_sessions import survive
from bot.settings import Settings

pytestmark = pytest.mark.skipif(not (Settings.read().home / "current").is_file(), reason="nothing is published: run `make setup`")


async def test_no_message_is_lost_or_doubled_while_the_gateway_is_restarted_twice() -> None:
    outcome = await survive(40, 4)
    assert outcome.wrong == []
    assert outcome.answered == 160
    assert outcome.resent > 0, "nobody noticed the restarts: nothing was tried"
