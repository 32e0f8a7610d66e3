"""The gateway over HTTP: its API keeps its promise, its guards hold."""

from typing import Any

import httpx
import jsonschema
import pytest

from bot.channels.web.reading import LARGEST_BODY
from tests.e2e.service import Citizen


def post(address: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{address}/api/v1/messages", json=body, timeout=30)


@pytest.fixture(scope="module")
def document(address: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address}/api/v1/openapi.json").json()
    return found


@pytest.mark.parametrize("said", ["đăng ký khai sinh cần giấy tờ gì", "thành lập công ty tnhh", "xin chào", "hồ sơ đến đâu rồi"])
def test_replies_are_as_the_openapi_document_says(address: str, document: dict[str, Any], said: str) -> None:
    reply = post(address, text=said).json()
    schema = {**document["components"]["schemas"]["Reply"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(reply)


def test_a_session_is_issued_and_kept(address: str) -> None:
    citizen = Citizen(address)
    first = citizen.say("xin chào")["session"]
    assert citizen.say("đăng ký khai sinh")["session"] == first


def test_a_forged_session_is_refused(address: str) -> None:
    session = Citizen(address).say("xin chào")["session"]
    for forged in ("web-1", session[:-2] + "xx", "a.b.c"):
        assert post(address, text="xin chào", session=forged).status_code == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"text": 1}', 422), (b'{"text": "a", "aspects": ["x"]}', 422), (b'{"text": "a", "choice": 1}', 422),
     (b'{"text": "a", "choice": "0912345678"}', 422), (b"[" * 16000, 400), (b'{"text": "\\ud800"}', 422), (b'{"text": "a", "session": "\\ud800"}', 422),
     (b'{"text": "' + b"a" * LARGEST_BODY + b'"}', 413)],
)  # fmt: skip
def test_bad_input_gets_a_clear_error(address: str, content: bytes, status: int) -> None:
    response = httpx.post(f"{address}/api/v1/messages", content=content, timeout=30)
    assert response.status_code == status
    assert response.json()["detail"]


def test_a_choice_that_does_not_exist_is_no_trouble(address: str) -> None:
    assert post(address, text="chọn", choice="9.999999").status_code == 200


def test_an_aspect_asked_a_thousand_times_is_answered_once(address: str) -> None:
    reply = post(address, text="đăng ký khai sinh", aspects=["documents"] * 1000).json()
    assert reply["aspects"] == ["documents"]


def test_probes_answer(address: str) -> None:
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{address}/readyz").json()["snapshot"]


def test_the_page_is_served_with_its_guards(address: str) -> None:
    page = httpx.get(f"{address}/")
    assert "text/html" in page.headers["content-type"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(f"{address}/widget.js").status_code == 200


def test_what_people_write_is_in_no_log(address: str) -> None:
    from bot.settings import Settings

    secret = "vo toi ten Tran Thi Bia Dat moi sinh"
    Citizen(address).say(secret)
    for log in Settings.read().logs.glob("*.log"):
        assert "Bia Dat" not in log.read_text(encoding="utf-8", errors="replace")
