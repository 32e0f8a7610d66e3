"""What being seen costs: a slice of the benchmark."""

from __future__ import annotations

import json
from pathlib import Path

from bench.seen import ROUNDS, measured

MOST = 1000.0  # microseconds: far above what it costs, far below what a citizen would feel


async def test_a_message_costs_little_and_has_its_line(tmp_path: Path) -> None:
    cost = await measured(200, tmp_path)
    assert 0 < cost.whole < MOST
    lines = (tmp_path / "gateway.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 200 * ROUNDS
    assert len({json.loads(line)["trace"] for line in lines}) == len(lines)
