"""Forged sessions: signed by nobody, by another secret, for another use, too old, or bent: none is read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from bot.channels.web import Sessions
from bot.channels.web.problems import BadRequest
from bot.channels.web.sessions import SESSION_LASTS
from bot.settings import Settings

SECRET = Settings.read({"TTHC_SECRET": "a secret"}).secret_for("web")
SESSIONS = Sessions(SECRET)


def refused(session: str, origin: str = "") -> bool:
    try:
        SESSIONS.read(session, origin)
    except BadRequest as error:
        return error.status == 401
    return False


def test_a_session_of_ours_is_read() -> None:
    assert not refused(SESSIONS.issue())


@pytest.mark.parametrize("use", ["telegram", "rasa-server", "action-server", "telegram-seal"])
def test_a_secret_of_another_use_signs_no_session(use: str) -> None:
    assert refused(Sessions(Settings.read({"TTHC_SECRET": "a secret"}).secret_for(use)).issue())


def test_what_the_same_secret_signed_for_something_else_is_no_session() -> None:
    assert refused(str(URLSafeTimedSerializer(SECRET, salt="dossier").dumps(["name", "", None])))


@pytest.mark.parametrize("plain", ["web-1", ["one"], ["a", "b", None, "d"], {"a": 1}, 7, None])
def test_what_is_of_another_form_is_no_session(plain: object) -> None:
    assert refused(str(URLSafeTimedSerializer(SECRET, salt="web-session").dumps(plain)))


def test_a_session_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    session, now = SESSIONS.issue(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_LASTS + 2)
    assert refused(session)


def test_a_session_of_one_site_is_no_other_sites() -> None:
    assert refused(SESSIONS.issue("https://one.example.vn"), "https://two.example.vn")


@given(st.text(max_size=200))
def test_no_text_is_a_session(text: str) -> None:
    assert refused(text)


@given(st.integers(min_value=0), st.characters())
def test_one_letter_changed_is_enough(at: int, letter: str) -> None:
    session = SESSIONS.issue()
    head, _, signature = session.rpartition(".")
    where = at % len(head)
    bent = f"{head[:where]}{letter}{head[where + 1 :]}.{signature}"
    assert bent == session or refused(bent)
