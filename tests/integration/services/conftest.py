"""Cohorts, the queue and the storage, as services use them."""

from collections.abc import Callable, Iterator

import pytest
from agelens.jobs import connections
from agelens.queueing import JobQueue
from agelens.settings import Settings
from agelens.storage.files import Files
from integration.kept_cohorts import Cohorts
from integration.people import Person
from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    """The queues of the tests' Redis, empty."""
    made = JobQueue(str(settings.redis_url), job_timeout_seconds=30)
    made.redis.flushdb()
    yield made
    made.redis.close()


@pytest.fixture
def files(settings: Settings, _jobs_know_the_servers: None) -> Files:
    """The storage that the API and the jobs share."""
    connections.files.cache_clear()
    assert connections.settings().storage_url == settings.storage_url
    return Files(settings.storage_url)


@pytest.fixture
def cohorts_of(
    sessions: sessionmaker[Session], files: Files, queue: JobQueue
) -> Callable[[Person], Cohorts]:
    """The cohorts of a person."""
    return lambda person: Cohorts(sessions, files, queue, person.id())
