"""A reference one-stop system on 127.0.0.1: keeps invented dossiers, speaks a JSON API over HTTP, and has faults to order.

Its field names are those of no real system: a gateway must read them by its mapping.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.dossiers.one_stop import OneStopSystem

TOKEN = "reference-token"
FAULTS = ("slow", "500", "429", "broken JSON", "wrong types", "cut connection", "another dossier", "empty", "endless", "redirect")
SLOW = 1.5  # seconds; longer than `SYSTEM` waits
SYSTEM = OneStopSystem(
    path="/api/ho-so/{code}",
    authentication="bearer",
    fields={
        "code": "maHoSo", "procedure_code": "thuTuc.ma", "procedure_name": "thuTuc.ten", "unit": "noiNhan", "received": "ngayNhan",
        "due": "henTra", "finished": "ngayXong", "status": "trangThai", "applicant": "nguoiNop.ten", "step.name": "buoc.ten",
        "step.unit": "buoc.donVi", "step.due": "buoc.han", "fee_due": "phiPhaiNop", "supplements": "boSung", "supplements.what": "giayTo",
        "supplements.by": "han", "supplements.where": "noi", "apology.reason": "xinLoi.lyDo", "apology.new_due": "xinLoi.henLai",
        "history": "lichSu", "history.at": "luc", "history.status": "trangThai", "history.note": "ghiChu",
    },
    proofs=("nguoiNop.dienThoai", "nguoiNop.dinhDanh"),
    statuses={"MOI": 1, "NHAN": 2, "TU_CHOI": 3, "XU_LY": 4, "BO_SUNG": 5, "NOP_PHI": 6, "RUT": 7, "DUNG": 8, "XONG": 9, "TRA": 10},
    connect_within=0.5, answer_within=0.5, in_all_within=3.0, tries=2, left_alone=0.2,
)  # fmt: skip


def record(code: str, **changed: Any) -> dict[str, Any]:
    """Return an invented dossier as the system sends it."""
    return {
        "maHoSo": code, "thuTuc": {"ma": "1.001193", "ten": "Đăng ký khai sinh"}, "noiNhan": "Phường Bịa", "ngayNhan": "2026-11-02T08:30:00",
        "henTra": "2026-11-25T17:00:00", "trangThai": "XU_LY",
        "nguoiNop": {"ten": "Trần Thị Bịa", "dienThoai": "0900 004 821", "dinhDanh": "001300007777"},
        "buoc": {"ten": "Thẩm định", "donVi": "Tư pháp", "han": "2026-11-24T17:00:00"}, "boSung": [], "lichSu": [],
    } | changed  # fmt: skip


@dataclass
class OneStop:
    """The system: its dossiers by code, the fault every answer has now, and what it was asked."""

    url: str = ""
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str | None = None
    share: float = 1.0  # of the answers that have the fault
    asked: list[str] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def answer(self, request: Request) -> Response:
        code = request.path_params["code"]
        self.asked.append(code)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"loi": "unauthorised"}, 401)
        found = self.dossiers.get(code)
        if self.fault and self.chance.random() < self.share:
            return await _FAULTY[self.fault](found or record(code))
        return JSONResponse(found) if found else JSONResponse({"loi": "not found"}, 404)


Fault = Callable[[dict[str, Any]], Awaitable[Response]]  # an answer with a fault in it, made of the true record


async def _slow(found: dict[str, Any]) -> Response:
    await asyncio.sleep(SLOW)
    return JSONResponse(found)


async def _wrong_types(found: dict[str, Any]) -> Response:
    return JSONResponse(found | {"trangThai": {"so": 9}, "thuTuc": ["x"], "ngayNhan": 20261102})


async def _another(found: dict[str, Any]) -> Response:
    return JSONResponse(found | {"maHoSo": "H26.99-260101-9999", "trangThai": "TRA"})


class _Cut(Response):
    """Promises more than it sends, then breaks off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"9999"), (b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": b'{"maHoSo": "', "more_body": True})


def _always(response: Callable[[dict[str, Any]], Response]) -> Fault:
    async def answer(found: dict[str, Any]) -> Response:
        return response(found)

    return answer


_FAULTY: dict[str, Fault] = {
    "slow": _slow,
    "500": _always(lambda found: Response("trace", 500)),
    "429": _always(lambda found: Response("", 429, {"Retry-After": "1"})),
    "broken JSON": _always(lambda found: Response(json.dumps(found)[:-20], media_type="application/json")),
    "wrong types": _wrong_types,
    "cut connection": _always(lambda found: _Cut()),
    "another dossier": _another,
    "empty": _always(lambda found: JSONResponse({})),
    "endless": _always(lambda found: JSONResponse(found | {"rac": "x" * 1_000_000})),
    "redirect": _always(lambda found: Response("", 302, {"Location": "/api/ho-so/khac"})),
}


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[OneStop]:
    """Run the system in the loop of the test; yield it."""
    system = OneStop()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        system.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        application = Starlette(routes=[Route("/api/ho-so/{code:path}", system.answer)])
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1, lifespan="off", ws="none"))
        serving = asyncio.create_task(server._serve([listening]))  # `serve` would take over the signals of the test run
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        try:
            yield system
        finally:
            server.should_exit = True
            await serving
