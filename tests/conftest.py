"""What every test can ask for."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from servers import Servers, database_on, empty_database_of, short_home


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An SQLAlchemy address of an empty database that nobody else uses."""
    with ExitStack() as stack:
        if given := os.environ.get("DATABASE_URL"):
            yield stack.enter_context(database_on(given))
            return
        postgres = EmbeddedPostgres(stack.enter_context(short_home()), durable=False)
        stack.callback(postgres.stop)
        yield postgres.start()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A redis-py address of an empty Redis that nobody else uses."""
    with ExitStack() as stack:
        if given := os.environ.get("REDIS_URL"):
            yield stack.enter_context(empty_database_of(given))
            return
        redis = EmbeddedRedis(stack.enter_context(short_home()))
        stack.callback(redis.stop)
        yield redis.start()


@pytest.fixture
def own_servers() -> Iterator[Callable[[], Servers]]:
    """Make running servers that the test may stop, kill and start again."""
    with ExitStack() as stack:

        def make() -> Servers:
            servers = Servers(stack.enter_context(short_home()))
            stack.callback(servers.stop)
            return servers.start()

        yield make
