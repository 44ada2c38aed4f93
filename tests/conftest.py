"""What every test can ask for."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from servers import Servers, SharedServers, database_on, empty_database_of, short_home
from sharing import ByGroup, in_order_of_cost


def pytest_configure(config: pytest.Config) -> None:
    """Processes that share the cores get one OpenMP thread each, and so does what they start.

    With more, training waits for its own threads by spinning, and takes several times as long.
    """
    if config.getoption("numprocesses", None):
        os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no test process is left with it in the end."""
    items[:] = in_order_of_cost(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByGroup:
    """A file's tests run in one process; so do those of a folder that shares a service."""
    return ByGroup(config, log)


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[SharedServers]:
    """PostgreSQL and Redis of this test process."""
    servers = SharedServers()
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def postgres_url(shared_servers: SharedServers) -> Iterator[str]:
    """An SQLAlchemy address of an empty database that nobody else uses."""
    with database_on(shared_servers.postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(shared_servers: SharedServers) -> Iterator[str]:
    """A redis-py address of an empty Redis that nobody else uses."""
    with empty_database_of(shared_servers.redis_url) as url:
        yield url


@pytest.fixture
def own_servers() -> Iterator[Callable[[], Servers]]:
    """Make running servers that the test may stop, kill and start again."""
    with ExitStack() as stack:

        def make() -> Servers:
            servers = Servers(stack.enter_context(short_home()))
            stack.callback(servers.stop)
            return servers.start()

        yield make
