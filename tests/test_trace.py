"""The id of a message: drawn, kept within, taken up only when it reads as one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import trace


def test_it_holds_until_the_block_ends_and_goes_on_within() -> None:
    assert trace.current() is None
    with trace.begun() as drawn, trace.begun() as inner:
        assert drawn == inner == trace.current()
    assert trace.current() is None


def test_drawn_anew_it_is_another_and_the_first_comes_back() -> None:
    with trace.begun() as first:
        with trace.begun(anew=True) as second:
            assert trace.current() == second != first
        assert trace.current() == first


@pytest.mark.parametrize(
    "given", [None, "x", [], {}, {"trace": 1}, {"trace": "0" * 15}, {"trace": "0" * 15 + "\n"}, {"trace": '{"a":1}0000000'}]
)
def test_what_reads_as_no_id_is_not_taken_up(given: Any) -> None:
    with trace.begun(anew=True):
        trace.take_up(given)
        assert trace.current() is None


async def test_messages_at_once_have_an_id_each() -> None:
    async def message() -> bool:
        with trace.begun() as drawn:
            await asyncio.sleep(0.01)
            return trace.current() == drawn and await asyncio.to_thread(trace.current) == drawn

    assert all(await asyncio.gather(*(message() for _ in range(5))))
