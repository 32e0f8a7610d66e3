"""The web's side over an assistant that says back what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.answers.reply import Block, Reply
from bot.channels.assistant import Unanswered
from bot.channels.own_data import OwnData
from bot.channels.web import Origins, Sessions, Web, WebStore, pages
from bot.channels.web.pace import Pace
from bot.knowledge.model import Contact
from bot.questions.recorder import Recorder
from bot.serving.awaited import AwaitedHere
from bot.serving.reception import Reception
from tests.building import knowledge

SITE, OTHER_SITE = "https://phuong.example.vn", "https://khac.example.vn"
RATE = 50


@dataclass
class Echo:
    """Says back what it hears, slowly where it is told to, and fails while it is `down`."""

    heard: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    down: bool = False

    async def reply(self, sender: str, text: str, metadata: Mapping[str, Any], contact: Contact, *, address: str | None = None) -> Reply:
        if self.down:
            raise Unanswered("down")
        self.heard.append((sender, text, metadata))
        await asyncio.sleep(0.3 if "chậm" in text else 0)
        return Reply("answer", (Block("text", f"Bạn nói: {text}"),), codes=("1.000001", "1.000002"), scores=(0.9, 0.1))

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)


@dataclass
class Desk:
    """A client of the API, what stands behind it, and the ways to speak with it."""

    client: TestClient
    echo: Echo
    web: Web

    def begin(self, origin: str | None = None, **body: Any) -> dict[str, Any]:
        response = self.client.post("/api/v1/sessions", json=body, headers={"origin": origin} if origin else {})
        assert response.status_code == 201, response.text
        begun: dict[str, Any] = response.json()
        return begun

    def say(self, session: str, text: str, origin: str | None = None, **more: Any) -> Any:
        headers = {"authorization": f"Bearer {session}"} | ({"origin": origin} if origin else {})
        return self.client.post("/api/v1/messages", json={"text": text, **more}, headers=headers)

    def after(self, session: str, seq: int = 0) -> list[dict[str, Any]]:
        response = self.client.get("/api/v1/messages", params={"after": seq}, headers={"authorization": f"Bearer {session}"})
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


def desk_at(url: str, folder: Path, echo: Echo, recorder: Recorder | None = None) -> tuple[Web, Starlette]:
    """Return the web's side with its messages in the database at `url`."""
    known = knowledge(folder)
    origins = Origins({SITE: frozenset({"phuong-trang"}), OTHER_SITE: frozenset()})
    web = Web(
        echo, Sessions("a secret"), origins, WebStore(url), Pace(RATE, RATE), lambda: known, Reception.masked, OwnData(AwaitedHere()), (echo.forget,),
        recorder,
    )  # fmt: skip
    return web, Starlette(routes=[*web.routes(), *pages.routes(web, lambda: known)])


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'web.sqlite3'}"


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    echo = Echo()
    web, application = desk_at(url, tmp_path / "k", echo)
    with TestClient(application) as client:
        yield Desk(client, echo, web)
