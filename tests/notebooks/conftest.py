"""A whole AgeLens for notebooks that use one, and somebody with credits."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from proxies import free_port
from servers import SharedServers


@pytest.fixture(scope="package")
def service(shared_servers: SharedServers) -> Iterator[Stack]:
    """API, two workers and the scheduler, without rate limits."""
    with shared_servers.settings(api_port=free_port()) as settings, Stack(settings) as stack:
        yield stack.start(workers=2, migrate=False)


@pytest.fixture(scope="package")
def make_person(service: Stack) -> Iterator[Callable[[int], Client]]:
    """Register somebody and give them credits; their client."""
    with ExitStack() as cleanup:

        def make(credits: int) -> Client:
            client = cleanup.enter_context(Client(service.url, ""))
            email, password = f"{secrets.token_hex(6)}@example.org", "correct horse battery"
            client.register(email, password)
            client.login(email, password)
            for already in range(0, credits, 10_000):  # the most at a time
                client.wallet.topup(min(10_000, credits - already))
            return client

        yield make
