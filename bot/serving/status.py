"""The service at a glance, for an operator: read from GET /metrics and /readyz of the running gateway, and from TTHC_HOME where none runs."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from bot.knowledge import publish
from bot.serving.metrics import RECENT
from bot.serving.pause import Pause, paused
from bot.settings import Settings

ASKED_WITHIN = 5.0  # seconds; the gateway itself waits two for Rasa
_ANY = ("", "0.0.0.0", "::")  # addresses that mean all of them, this machine's loopback among them  # noqa: S104 - not bound to here
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own gateway stands behind no proxy
_MB, _GB = 1e6, 1e9
_DAY, _HOUR, _MINUTE = 86_400, 3600, 60  # seconds


@dataclass(frozen=True)
class Numbers:
    """What the gateway's metrics say: (name, label values in the order of their names) -> number."""

    read: Mapping[tuple[str, ...], float] = field(default_factory=dict)

    @staticmethod
    def parse(text: str) -> Numbers:
        """Return the numbers in `text`, Prometheus's own format."""
        samples = (s for family in text_string_to_metric_families(text) for s in family.samples)
        return Numbers({(s.name, *(value for _, value in sorted(s.labels.items()))): s.value for s in samples})

    def of(self, name: str) -> dict[str, float]:
        """Return the numbers of `name` by the value of its one label."""
        return {key[1]: value for key, value in self.read.items() if key[0] == name and len(key) == 2}

    def one(self, name: str) -> float:
        """Return the number of `name`, which has no label; 0 when it is not told."""
        return self.read.get((name,), 0.0)

    def total(self, name: str) -> float:
        """Return the sum of `name` over all its labels."""
        return sum(value for key, value in self.read.items() if key[0] == name)


@dataclass(frozen=True)
class Glance:
    """What was found: the gateway's address, what /readyz said (None: no answer), its numbers (None: not to be had), and why not."""

    address: str
    ready: str | None
    numbers: Numbers | None
    refused: str = ""


def look(settings: Settings) -> Glance:
    """Ask the gateway of `settings` how it is."""
    host = "127.0.0.1" if settings.host in _ANY else settings.host
    address = f"http://{host}:{settings.port}"
    _, said = _get(f"{address}/readyz")
    if not said:
        return Glance(address, None, None)
    try:
        ready = str(json.loads(said)["status"])
    except (ValueError, KeyError, TypeError):
        return Glance(address, None, None)
    status, told = _get(f"{address}/metrics", settings.metrics_token)
    return Glance(address, ready, Numbers.parse(told) if status == 200 else None, "" if status == 200 else f"HTTP {status}")


def lines(settings: Settings, seen: Glance, now: dt.datetime) -> list[str]:
    """Return what there is to tell at the moment `now` (with its time zone)."""
    running = {None: "không trả lời", "ok": "đang chạy", "paused": "đang chạy"}.get(seen.ready, f"chưa sẵn sàng ({seen.ready})")
    told = [
        f"Dịch vụ: {running} tại {seen.address}",
        _answering(paused(settings.home), now),
        _knowledge(settings, seen.numbers, now),
        f"Mô hình: {settings.model if settings.model.is_file() else 'chưa có, chạy «make setup»'}",
    ]
    if seen.ready is None:
        return [*told, f"Chưa có gì đang chạy. Chạy «tthc serve»; nếu vừa dừng, xem nhật ký trong {settings.logs}."]
    if seen.numbers is None:
        return [*told, f"Số liệu: không đọc được ({seen.refused}). Đặt TTHC_METRICS_TOKEN như của dịch vụ."]
    return [*told, *_working(seen.numbers)]


def _answering(pause: Pause | None, now: dt.datetime) -> str:
    if pause is None:
        return "Trả lời: bật"
    since = f" từ {_ago(pause.since, now)}" if pause.since else ""
    return f"Trả lời: TẮT{since}, do {pause.by or '?'}: «{pause.notice or 'thông báo mặc định'}». Bật lại: «tthc resume»"


def _knowledge(settings: Settings, numbers: Numbers | None, now: dt.datetime) -> str:
    current = publish.current_version(settings.home)
    kept = len(publish.versions(settings.home))
    count = len(publish.open_snapshot(settings.home).knowledge.procedures) if current else 0
    text = f"Bản tri thức: {current or 'chưa công bố'} ({count} thủ tục, {kept} bản đã lưu)"
    published = numbers.one("tthc_snapshot_published_timestamp_seconds") if numbers else 0
    if published:
        text += f", công bố {_length(now.timestamp() - published)} trước"
    served = next(iter(numbers.of("tthc_snapshot_info")), None) if numbers else None
    return text if served in (None, current) else f"{text}; dịch vụ còn đang dùng bản {served}"


def _working(numbers: Numbers) -> list[str]:
    recent = numbers.of("tthc_recent_messages")
    asked, failed, silent = sum(recent.values()), recent.get("failed", 0), recent.get("paused", 0)
    count, spent = numbers.total("tthc_message_duration_seconds_count"), numbers.total("tthc_message_duration_seconds_sum")
    mean = f"; từ lúc khởi động {count:.0f} câu, trung bình {1000 * spent / count:.0f} ms" if count else ""
    queues = numbers.of("tthc_queue_depth")
    waiting = "".join(f", chờ ở {name}: {depth:.0f}" for name, depth in queues.items())
    memory = numbers.of("tthc_process_memory_bytes")
    parts = ", ".join(f"{name} {size / _MB:.0f} MB" for name, size in sorted(memory.items()))
    return [
        f"Rasa: {'sẵn sàng' if numbers.one('tthc_rasa_ready') else 'CHƯA sẵn sàng'}",
        *_telegram(numbers),
        f"{RECENT // _MINUTE} phút qua: {asked:.0f} câu hỏi, {failed:.0f} lỗi, {silent:.0f} nhận thông báo tạm ngừng{mean}",
        f"Hàng đợi: đang trả lời {numbers.one('tthc_messages_in_progress'):.0f}{waiting}",
        f"Lỗi cơ sở dữ liệu từ lúc khởi động: {numbers.total('tthc_database_errors_total'):.0f}",
        f"Bộ nhớ: {parts}; cộng {sum(memory.values()) / _MB:.0f} MB",
        f"Đĩa còn trống: {numbers.one('tthc_home_free_bytes') / _GB:.1f} GB",
    ]


def _telegram(numbers: Numbers) -> list[str]:
    """Return the line on Telegram, none where it is off."""
    serving = numbers.read.get(("tthc_telegram_serving",))
    if serving is None:
        return []
    if not serving:
        return ["Telegram: máy này đang chờ thay, không phải máy trả lời"]
    return ["Telegram: máy này đang trả lời" + ("" if numbers.one("tthc_telegram_connected") else ", CHƯA nối được với Telegram")]


def _ago(moment: str, now: dt.datetime) -> str:
    try:
        return f"{_length((now - dt.datetime.fromisoformat(moment)).total_seconds())} trước"
    except (ValueError, TypeError):
        return moment


def _length(seconds: float) -> str:
    for size, name in ((_DAY, "ngày"), (_HOUR, "giờ"), (_MINUTE, "phút")):
        if seconds >= size:
            return f"{seconds // size:.0f} {name}"
    return f"{max(0.0, seconds):.0f} giây"


def _get(url: str, token: str | None = None) -> tuple[int, str]:
    """Return the status and the text of what `url` answers, (0, "") when nothing does."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with _DIRECT.open(request, timeout=ASKED_WITHIN) as response:
            return response.status, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except (urllib.error.URLError, OSError):
        return 0, ""
