"""Names are masked so that an owner knows them and a stranger does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.model import masked


@pytest.mark.parametrize(
    ("name", "shown"), [("Nguyễn Văn A", "Nguyễn V** A"), ("Lê Thị Ngọc Lan", "Lê T** N** Lan"), ("Trần Bình", "T*** Bình"), ("", "")]
)
def test_names_are_masked(name: str, shown: str) -> None:
    assert masked(name) == shown


@given(st.lists(st.text("abcđêô", min_size=2, max_size=8), min_size=1, max_size=5))
def test_no_name_is_shown_whole(words: list[str]) -> None:
    assert masked(" ".join(words)) != " ".join(words)
