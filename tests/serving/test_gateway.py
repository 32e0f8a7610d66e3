"""The gateway's webhook: only Telegram comes in, and what it brings is stored before it is told so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.channels.telegram import TelegramBot
from bot.knowledge import publish
from bot.serving.gateway import TELEGRAM_SECRET_HEADER, create
from bot.settings import Settings
from bot.understanding import index
from tests.building import knowledge
from tests.channels.telegram.bot_api import TOKEN

SECRET = "of a test"
UPDATE = {"update_id": 5, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "xin chào"}}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[TestClient]:
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    settings = Settings.read(
        {
            "TTHC_HOME": str(tmp_path), "TTHC_SECRET": SECRET, "TTHC_TELEGRAM_TOKEN": TOKEN, "TTHC_TELEGRAM_API": "http://127.0.0.1:9",
            "TTHC_PUBLIC_URL": "https://tthc.example.vn", "TTHC_RASA_URL": "http://127.0.0.1:9",
        }
    )  # fmt: skip
    with TestClient(create(settings)) as client:
        yield client


def post(gateway: TestClient, content: object = UPDATE, secret: str | None = None) -> int:
    headers = {} if secret is None else {TELEGRAM_SECRET_HEADER: secret}
    kind = {"content": content} if isinstance(content, bytes) else {"json": content}
    return gateway.post(TelegramBot.webhook_path, headers=headers, **kind).status_code  # type: ignore[arg-type]


def derived(use: str) -> str:
    return Settings.read({"TTHC_SECRET": SECRET}).secret_for(use)


@pytest.mark.parametrize("secret", [None, "", "wrong", derived("web")])
def test_whoever_does_not_know_the_secret_is_refused_and_nothing_stored(gateway: TestClient, tmp_path: Path, secret: str | None) -> None:
    assert post(gateway, secret=secret) == 403
    assert b"telegram-" not in b"".join(p.read_bytes() for p in tmp_path.glob("telegram.db*"))


def test_an_update_is_stored_when_it_is_told_to_be_taken_though_telegram_and_rasa_are_out_of_reach(
    gateway: TestClient, tmp_path: Path
) -> None:
    assert post(gateway, secret=derived("telegram")) == 200
    assert b"telegram-" in b"".join(p.read_bytes() for p in tmp_path.glob("telegram.db*"))


def test_a_gateway_that_stands_by_says_503_so_that_the_next_is_asked(gateway: TestClient, tmp_path: Path) -> None:
    settings = Settings.read(
        {
            "TTHC_HOME": str(tmp_path), "TTHC_SECRET": SECRET, "TTHC_TELEGRAM_TOKEN": TOKEN, "TTHC_TELEGRAM_API": "http://127.0.0.1:9",
            "TTHC_PUBLIC_URL": "https://tthc.example.vn", "TTHC_RASA_URL": "http://127.0.0.1:9",
        }
    )  # fmt: skip
    with TestClient(create(settings)) as standing_by:
        assert post(standing_by, secret=derived("telegram")) == 503
    assert post(gateway, secret=derived("telegram")) == 200


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_what_is_no_update_is_refused(gateway: TestClient, content: bytes) -> None:
    assert post(gateway, content, derived("telegram")) == 400


def test_an_update_that_cannot_be_read_is_dropped_not_asked_for_again(gateway: TestClient) -> None:
    assert post(gateway, {"nonsense": 1}, derived("telegram")) == 200
