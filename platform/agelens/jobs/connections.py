"""Connections of a worker or scheduler process, opened lazily and once: settings, database, queues, files."""

from functools import lru_cache

from sqlalchemy.orm import Session, sessionmaker

from agelens.queueing import JobQueue
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files


@lru_cache
def settings() -> Settings:
    """The process's settings, read when the first job needs them."""
    return Settings()


@lru_cache
def sessions() -> sessionmaker[Session]:
    """Sessions on the process's one engine, which connects when first used."""
    url = settings().database_url
    if url is None:
        raise RuntimeError("DATABASE_URL is not set; `agelens up` starts a database of its own")
    return session_factory(open_engine(url, ping=False))


@lru_cache
def autocommit_sessions() -> sessionmaker[Session]:
    """Sessions on the same engine in which each statement is a transaction of its own."""
    engine = sessions().kw["bind"]
    return session_factory(engine.execution_options(isolation_level="AUTOCOMMIT"))


def redis_url() -> str:
    """The address of Redis; RuntimeError when it is not set."""
    url = settings().redis_url
    if url is None:
        raise RuntimeError("REDIS_URL is not set; `agelens up` starts a Redis of its own")
    return url


@lru_cache
def queue() -> JobQueue:
    """The process's queues, which connect when first used."""
    return JobQueue(
        redis_url(),
        job_timeout_seconds=settings().lease_seconds,
        training_seconds=settings().training_seconds,
    )


@lru_cache
def files() -> Files:
    """The process's storage of files, which connects when first used."""
    return Files.configured(settings())
