"""A whole AgeLens of real processes, shared by the tests of this folder, and people who use it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from agelens.services import accounts
from agelens.services.audit import audit
from agelens.storage.engine import open_engine, session_factory
from proxies import free_port
from servers import SharedServers
from sqlalchemy.orm import Session, sessionmaker

PASSWORD = "correct horse battery"

MakePerson = Callable[..., Client]


@pytest.fixture(scope="session")
def service(shared_servers: SharedServers) -> Iterator[Stack]:
    """API, two workers and the scheduler on databases of their own, without rate limits."""
    with (
        shared_servers.settings(api_port=free_port(), max_cohort_bytes=64 * 1024**2) as settings,
        Stack(settings) as stack,
    ):
        yield stack.start(workers=2, migrate=False)


@pytest.fixture(scope="session")
def sessions(service: Stack) -> Iterator[sessionmaker[Session]]:
    """The service's database."""
    engine = open_engine(str(service.settings.database_url))
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def make_person(service: Stack) -> Iterator[MakePerson]:
    """Register somebody, log them in and give them credits; their client."""
    with ExitStack() as cleanup:

        def make(credits: int = 0, **options: float) -> Client:
            client = cleanup.enter_context(Client(service.url, **options))
            email = f"{secrets.token_hex(8)}@example.org"
            client.register(email, PASSWORD)
            client.login(email, PASSWORD)
            if credits:
                client.wallet.topup(credits)
            return client

        yield make


@pytest.fixture
def admin(service: Stack, sessions: sessionmaker[Session]) -> Iterator[Client]:
    """An administrator, whom no request can make."""
    email = f"{secrets.token_hex(8)}@example.org"
    with sessions.begin() as session:
        accounts.create_admin(session, email, PASSWORD)
    with Client(service.url) as client:
        client.login(email, PASSWORD)
        yield client


@pytest.fixture(autouse=True)
def clean_books(sessions: sessionmaker[Session]) -> Iterator[None]:
    """After every test each wallet follows from its ledger, and each charge from its task."""
    yield
    with sessions() as session:
        assert audit(session).differences == ()
