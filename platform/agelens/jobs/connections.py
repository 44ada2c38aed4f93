"""Connections of a worker or scheduler process, opened lazily and once: settings, database, Redis, files."""

from functools import lru_cache

from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from agelens.queueing import open_redis
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
    return session_factory(open_engine(url, pre_ping=False))


def redis_url() -> str:
    """The address of Redis; RuntimeError when it is not set."""
    url = settings().redis_url
    if url is None:
        raise RuntimeError("REDIS_URL is not set; `agelens up` starts a Redis of its own")
    return url


@lru_cache
def redis() -> Redis:
    """The process's Redis, which connects when first used."""
    return open_redis(redis_url())


@lru_cache
def files() -> Files:
    """The process's storage of files, which connects when first used."""
    return Files.configured(settings())
