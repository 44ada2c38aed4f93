"""The real app on a real, migrated PostgreSQL and Redis; people; and a worker on demand."""

import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from agelens.jobs import connections
from agelens.queueing import COHORT, job_id
from agelens.queueing.queue import IN_PROCESS
from agelens.services import accounts, passwords
from agelens.settings import Settings
from agelens.storage import CohortPart
from agelens.storage.engine import open_engine, session_factory
from agelens.web import create_app
from agelens.web.extensions import db, queue
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from integration.people import PASSWORD, Person, new_email
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from servers import SharedServers
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

PersonFactory = Callable[..., Person]


@pytest.fixture(scope="session")
def settings(shared_servers: SharedServers) -> Iterator[Settings]:
    """Settings of a migrated database with the shipped clocks."""
    ours = {"secret_key": "only for tests", "topup_policy": "self"}
    with shared_servers.settings(**ours) as settings:
        yield settings


@pytest.fixture(scope="session")
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions beside the API, to look and to do what no request can."""
    assert settings.database_url
    engine = open_engine(settings.database_url)
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Argon2 as it is, with less work."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", cheap)
        patch.setattr(passwords, "_HASH_OF_NOBODY", cheap.hash("nobody has this password"))
        yield


@pytest.fixture(scope="session")
def made_apps() -> list[Flask]:
    """The APIs of this test process."""
    return []


@pytest.fixture(scope="session")
def make_app(made_apps: list[Flask]) -> Iterator[Callable[[Settings], Flask]]:
    """Make APIs of other settings; their connections are closed in the end."""

    def make(settings: Settings) -> Flask:
        made_apps.append(create_app(settings))
        return made_apps[-1]

    yield make
    for app in made_apps:
        with app.app_context():
            db.engine.dispose()
            queue().redis.close()


@pytest.fixture(scope="module", autouse=True)
def _few_connections(made_apps: list[Flask]) -> Iterator[None]:
    """No API keeps connections from one file to the next.

    Test processes may share a PostgreSQL, which takes a hundred; what each pool once needed at most
    would add up to that.
    """
    yield
    for app in made_apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def app(settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """The API as it is served."""
    return make_app(settings)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A client that nobody is logged in with."""
    return app.test_client()


@pytest.fixture
def person(http: FlaskClient) -> PersonFactory:
    """Make people: registered, logged in, with credits."""

    def make(credits: int = 0) -> Person:
        made = Person(http, new_email()).register().log_in()
        if credits:
            assert made.post("/api/wallet/topup", {"amount": credits}).status_code == 201
        return made

    return make


@pytest.fixture
def make_admin(http: FlaskClient, sessions: sessionmaker[Session]) -> Callable[[], Person]:
    """Make administrators, as the command does."""

    def make() -> Person:
        made = Person(http, new_email())
        with sessions.begin() as session:
            accounts.create_admin(session, made.email, PASSWORD)
        return made.log_in()

    return make


@pytest.fixture
def admin(make_admin: Callable[[], Person]) -> Person:
    """An administrator."""
    return make_admin()


@pytest.fixture(scope="session")
def _jobs_know_the_servers(settings: Settings) -> Iterator[None]:
    """Jobs read the environment once; afterwards nobody else shall see it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", str(settings.database_url))
        patch.setenv("REDIS_URL", str(settings.redis_url))
        patch.setenv("AGELENS_STORAGE", settings.storage_url)
        _forget_connections()
        sessions = connections.sessions()
        redis = connections.queue().redis
    yield
    sessions.kw["bind"].dispose()
    redis.close()
    _forget_connections()


def _forget_connections() -> None:
    for kept in (connections.settings, connections.sessions, connections.autocommit_sessions):
        kept.cache_clear()
    connections.queue.cache_clear()


@pytest.fixture
def run_jobs(settings: Settings, _jobs_know_the_servers: None) -> Iterator[Callable[[], None]]:
    """Run everything that is queued for workers (not trainers), in this process, and return."""
    connection = Redis.from_url(str(settings.redis_url))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in IN_PROCESS]

    def run() -> None:
        _put_aside_forgotten_parts(queues)
        worker = SimpleWorker(queues, connection=connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="WARNING")
        for number, handler in handlers.items():
            signal.signal(number, handler)

    yield run
    connection.close()


def _put_aside_forgotten_parts(queues: Sequence[Queue]) -> None:
    """Parts that another test left queued, without a job, shall take no turn of this test's parts.

    In life the sweep enqueues them again.
    """
    waiting = {name for each in queues for name in each.get_job_ids()}
    with connections.sessions().begin() as session:
        query = select(CohortPart).where(CohortPart.status == "queued").with_for_update()
        for part in session.scalars(query.execution_options(populate_existing=True)):
            if job_id(COHORT, part.id, part.enqueues) not in waiting:
                part.enqueued_at = func.clock_timestamp() + timedelta(days=1)
