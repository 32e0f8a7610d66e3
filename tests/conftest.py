"""Real servers for tests: PostgreSQL, Redis and RabbitMQ where they are installed; tests that need one are passed over, visibly, where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import postgres as postgresql
from bench import rabbitmq as rabbit
from bench import redis as redis_


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server for the whole run; whoever writes into it tidies up."""
    try:
        with postgresql.server({"fsync": "off", "shared_buffers": "64MB"}) as url:
            yield url
    except postgresql.NoPostgres as absent:
        pytest.skip(str(absent))


@pytest.fixture
def redis_server() -> Iterator[redis_.Server]:
    """A Redis server with nothing in it, which the test may stop."""
    try:
        with redis_.server() as running:
            yield running
    except redis_.NoRedis as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[rabbit.Server]:
    """A RabbitMQ server for the whole run; a test that stops it starts it again."""
    try:
        with rabbit.server() as running:
            yield running
    except rabbit.NoRabbitMQ as absent:
        pytest.skip(str(absent))
