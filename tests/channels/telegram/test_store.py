"""The store: nothing is taken twice, nothing is lost when the process ends, nothing is left of a chat that is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.telegram import store as store_module
from bot.channels.telegram.keyboards import Key, Keyboard
from bot.channels.telegram.letter import Letter
from bot.channels.telegram.seal import Seal
from bot.channels.telegram.store import NotHeld, SqlStore
from tests.channels.telegram.desk import SEAL

CHAT_ID = 987654321
CHAT, OTHER = SEAL.chat(CHAT_ID), SEAL.chat(2)
SECRET_WORDS = "câu hỏi riêng tư"
UPDATE = {"update_id": 5, "message": {"text": SECRET_WORDS, "chat": {"id": CHAT_ID}}}


def opened(at: Path, seal: Seal = SEAL) -> SqlStore:
    store = SqlStore(f"sqlite:///{at / 'telegram.db'}", seal)
    assert store.hold()
    return store


def bytes_of(at: Path) -> bytes:
    """Return all that stands in the store's files."""
    return b"".join(path.read_bytes() for path in at.glob("telegram.db*"))


def test_an_update_is_taken_once_even_after_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.take(5, CHAT, UPDATE)
    assert not store.take(5, CHAT, UPDATE)
    store.close()
    assert not opened(tmp_path).take(5, CHAT, UPDATE)


def test_an_answered_update_is_not_taken_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    store.answered(5, CHAT, (), ())
    assert not store.take(5, CHAT, UPDATE)
    assert store.unfinished() == ([], [])


def test_what_is_unfinished_is_there_after_a_restart_in_order(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in (7, 5, 6):
        store.take(number, CHAT, {"n": number})
    [first, second] = store.answered(5, CHAT, (Letter(CHAT_ID, "một", (("a", "b"),)), Letter(CHAT_ID, "hai", file=("t.txt", "x"))), ())
    store.sending(first.number, 41)
    store.close()
    letters, waiting = opened(tmp_path).unfinished()
    assert [(chat, letter.html, letter.rows, letter.file, letter.after) for chat, letter in letters] == [
        (CHAT, "một", (("a", "b"),), None, 41), (CHAT, "hai", (), ("t.txt", "x"), None),
    ]  # fmt: skip
    assert [w.id for w in waiting] == [6, 7]
    assert second.number > first.number


def test_that_a_citizen_was_told_to_wait_is_remembered(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    store.told(5, (Letter(CHAT_ID, "đợi"),), CHAT)
    letters, [waiting] = store.unfinished()
    assert waiting.told and len(letters) == 1


def test_a_notice_is_posted_once_for_each_key(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert len(store.post(CHAT, (Letter(CHAT_ID, "tin"),), (), "a")) == 1
    assert store.post(CHAT, (Letter(CHAT_ID, "tin"),), (), "a") == []
    assert len(store.post(CHAT, (Letter(CHAT_ID, "tin"),), (), "b")) == 1


def test_a_keyboard_belongs_to_its_chat_survives_a_restart_and_expires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Keyboard.make("answer", [Key("nhãn", text="nói")])
    store = opened(tmp_path)
    store.keep_keyboard(CHAT, board)
    store.close()
    store = opened(tmp_path)
    assert store.keyboard(CHAT, board.id) == board
    assert store.keyboard(OTHER, board.id) is None
    monkeypatch.setattr(store_module, "KEYBOARDS_FOR", -1.0)
    store.expire()
    assert store.keyboard(CHAT, board.id) is None


def test_nothing_a_citizen_wrote_and_no_chat_id_can_be_read_from_the_file(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    store.told(5, (Letter(CHAT_ID, SECRET_WORDS),), CHAT)
    store.keep_keyboard(CHAT, Keyboard.make("answer", [Key(SECRET_WORDS)]))
    store.keep_address(CHAT, CHAT_ID)
    held = bytes_of(tmp_path)
    assert SECRET_WORDS.encode() not in held and str(CHAT_ID).encode() not in held
    assert CHAT_ID.to_bytes(4, "big") not in held
    assert (tmp_path / "telegram.db").stat().st_mode & 0o777 == 0o600


def test_of_a_chat_that_is_forgotten_not_a_byte_is_left(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for chat, number in ((CHAT, 5), (OTHER, 6)):
        store.take(number, chat, UPDATE)
        store.told(number, (Letter(1, "đợi"),), chat)
        store.keep_keyboard(chat, Keyboard.make("answer", [Key("nhãn")]))
        store.keep_unit(chat, "phuong-trang")
        store.keep_address(chat, 1)
        store.post(chat, (), (), f"tin của {chat}")
    assert CHAT.encode() in bytes_of(tmp_path)
    store.forget(CHAT)
    assert CHAT.encode() not in bytes_of(tmp_path)
    assert store.unit(OTHER) == "phuong-trang" and store.address(OTHER) == 1 and len(store.unfinished()[0]) == 1


def test_what_another_secret_sealed_is_passed_over_and_deleted(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    store.answered(6, CHAT, (Letter(1, "x"),), (Keyboard.make("answer", []),))
    store.keep_address(CHAT, 1)
    store.close()
    other = opened(tmp_path, Seal("another"))
    assert other.unfinished() == ([], [])
    assert other.address(CHAT) is None


def test_only_one_process_may_hold_the_store(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    other = SqlStore(f"sqlite:///{tmp_path / 'telegram.db'}", SEAL)
    assert not other.hold() and store.held()
    with pytest.raises(NotHeld):
        other.take(6, CHAT, UPDATE)
    store.close()
    assert other.hold() and not other.take(5, CHAT, UPDATE)


def test_update_ids_are_remembered_for_as_long_as_telegram_may_repeat_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path)
    store.take(5, CHAT, UPDATE)
    store.expire()
    assert store.last_updates() == [5]
    monkeypatch.setattr(store_module, "SEEN_FOR", -1.0)
    store.expire()
    assert store.last_updates() == []
