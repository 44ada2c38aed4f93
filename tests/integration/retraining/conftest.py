"""A whole service of real processes, with a trainer that runs the notebook of these tests."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from agelens.services import accounts
from agelens.settings import Settings
from agelens.storage import Retraining
from agelens.storage.engine import open_engine, session_factory
from integration.retraining.notebook import write_notebook
from proxies import free_port
from servers import Servers, short_home
from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

PASSWORD = "correct horse battery"
LEASE_SECONDS = 10.0  # longer than a busy machine keeps a trainer from renewing it


class TrainingStack(Stack):
    """API, scheduler and one trainer on servers of its own."""

    def __init__(self, servers: Servers, home: Path, **settings: object) -> None:
        """Nothing runs before `start`, but for the servers."""
        self.servers = servers
        self.notebooks, self.training_data = home / "notebooks", home / "training-data"
        for folder in (self.notebooks, self.training_data):
            folder.mkdir()
        write_notebook(self.notebooks)
        chosen = {
            "database_url": servers.postgres.url,
            "redis_url": servers.redis.url,
            "home": home,
            "api_port": free_port(),
            "rate_limits": "off",
            "lease_seconds": LEASE_SECONDS,
            "sweep_seconds": 0.5,
            "notebooks": self.notebooks,
            "training_data": self.training_data,
        }
        super().__init__(Settings().model_copy(update=chosen | settings))

    def start_trainer(self, **settings: object) -> psutil.Process:
        """A trainer with these settings, in the place of one that has ended."""
        if "trainer" in self.parts:
            self.parts.pop("trainer").wait(60)
        ours = self.settings
        self.settings = ours.model_copy(update=settings)
        try:
            return psutil.Process(self.start_part("trainer", "worker", "training").pid)
        finally:
            self.settings = ours

    def long_ago(self, key: str, moment: str) -> None:
        """Move a moment of a retraining into the past, instead of waiting until it is."""
        then = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 1)
        with self.sessions() as sessions, sessions.begin() as session:
            session.execute(update(Retraining).where(Retraining.id == key).values({moment: then}))

    def admin(self) -> Client:
        """A new administrator, logged in."""
        email = f"{secrets.token_hex(6)}@example.org"
        with self.sessions() as sessions, sessions.begin() as session:
            accounts.create_admin(session, email, PASSWORD)
        client = Client(self.url)
        client.login(email, PASSWORD)
        return client

    @contextmanager
    def sessions(self) -> Iterator[sessionmaker[Session]]:
        """The service's database."""
        engine = open_engine(str(self.settings.database_url))
        yield session_factory(engine)
        engine.dispose()

    def notebook_processes(self) -> list[psutil.Process]:
        """Everything that works in the folder of a retraining: papermill, kernel, their children."""
        scratch = str((self.settings.home / "retrainings").resolve())
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                alive = process.status() != psutil.STATUS_ZOMBIE
                if alive and process.cwd().startswith(scratch):
                    found.append(process)
        return found

    def scratch(self) -> list[str]:
        """What lies in the folder of the retrainings under way."""
        folder = self.settings.home / "retrainings"
        return sorted(os.listdir(folder)) if folder.exists() else []


MakeStack = Callable[..., TrainingStack]


@pytest.fixture(scope="module")
def make_stack() -> Iterator[MakeStack]:
    """Start a service with these settings and without a trainer."""
    with ExitStack() as cleanup:

        def make(**settings: object) -> TrainingStack:
            servers = Servers(cleanup.enter_context(short_home()))
            cleanup.callback(servers.stop)
            stack = TrainingStack(servers.start(), cleanup.enter_context(short_home()), **settings)
            cleanup.callback(stack.stop)
            stack.start(workers=0)
            return stack

        yield make


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> TrainingStack:
    """A service with a trainer, shared by the tests of a module."""
    made = make_stack()
    made.start_trainer()
    return made


@pytest.fixture(scope="module")
def client(stack: TrainingStack) -> Iterator[Client]:
    """An administrator."""
    with stack.admin() as client:
        yield client
