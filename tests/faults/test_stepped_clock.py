"""The whole service on a machine whose clock is put forward by an hour and back again: everybody is answered, at once, in one conversation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.e2e.service import Citizen, started
from tests.faults.test_faults import home_of_its_own
from tests.many.machines import until

ANSWERED_WITHIN = 10.0  # seconds: nobody waits for a clock
NEAR, STEPPED_WITHIN = 30.0, 10.0  # seconds; the gateway looks at the clock for the date of its answers once a second
ASKED = "đăng ký khai sinh cần giấy tờ gì"


def library() -> str:
    """Return the library that shows a process another time; skips where Debian's `faketime` is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("faketime is not installed: the clock of a service is not stepped")
    return str(found[0])


@pytest.fixture
def stepped(tmp_path: Path) -> Iterator[tuple[Citizen, Callable[[int], None]]]:
    """A citizen of a service of its own, and what steps that service's clock to so many seconds from the true time."""
    offset = tmp_path / "offset"

    def step(by: int) -> None:
        offset.write_text(f"{by:+d}\n", encoding="ascii")

    step(0)
    clock = {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}
    with started(TTHC_HOME=str(home_of_its_own(tmp_path)), **clock) as (_, address):
        yield Citizen(address), step


def test_a_conversation_goes_on_whatever_the_clock_does(stepped: tuple[Citizen, Callable[[int], None]]) -> None:
    citizen, step = stepped
    for by in (0, 3600, 0, -3600, 0):
        step(by)
        until(lambda by=by: abs(clock_of(citizen.address) - (time.time() + by)) < NEAR, STEPPED_WITHIN)  # type: ignore[misc]
        began = time.monotonic()
        answered, went_on = citizen.say(ASKED), citizen.say("thế bao lâu thì xong")
        assert (answered["kind"], answered["codes"][0]) == ("answer", "1.001193")
        assert (went_on["codes"][0], went_on["aspects"]) == ("1.001193", ["time"])
        assert time.monotonic() - began < ANSWERED_WITHIN


def clock_of(address: str) -> float:
    """Return the time the service at `address` believes it is, in seconds, as it dates its answers."""
    return parsedate_to_datetime(httpx.get(f"{address}/healthz", timeout=5, trust_env=False).headers["date"]).timestamp()
