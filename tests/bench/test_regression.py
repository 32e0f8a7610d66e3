"""What the benchmark's slice reached is reached again, within two points; a fall is told by its figure."""

from __future__ import annotations

import json

import pytest

from bench import splits
from bench.asking import assistant
from bench.regression import RECORDED, TURNS, fallen, measure, slice_of
from bot.settings import Settings


def test_the_slice_is_of_the_test_split_alone_and_always_the_same() -> None:
    turns = splits.read()
    chosen = slice_of(turns)
    assert len(chosen) == TURNS and all(splits.split_of(turn) == "test" for turn in chosen)
    assert slice_of(turns[::-1]) == chosen


def test_a_fall_of_more_than_two_points_is_told() -> None:
    recorded = {"as typed": {"answer.first": 0.900, "answer.aspects": 0.800}}
    assert fallen(recorded, {"as typed": {"answer.first": 0.881, "answer.aspects": 0.9}}) == []
    assert fallen(recorded, {"as typed": {"answer.first": 0.879, "answer.aspects": 0.9}}) == [
        "as typed: answer.first fell from 0.900 to 0.879"
    ]


async def test_the_model_reaches_what_was_recorded() -> None:
    if not Settings.read().model.is_file():
        pytest.fail("no trained model: run `make setup`")
    assert fallen(json.loads(RECORDED.read_text(encoding="utf-8")), await measure(await assistant())) == []
