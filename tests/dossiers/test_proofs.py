"""The last four digits prove ownership; what is kept of them tells nothing without the key."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.proofs import key_of, last_digits, proof, proves
from bot.settings import Settings

KEY = b"k"
fours = st.text("0123456789", min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("number", "digits"), [("0900 000 482 1", "4821"), ("000-000-4821", "4821"), ("4821", "4821"), ("481", None), ("", None)]
)
def test_the_last_four_digits_are_taken(number: str, digits: str | None) -> None:
    assert last_digits(number) == digits


@given(fours, fours)
def test_only_the_same_digits_prove(given_: str, kept: str) -> None:
    assert proves(KEY, "A", given_, proof(KEY, "A", kept)) == (given_ == kept)


@given(fours)
def test_the_same_digits_leave_nothing_in_common(digits: str) -> None:
    assert len({proof(KEY, "A", digits), proof(KEY, "B", digits), proof(b"other", "A", digits)}) == 3
    assert not proves(KEY, "A", digits, None, None)


def test_a_key_of_any_length_serves() -> None:
    assert proof(b"x" * 65, "A", "4821") != proof(b"x" * 66, "A", "4821") != proof(b"", "A", "4821")


def test_a_key_is_drawn_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings.read({"TTHC_HOME": str(tmp_path)})
    key = key_of(settings)
    assert key == key_of(settings) and len(key) == 64
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_key_that_is_set_is_used(tmp_path: Path) -> None:
    assert key_of(Settings.read({"TTHC_HOME": str(tmp_path), "TTHC_DOSSIERS_KEY": "mine"})) == b"mine"
    assert list(tmp_path.iterdir()) == []
