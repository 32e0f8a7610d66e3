"""Names and seals: a chat's id cannot be read from either, and no other secret opens a body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.seal import Seal, Unsealed

JSON = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(JSON)
def test_what_is_sealed_is_opened_again(body: object) -> None:
    assert Seal("one").open(Seal("one").close(body)) == body


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(Unsealed):
        Seal("other").open(Seal("one").close({"a": 1}))


def test_a_body_that_was_changed_is_not_opened() -> None:
    sealed = bytearray(Seal("one").close("x"))
    sealed[-1] ^= 1
    with pytest.raises(Unsealed):
        Seal("one").open(bytes(sealed))


def test_a_name_stands_for_one_chat_under_one_secret_and_does_not_hold_its_id() -> None:
    name = Seal("one").chat(987654321)
    assert name == Seal("one").chat(987654321)
    assert name not in (Seal("one").chat(987654322), Seal("other").chat(987654321))
    assert "987654321" not in name
