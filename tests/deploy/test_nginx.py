"""nginx with deploy/nginx.conf: streams pass as they come, addresses cannot be made up, and another gateway is asked when one is away."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bench import nginx
from bot.channels.web.proxies import behind

PAUSE = 0.5  # seconds between two events of the stream
STRANGER = "203.0.113.9"


@dataclass
class Upstream:
    """A gateway or Rasa server made up for the test: what it was asked, and what it answers to Telegram."""

    name: str
    port: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    telegram: int = 200
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        async def any_path(request: Request) -> Response:
            body = await request.body()
            client = request.client.host if request.client else ""
            self.heard.append({"path": request.url.path, "client": client, "body": len(body), "headers": dict(request.headers)})
            status = self.telegram if request.url.path == "/telegram/updates" else 200
            return JSONResponse({"by": self.name, "client": client}, status)

        async def events(request: Request) -> Response:
            async def stream() -> Any:
                for number in range(3):
                    yield f"data: {number}\n\n"
                    await asyncio.sleep(PAUSE)

            return StreamingResponse(stream(), media_type="text/event-stream")

        routes = [Route("/api/v1/events", events), Route("/{path:path}", any_path, methods=["GET", "POST"])]
        application = behind(Starlette(routes=routes), ["127.0.0.1"])  # nginx is on this machine here
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="critical", proxy_headers=False, ws="none", loop="asyncio"))
        self.thread = threading.Thread(target=self.server.run, args=([listening],), daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "it did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        assert self.server and self.thread
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(10)


@dataclass(frozen=True)
class Front:
    """nginx and what stands behind it."""

    address: str
    inside: str
    upstreams: dict[str, Upstream]

    def get(self, path: str, **how: Any) -> httpx.Response:
        return httpx.get(self.address + path, trust_env=False, timeout=10, **how)

    def post(self, path: str, **how: Any) -> httpx.Response:
        return httpx.post(self.address + path, trust_env=False, timeout=10, **how)


@pytest.fixture
def front() -> Iterator[Front]:
    upstreams = {name: Upstream(name) for name in ("gateway-1", "gateway-2", "rasa-1", "rasa-2")}
    with contextlib.ExitStack() as ending:
        for upstream in upstreams.values():
            upstream.start()
            ending.callback(upstream.stop)
        try:
            city, inside = ending.enter_context(nginx.server({name: upstream.port for name, upstream in upstreams.items()}))
        except nginx.NoNginx as absent:
            pytest.skip(str(absent))
        yield Front(city, inside, upstreams)


def check(text: str, at: Path) -> str:
    """Return what nginx has to say against the configuration `text`."""
    names = re.findall(r"server ([\w-]+):\d+", text)
    (at / "nginx.conf").write_text(nginx.rewritten(text, at, dict.fromkeys(names, 9), {80: nginx.free_port(), 8081: nginx.free_port()}))
    try:
        return nginx.checked(at / "nginx.conf")
    except nginx.NoNginx as absent:
        pytest.skip(str(absent))


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    assert check(nginx.CONF.read_text(encoding="utf-8"), tmp_path) == ""


def test_a_mistake_in_the_file_would_be_found(tmp_path: Path) -> None:
    assert "proxy_bufering" in check(nginx.CONF.read_text(encoding="utf-8").replace("proxy_buffering", "proxy_bufering"), tmp_path)


def test_the_block_for_tls_is_right_once_it_is_no_comment(tmp_path: Path) -> None:
    """All but the certificate, which is the operator's."""
    text = nginx.CONF.read_text(encoding="utf-8")
    block = re.findall(r"^\s+#   ((?:ssl_(?:protocols|session_cache)|add_header) .*;)$", text, re.MULTILINE)
    assert len(block) == 3
    assert check(text.replace("limit_conn connections 200;", "limit_conn connections 200;\n" + "\n".join(block)), tmp_path) == ""


def test_messages_go_to_all_gateways_without_stickiness(front: Front) -> None:
    assert {front.get("/api/v1/messages").json()["by"] for _ in range(20)} == {"gateway-1", "gateway-2"}


def test_a_gateway_hears_the_address_nginx_heard_from_whatever_the_citizen_says(front: Front) -> None:
    front.get("/api/v1/messages", headers={"X-Forwarded-For": STRANGER})
    heard = front.upstreams["gateway-1"].heard + front.upstreams["gateway-2"].heard
    assert heard[0]["headers"]["x-forwarded-for"] == f"{STRANGER}, 127.0.0.1"


def test_a_stream_is_passed_on_as_it_comes(front: Front) -> None:
    came: list[float] = []
    with httpx.stream("GET", front.address + "/api/v1/events", trust_env=False, timeout=10) as answer:
        for line in answer.iter_lines():
            if line.startswith("data:"):
                came.append(time.monotonic())
    assert len(came) == 3
    assert all(later - earlier > PAUSE / 2 for earlier, later in itertools.pairwise(came))


def test_a_body_too_large_reaches_no_gateway(front: Front) -> None:
    assert front.post("/api/v1/messages", content=b"x" * (2 << 20)).status_code == 413
    assert front.post("/api/v1/messages", content=b"x" * (100 << 10)).status_code == 200  # the gateway itself refuses this, politely
    heard = front.upstreams["gateway-1"].heard + front.upstreams["gateway-2"].heard
    assert [request["body"] for request in heard] == [100 << 10]


def test_metrics_are_not_for_citizens(front: Front) -> None:
    assert front.get("/metrics").status_code == 404
    assert not front.upstreams["gateway-1"].heard + front.upstreams["gateway-2"].heard


def test_a_gateway_that_is_away_is_passed_over(front: Front) -> None:
    front.upstreams["gateway-1"].stop()
    answers = [front.post("/api/v1/messages", json={"text": "xin chào"}) for _ in range(10)]
    assert {(answer.status_code, answer.json()["by"]) for answer in answers} == {(200, "gateway-2")}
    front.upstreams["gateway-1"].start()


@pytest.mark.parametrize("standing_by", [503, 404])
def test_telegram_reaches_the_gateway_that_is_the_bot(front: Front, standing_by: int) -> None:
    front.upstreams["gateway-1"].telegram = standing_by
    for number in range(6):
        answer = front.post("/telegram/updates", json={"update_id": number})
        assert (answer.status_code, answer.json()["by"]) == (200, "gateway-2")


def test_telegram_hears_that_no_gateway_is_the_bot(front: Front) -> None:
    for name in ("gateway-1", "gateway-2"):
        front.upstreams[name].telegram = 503
    assert front.post("/telegram/updates", json={"update_id": 1}).status_code == 503  # it will come again


def test_a_flood_from_one_address_is_turned_away(front: Front) -> None:
    with httpx.Client(base_url=front.address, trust_env=False, timeout=10) as client, ThreadPoolExecutor(8) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda _: client.get("/healthz"), range(1200))]
    assert set(statuses) == {200, 429}
    assert statuses[:150] == [200] * 150  # what one page asks for, or an office's


def test_rasa_servers_are_reached_on_the_inner_side_alone(front: Front) -> None:
    asked = {httpx.post(front.inside + "/webhooks/gateway/message", json={}, trust_env=False).json()["by"] for _ in range(20)}
    assert asked == {"rasa-1", "rasa-2"}
    assert httpx.get(front.inside + "/conversations/x/tracker", trust_env=False).status_code == 404
    assert front.get("/webhooks/gateway/ready").json()["by"].startswith("gateway")  # on the citizens' side it is a gateway's to refuse


def test_a_rasa_server_that_is_away_is_passed_over(front: Front) -> None:
    front.upstreams["rasa-2"].stop()
    for _ in range(10):
        assert httpx.post(front.inside + "/webhooks/gateway/message", json={}, trust_env=False).json()["by"] == "rasa-1"
    front.upstreams["rasa-2"].start()
