"""What an operator sees of the running service, and what nobody sees: one id from door to door, the numbers, the switch; no citizen's word in any log."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.answers import wording as say
from bot.serving import token
from bot.serving.pause import AUDIT
from bot.settings import Settings
from tests.channels.telegram import bot_api
from tests.e2e import one_stop_counter
from tests.e2e.service import ROOT, Citizen, free_port, started
from tests.e2e.test_service import home_of_its_own

PHONE, CARD, ACCOUNT, MAIL = "0900123987", "001099009871", "190312345670981", "bia.dat@example.vn"
NAME, CHAT = "Trần Thị Bịa Đặt", 987654321012
SAID = [
    f"tôi tên {NAME}, số {PHONE}, làm giấy khai sinh cần gì", f"cccd của tôi {CARD} mất rồi xin cấp lại ở đâu", f"hồ sơ {one_stop_counter.CODE} đến đâu rồi",
    f"số cuối là {one_stop_counter.DIGITS}", f"chuyển tiền vào {ACCOUNT} rồi, gửi giấy về {MAIL}", f"/ask{{\"text\": \"{PHONE}\"}}",
    "\x00\x1b[31m{\"event\": \"giả\"}\n" + NAME, NAME * 400, one_stop_counter.PHONE,
]  # fmt: skip
SECRETS = (PHONE, CARD, ACCOUNT, MAIL, NAME, "Bịa Đặt", "Bia Dat", str(CHAT), one_stop_counter.PHONE, one_stop_counter.CODE)
NOTICE = "Hệ thống bảo trì đến 18 giờ."


@dataclass(frozen=True)
class Service:
    """The running service, its state folder, and Telegram's stand-in."""

    address: str
    home: Path
    environment: dict[str, str]
    telegram: bot_api.BotApi
    loop: asyncio.AbstractEventLoop  # Telegram's

    def ask_on_telegram(self, text: str) -> str:
        """Say `text` in the chat and return all that was sent in reply."""
        many = len(self.telegram.sent)
        asked = self.telegram.offer(self.telegram.text(text, chat=CHAT))
        asyncio.run_coroutine_threadsafe(asked, self.loop).result()
        asyncio.run_coroutine_threadsafe(self.telegram.answers(many + 1, 30), self.loop).result()
        return "".join(sent.text for sent in self.telegram.sent[many:])

    def tthc(self, *words: str) -> str:
        """Return what the command prints, typed on the same machine with the same settings."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *words], cwd=ROOT, env={**os.environ, **self.environment}, capture_output=True, text=True
        )
        return done.stdout + done.stderr

    def lines(self, process: str) -> list[dict[str, Any]]:
        """Return the lines of the log of `process` that were written as JSON."""
        text = (self.home / "logs" / f"{process}.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith('{"')]

    def logs(self) -> str:
        """Return all logs together, what is escaped in them also as it reads."""
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in (self.home / "logs").iterdir()]
        return "\n".join([*texts, *(re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text) for text in texts)])

    def metrics(self) -> str:
        """Return what Prometheus would read."""
        return httpx.get(f"{self.address}/metrics", trust_env=False).text


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: what is turned off here is not turned off for others. Telegram's stand-in runs in a thread."""
    home = home_of_its_own(tmp_path_factory.mktemp("seen"))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    stand_in = bot_api.running()
    api = asyncio.run_coroutine_threadsafe(stand_in.__aenter__(), loop).result()
    environment = {
        "TTHC_TELEGRAM_TOKEN": bot_api.TOKEN,
        "TTHC_TELEGRAM_API": api.url,
        "TTHC_HOME": str(home),
        **one_stop_counter.kept_in(home),
    }
    environment |= {name: str(free_port()) for name in ("TTHC_RASA_PORT", "TTHC_ACTION_PORT")}
    with started(**environment) as (_, address):
        yield Service(address, home, {**environment, "TTHC_PORT": address.rpartition(":")[2]}, api, loop)
    asyncio.run_coroutine_threadsafe(stand_in.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)


def number(metrics: str, name: str) -> float:
    """Return the number of the line of `metrics` that begins with `name`; 0 when there is none."""
    return next((float(line.rpartition(" ")[2]) for line in metrics.splitlines() if line.startswith(f"{name} ")), 0.0)


def until(what: Callable[[], bool], within: float = 5.0) -> None:
    """Wait until `what` holds."""
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def on_plain_page(address: str, text: str) -> str:
    """Return the page of /hoi after `text` was asked on it."""
    return httpx.post(f"{address}/hoi", data={"cau_hoi": text}, timeout=30, trust_env=False).text


def test_nobody_is_in_any_log_or_metric(service: Service) -> None:
    citizen = Citizen(service.address)
    for said in SAID:
        citizen.say(said)
        on_plain_page(service.address, said)
        service.ask_on_telegram(said)
    httpx.get(f"{service.address}/hoi?cau_hoi={PHONE}", trust_env=False)
    httpx.get(f"{service.address}/{PHONE}", trust_env=False)
    httpx.post(f"{service.address}/api/v1/messages", content=NAME.encode(), trust_env=False)
    assert any("Đang xử lý" in str(reply) for reply in citizen.replies)  # the dossier was looked up
    assert number(service.metrics(), 'tthc_messages_total{channel="telegram",outcome="answered"}') == len(SAID)
    written = service.logs() + service.metrics()
    assert '"event": "message"' in written
    session = str(citizen.session)
    for secret in (*SECRETS, session, session.partition(".")[0], one_stop_counter.PHONE.replace(" ", "")):
        assert secret not in written
    assert not re.search(r"(web|telegram)-[\w-]{8}", written)  # names of conversations


def test_what_fails_inside_is_told_without_anybody_s_words(service: Service) -> None:
    rasa, actions = (f"http://127.0.0.1:{service.environment[name]}" for name in ("TTHC_RASA_PORT", "TTHC_ACTION_PORT"))
    settings = Settings.read(service.environment)
    may_speak = {rasa: token.header(settings.secret_for(token.RASA)), actions: token.header(settings.secret_for(token.ACTIONS))}
    broken = {
        "sender_id": NAME,
        "slots": {"dossier": PHONE},
        "latest_message": {"text": NAME, "metadata": {"dossier": PHONE}},
        "events": PHONE,
    }
    for server, path, body in (
        (rasa, "/webhooks/gateway/message", {"sender": NAME, "text": [PHONE], "metadata": {}}),
        (rasa, "/webhooks/gateway/message", {"sender": NAME, "metadata": PHONE}),
        (rasa, f"/webhooks/gateway/{PHONE}", {}),
        (actions, "/webhook", {"next_action": "validate_dossier_form", "version": "3.6.2", "tracker": broken}),
        (actions, "/webhook", {"next_action": NAME, "version": PHONE, "sender_id": NAME, "tracker": broken}),
        (actions, "/webhook", [NAME]),
    ):  # fmt: skip
        refused = httpx.post(server + path, json=body, headers=may_speak[server], timeout=30, trust_env=False)
        assert refused.status_code >= 400 and refused.status_code != 401, path
    failures = [line for process in ("rasa", "actions") for line in service.lines(process) if line["level"] == "error"]
    assert any("error" in line and line["through"] for line in failures)
    written = service.logs()
    assert not [secret for secret in SECRETS if secret in written]


def test_a_message_has_one_id_from_door_to_door(service: Service) -> None:
    response = httpx.post(f"{service.address}/api/v1/messages", json={"text": "đăng ký khai sinh"}, timeout=30, trust_env=False)
    trace = response.headers["x-request-id"]

    def events() -> list[tuple[str, str]]:
        return [(p, line["event"]) for p in ("gateway", "rasa", "actions") for line in service.lines(p) if line.get("trace") == trace]

    until(lambda: len(events()) == 3)
    assert events() == [("gateway", "message"), ("rasa", "turn"), ("actions", "action")]


def test_messages_of_one_chat_have_an_id_each(service: Service) -> None:
    for said in ("xin chào", "cảm ơn"):
        service.ask_on_telegram(said)
    found = [line["trace"] for line in service.lines("gateway") if line.get("channel") == "telegram"]
    assert len(found) > 1
    assert len(set(found)) == len(found)


def test_what_was_asked_is_counted(service: Service) -> None:
    before = service.metrics()
    Citizen(service.address).say("đăng ký khai sinh cần gì")
    after = service.metrics()
    for name in (
        'tthc_replies_total{channel="web",kind="answer"}', 'tthc_message_duration_seconds_count{channel="web"}',
        'tthc_linker_confidence_count{kind="answer"}',
        'tthc_stage_duration_seconds_count{stage="door"}', 'tthc_stage_duration_seconds_count{stage="rasa"}',
        'tthc_stage_duration_seconds_count{stage="render"}',
        'tthc_http_requests_total{route="/api/v1/messages",status="200"}',
    ):  # fmt: skip
        assert number(after, name) == number(before, name) + 1, name
    assert all(number(after, f'tthc_process_memory_bytes{{process="{name}"}}') > 1e7 for name in ("gateway", "rasa", "actions"))
    assert number(after, "tthc_rasa_ready") == 1


def test_what_comes_through_a_proxy_reads_no_metrics(service: Service) -> None:
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via"):
        assert httpx.get(f"{service.address}/metrics", headers={header: "127.0.0.1"}, trust_env=False).status_code == 403


def test_status_tells_it_at_a_glance(service: Service) -> None:
    Citizen(service.address).say("xin chào")
    told = service.tthc("status")
    for word in ("đang chạy tại", "Trả lời: bật", "Rasa: sẵn sàng", "câu hỏi, 0 lỗi", "rasa ", "công bố"):
        assert word in told, told


def test_answering_is_turned_off_for_everybody_at_once_and_on_again(service: Service) -> None:
    citizen = Citizen(service.address)
    citizen.say(f"hồ sơ {one_stop_counter.CODE}")
    service.tthc("pause", NOTICE)
    try:
        until(lambda: number(service.metrics(), "tthc_paused") == 1, within=2)
        for said in ("đăng ký khai sinh cần gì", f"số cuối {one_stop_counter.DIGITS}", "không đúng câu tôi hỏi", "xin chào"):
            reply = citizen.say(said)
            assert reply["text"].startswith(NOTICE)
            assert NOTICE in on_plain_page(service.address, said)
            assert NOTICE in service.ask_on_telegram(said)
        assert "TẮT" in service.tthc("status")
        assert httpx.get(f"{service.address}/readyz", trust_env=False).json()["status"] == "paused"
    finally:
        service.tthc("resume")
    until(lambda: number(service.metrics(), "tthc_paused") == 0, within=2)
    assert citizen.say("đăng ký khai sinh cần gì")["kind"] == "answer"
    noted = [json.loads(line) for line in (service.home / AUDIT).read_text(encoding="utf-8").splitlines()]
    assert [line["what"] for line in noted[-2:]] == ["pause", "resume"]
    assert noted[-2]["notice"] == NOTICE
    assert all(line["who"] and line["at"] for line in noted)
    assert say.PAUSED not in citizen.replies[-1]["text"]
