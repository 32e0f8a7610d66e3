"""The digits that prove a dossier, and the telephone they are of, are written nowhere: not in a file, a table, a log, or Rasa's tracker."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions import one_stop, turn
from bot.dossiers.connect import connect, prepare
from bot.dossiers.notices import Notices
from bot.knowledge.publish import open_snapshot
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.settings import Settings
from tests.e2e.one_stop_counter import CODE, DIGITS, NO_CODE, OTHER_CODE, PHONE, kept_in

WHO = "web-someone"
SAID = [
    f"hồ sơ {CODE} đến đâu rồi", "số cuối là 0000", "hồ sơ này cần nộp gì nhỉ", f"nhầm, số cuối là {DIGITS}", "báo cho tôi khi hồ sơ này thay đổi",
    f"còn hồ sơ {OTHER_CODE}, điện thoại {PHONE}", f"{NO_CODE} {DIGITS}", f"{DIGITS} hay 6584", f"sđt của tôi là {PHONE}", "thôi", DIGITS,
    f"H26.15-260230-0008 số cuối {DIGITS}", f"{PHONE}",
]  # fmt: skip
SPELLINGS = (PHONE, PHONE.replace(" ", ""), PHONE.replace(" ", "")[1:])
SECRETS = re.compile(rf"(?<![0-9a-f.]){DIGITS}(?![0-9a-f])|{'|'.join(SPELLINGS)}")  # not inside a time, a hash or an id


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name, value in kept_in(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(turn, "_served", None)
    monkeypatch.setattr(one_stop, "_held", None)
    yield Settings.read()


def holds_secret(text: str) -> bool:
    return bool(SECRETS.search(text))


def test_a_secret_would_be_found() -> None:
    assert all(map(holds_secret, (f"text: {DIGITS}", f"'{DIGITS}'", f"số{DIGITS}.", *SPELLINGS)))


async def test_the_digits_are_written_nowhere(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(settings)
    notices = Notices(settings.notices_url)
    told: list[Any] = []
    conversations = await InProcess.load(settings.model, Reception.open(settings, connect(settings), notices))
    caplog.set_level(logging.DEBUG)  # from here on; what loading says is long and not about anybody
    heard_by_rasa: list[dict[str, Any]] = []
    for said in SAID:
        told.append(await conversations.reply(WHO, said, {}, open_snapshot(settings.home).knowledge.contact))
        tracker = await conversations._agent.tracker_store.retrieve(WHO)  # after every turn: only the last ones are kept
        heard_by_rasa += [event.as_dict() for event in tracker.events]
    assert sum("Trạng thái: Đang xử lý" in str(reply) for reply in told) >= 2  # the look-ups did happen
    assert list(await notices.watched_by(WHO)) == [CODE]

    assert any(CODE in str(event) for event in heard_by_rasa)
    assert not holds_secret(str(heard_by_rasa))
    assert not holds_secret(str(told))
    assert not holds_secret("\n".join(record.getMessage() for record in caplog.records))
    await conversations._reception.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"dossiers.sqlite3", "notices.sqlite3"} <= {path.name for path in files}
    for path in files:  # the databases too: what a table holds stands in its file
        assert not holds_secret(path.read_bytes().decode("latin-1")), path.name
