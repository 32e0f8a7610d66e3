"""What the gateway asks others goes where the settings say and nowhere else, whatever they answer and whatever a citizen types."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bench.postgres import free_port
from bot.answers.reply import Reply
from bot.channels.assistant import Unanswered
from bot.serving.conversations import RasaServer
from bot.serving.reception import Reception
from bot.settings import Settings, SettingsError
from tests.building import knowledge


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://127.0.0.1", "ftp://a", "//a", "javascript:1", "127.0.0.1:80"])
@pytest.mark.parametrize("name", ["TTHC_RASA_URL", "TTHC_PUBLIC_URL", "TTHC_TELEGRAM_API", "TTHC_DOSSIERS_URL"])
def test_only_web_addresses_are_taken(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read({name: url})


@pytest.mark.parametrize("proxies", ["*", "proxy.example.vn", "10.0.0.0/33", "10.0.0.1;10.0.0.2", "10.0.0.1/8"])
def test_a_proxy_is_named_by_its_address_alone(proxies: str) -> None:
    with pytest.raises(SettingsError, match="TTHC_PROXIES"):
        Settings.read({"TTHC_PROXIES": proxies})


def test_proxies_are_addresses_and_networks() -> None:
    assert Settings.read({"TTHC_PROXIES": "10.0.0.5, 10.1.0.0/16,::1"}).proxies == ("10.0.0.5", "10.1.0.0/16", "::1")


@asynccontextmanager
async def rasa_that(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Run a server in Rasa's place that replies to messages as `answer` does; yield its address."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_rasa_cannot_send_the_gateway_elsewhere(status: int, tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with rasa_that(answer) as address:
        rasa = RasaServer(address, Reception(), "token")
        with pytest.raises(Unanswered):
            await rasa.reply("web-1", "xin chào", {}, knowledge(tmp_path).contact)
        with pytest.raises(Unanswered):
            await rasa.forget("web-1")
        assert not await rasa.ready()
        await rasa.close()
    assert asked == ["/webhooks/gateway/message", "/webhooks/gateway/forget", "/webhooks/gateway/ready"]


async def test_messages_share_a_connection_and_show_the_token_but_no_cookie(tmp_path: Path) -> None:
    connections, shown = set(), []

    async def answer(request: web.Request) -> web.Response:
        connections.add(request.transport)
        shown.append((request.headers.get("Authorization"), request.headers.get("Cookie")))
        said = web.json_response({"reply": Reply("smalltalk", ()).to_plain()})
        said.set_cookie("kept", "no")
        return said

    async with rasa_that(answer) as address:
        rasa = RasaServer(address, Reception(), "token")
        for _ in range(3):
            await rasa.reply("web-1", "xin chào", {}, knowledge(tmp_path).contact)
        await rasa.close()
    assert len(connections) == 1
    assert shown == [("Bearer token", None)] * 3


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"reply": 1}', b"\xff"])
async def test_what_is_no_reply_is_no_answer(body: bytes, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body)

    async with rasa_that(answer) as address:
        rasa = RasaServer(address, Reception(), "token")
        with pytest.raises(Unanswered):
            await rasa.reply("web-1", "xin chào", {}, knowledge(tmp_path).contact)
        await rasa.close()


async def test_a_server_that_is_gone_gives_no_answer(tmp_path: Path) -> None:
    rasa = RasaServer(f"http://127.0.0.1:{free_port()}", Reception(), "token")
    with pytest.raises(Unanswered):
        await rasa.reply("web-1", "xin chào", {}, knowledge(tmp_path).contact)
    assert not await rasa.ready()
    await rasa.close()
