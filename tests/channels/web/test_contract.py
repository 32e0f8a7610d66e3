"""The API keeps to its OpenAPI document: Schemathesis draws requests from it, right and wrong ones, and reads every answer against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.applications import Starlette

from bot.channels.web import Web
from tests.channels.web import conftest
from tests.channels.web.conftest import Echo, desk_at

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
    negative_data_rejection, unsupported_method,
]  # fmt: skip
READING = [check for check in CHECKS if check is not negative_data_rejection]  # for GET: query parameters that nobody knows are let lie
DRAWN = 60  # requests to each operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Starlette]]:
    folder = tmp_path_factory.mktemp("contract")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conftest, "RATE", 10**6)
        web, application = desk_at(f"sqlite:///{folder / 'web.sqlite3'}", folder / "k", Echo())
    web._stopping.set()  # a stream of events ends at once
    yield web, application


@pytest.fixture
def document(served: tuple[Web, Starlette]) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", served[1])


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(max_examples=DRAWN, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_with_a_session_every_answer_is_one_that_the_document_tells_of(case: schemathesis.Case, served: tuple[Web, Starlette]) -> None:
    session = served[0]._sessions.issue()
    case.call_and_validate(headers={"Authorization": f"Bearer {session}"}, checks=READING if case.method == "GET" else CHECKS)


@schema.parametrize()
@settings(max_examples=DRAWN, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_without_a_session_too(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=READING if case.method == "GET" else CHECKS)
