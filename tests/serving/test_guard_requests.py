"""What the gateway asks others goes where the settings say and nowhere else, whatever they answer and whatever a citizen types."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from bot.channels.assistant import Unanswered
from bot.serving.conversations import RasaServer
from bot.serving.reception import Reception
from bot.settings import Settings, SettingsError
from tests.building import knowledge

ELSEWHERE = "http://169.254.169.254/latest/meta-data"


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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_rasa_cannot_send_the_gateway_elsewhere(status: int, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, headers={"Location": ELSEWHERE})

    rasa = RasaServer("http://rasa.example", Reception(), "token")
    rasa._client._transport = httpx.MockTransport(answer)
    with pytest.raises(Unanswered):
        await rasa.reply("web-1", "xin chào", {}, knowledge(tmp_path).contact)
    assert asked == ["http://rasa.example/webhooks/gateway/message"]
