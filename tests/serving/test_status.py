"""What `tthc status` says: clear words whether something runs, is paused, refuses, or is behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.knowledge import publish
from bot.serving.pause import pause
from bot.serving.status import Glance, Numbers, lines, look
from bot.settings import Settings
from bot.understanding import index
from tests.building import knowledge

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.timezone.utc)
ADDRESS = "http://127.0.0.1:1"
METRICS = """\
# TYPE tthc_recent_messages gauge
tthc_recent_messages{outcome="answered"} 12
tthc_recent_messages{outcome="failed"} 3
tthc_recent_messages{outcome="paused"} 0
# TYPE tthc_message_duration_seconds histogram
tthc_message_duration_seconds_bucket{channel="web",le="+Inf"} 40
tthc_message_duration_seconds_count{channel="web"} 40
tthc_message_duration_seconds_sum{channel="web"} 0.8
# TYPE tthc_queue_depth gauge
tthc_queue_depth{queue="telegram"} 7
# TYPE tthc_process_memory_bytes gauge
tthc_process_memory_bytes{process="rasa"} 900000000
tthc_process_memory_bytes{process="gateway"} 200000000
# TYPE tthc_rasa_ready gauge
tthc_rasa_ready 1
# TYPE tthc_home_free_bytes gauge
tthc_home_free_bytes 5000000000
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read({"TTHC_HOME": str(tmp_path), "TTHC_PORT": "1", "TTHC_MODEL": str(tmp_path / "none.tar.gz")})


def told(settings: Settings, seen: Glance) -> str:
    return "\n".join(lines(settings, seen, NOW))


def test_where_nothing_runs_it_says_what_to_do(settings: Settings) -> None:
    seen = look(settings)
    assert seen == Glance(ADDRESS, None, None)
    said = told(settings, seen)
    assert "không trả lời tại http://127.0.0.1:1" in said
    assert "tthc serve" in said and "chưa công bố" in said and "make setup" in said


def test_the_numbers_are_told_in_words(settings: Settings) -> None:
    said = told(settings, Glance(ADDRESS, "ok", Numbers.parse(METRICS)))
    for part in (
        "15 câu hỏi, 3 lỗi", "40 câu, trung bình 20 ms", "chờ ở telegram: 7", "rasa 900 MB", "cộng 1100 MB", "Rasa: sẵn sàng", "5.0 GB",
    ):  # fmt: skip
        assert part in said


def test_a_pause_is_told_with_its_author_even_where_nothing_runs(settings: Settings) -> None:
    by = pause(settings.home, "Bảo trì.").by
    said = told(settings, Glance(ADDRESS, None, None))
    assert "Trả lời: TẮT" in said and by in said and "«Bảo trì.»" in said and "tthc resume" in said


def test_metrics_that_are_refused_are_told_with_the_mend(settings: Settings) -> None:
    said = told(settings, Glance(ADDRESS, "ok", None, "HTTP 401"))
    assert "HTTP 401" in said and "TTHC_METRICS_TOKEN" in said


def test_a_service_that_is_not_ready_says_why(settings: Settings) -> None:
    assert "chưa sẵn sàng (rasa not ready)" in told(settings, Glance(ADDRESS, "rasa not ready", Numbers.parse(METRICS)))


def test_a_snapshot_left_behind_is_told(settings: Settings, tmp_path: Path) -> None:
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    old = '# TYPE tthc_snapshot_info gauge\ntthc_snapshot_info{version="20260101T000000000Z-0000000000"} 1\n'
    assert "còn đang dùng bản 20260101" in told(settings, Glance(ADDRESS, "ok", Numbers.parse(METRICS + old)))


def test_a_gateway_on_all_addresses_is_asked_on_this_machine(tmp_path: Path) -> None:
    settings = Settings.read({"TTHC_HOME": str(tmp_path), "TTHC_HOST": "0.0.0.0", "TTHC_PORT": "1"})
    assert look(settings).address == "http://127.0.0.1:1"


@pytest.mark.parametrize(("serving", "connected", "said"), [
    (1, 1, "Telegram: máy này đang trả lời\n"), (1, 0, "Telegram: máy này đang trả lời, CHƯA nối"), (0, 0, "Telegram: máy này đang chờ thay"),
])  # fmt: skip
def test_it_says_whether_this_gateway_is_the_bot(settings: Settings, serving: int, connected: int, said: str) -> None:
    numbers = Numbers({("tthc_telegram_serving",): serving, ("tthc_telegram_connected",): connected})
    assert said in told(settings, Glance("http://127.0.0.1:1", "ok", numbers))
