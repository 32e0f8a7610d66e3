"""A token proves one dossier to one sender, for minutes."""

import time

import pytest

from bot.dossiers.token import TOKEN_LASTS, Tokens
from tests.dossiers.kept import CODE, OTHER_CODE

TOKENS = Tokens(b"a key")


def test_a_token_holds_for_its_sender_and_code() -> None:
    assert TOKENS.holds(TOKENS.issue("one", CODE), "one", CODE)


@pytest.mark.parametrize(("sender", "code"), [("other", CODE), ("one", OTHER_CODE), ("one", "")])
def test_a_token_is_worth_nothing_to_another(sender: str, code: str) -> None:
    assert not TOKENS.holds(TOKENS.issue("one", CODE), sender, code)


def test_a_token_signed_with_another_key_is_none() -> None:
    assert not TOKENS.holds(Tokens(b"another key").issue("one", CODE), "one", CODE)


@pytest.mark.parametrize("forged", [None, "", "x.y.z", 1, ["one", CODE]])
def test_what_is_no_token_holds_nothing(forged: object) -> None:
    assert not TOKENS.holds(forged, "one", CODE)


def test_a_token_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    token = TOKENS.issue("one", CODE)
    monkeypatch.setattr(time, "time", lambda: now + TOKEN_LASTS + 2)
    assert not TOKENS.holds(token, "one", CODE)
