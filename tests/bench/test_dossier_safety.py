"""A small slice of the attack and of the faults that the benchmark measures in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import mannwhitneyu

from bench.dossier_safety import DIFFERENT_BELOW, attack, under
from tests.dossiers.one_stop import FAULTS


async def test_guessing_tells_no_dossier_and_not_even_whether_there_is_one(tmp_path: Path) -> None:
    found = await attack(tmp_path, guesses=1000, pairs=60)
    assert found.told == 0
    shares = {kept: counted["wrong"] / sum(counted.values()) for kept, counted in found.refused.items()}
    assert shares[True] == pytest.approx(shares[False], abs=0.1)
    assert mannwhitneyu(found.kept_took, found.none_took).pvalue > DIFFERENT_BELOW / 10  # a small sample, a machine at work


@pytest.mark.parametrize("fault", FAULTS)
async def test_under_a_fault_no_status_is_wrong(fault: str) -> None:
    found = await under(fault, 40)
    assert (found.wrong, found.true + found.refused) == (0, 40)
    assert found.true > 0
