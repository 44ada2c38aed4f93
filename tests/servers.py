"""Throw-away PostgreSQL and Redis: one pair for each test process, a database for each group of tests.

The servers are those that DATABASE_URL and REDIS_URL name, or embedded ones that this process
starts when it is first asked. A group gets a copy of a migrated template, which PostgreSQL makes
faster than migrations run, and a numbered database of Redis. `Servers` is for tests that stop, kill
and restart a server; nobody shares those.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import redis
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.services import publishing
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.migrate import migrate
from sqlalchemy import make_url

CLAIM = "agelens-tests:database:{}"
CLAIMED_SECONDS = 3 * 3600


class Servers:
    """PostgreSQL and Redis of one test's own, to stop, kill and start again."""

    def __init__(self, home: Path) -> None:
        """Nothing runs before `start`."""
        self.postgres = EmbeddedPostgres(home, durable=False)
        self.redis = EmbeddedRedis(home)

    def start(self) -> "Servers":
        """Start both."""
        self.postgres.start()
        self.redis.start()
        return self

    def stop(self) -> None:
        """Stop both; harmless for one that is down."""
        self.redis.stop()
        self.postgres.stop()


class SharedServers:
    """The servers of this test process. Each starts when it is first needed."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._cleanup = ExitStack()

    def close(self) -> None:
        """Drop the template and stop what was started."""
        self._cleanup.close()

    @cached_property
    def postgres_url(self) -> str:
        """The PostgreSQL server, by the address of a database on it."""
        if given := os.environ.get("DATABASE_URL"):
            return given
        postgres = EmbeddedPostgres(self._cleanup.enter_context(short_home()), durable=False)
        self._cleanup.callback(postgres.stop)
        return postgres.start()

    @cached_property
    def redis_url(self) -> str:
        """The Redis server; its database 0 holds the claims on the others."""
        if given := os.environ.get("REDIS_URL"):
            return given
        server = EmbeddedRedis(self._cleanup.enter_context(short_home()))
        self._cleanup.callback(server.stop)
        return server.start()

    @cached_property
    def _template(self) -> str:
        """The name of a migrated database with the shipped clocks, which nobody connects to."""
        url = self._cleanup.enter_context(database_on(self.postgres_url))
        engine = open_engine(url)
        migrate(engine)
        with session_factory(engine).begin() as session:
            publishing.register_shipped(session)
        engine.dispose()
        return str(make_url(url).database)

    @contextmanager
    def settings(self, **others: Any) -> Iterator[Settings]:
        """Settings of an AgeLens on a migrated database, a Redis and a home that are its own."""
        with (
            short_home() as home,
            database_on(self.postgres_url, template=self._template) as database_url,
            empty_database_of(self.redis_url) as redis_url,
        ):
            places = {"home": home, "database_url": database_url, "redis_url": redis_url}
            yield Settings(**places, **({"rate_limits": "off"} | others))


@contextmanager
def short_home() -> Iterator[Path]:
    """A directory whose name leaves room for a socket's path, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="agelens-"))
    try:
        yield home
    finally:
        shutil.rmtree(home)


@contextmanager
def database_on(server_url: str, template: str = "template1") -> Iterator[str]:
    """A copy of the template on a running server, dropped afterwards."""
    server = make_url(server_url)
    name = f"agelens_test_{secrets.token_hex(6)}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"'.encode())
    url = server.set(drivername="postgresql+psycopg", database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)'.encode())


@contextmanager
def empty_database_of(server_url: str) -> Iterator[str]:
    """An empty numbered database on a running Redis, emptied again afterwards.

    Test processes may share a server, so a number is claimed before anybody writes to it.
    """
    with redis.Redis.from_url(_with_number(server_url, 0)) as claims:
        number = _claim(claims, server_url)
        try:
            yield _with_number(server_url, number)
        finally:
            with redis.Redis.from_url(_with_number(server_url, number)) as client:
                client.flushdb()
            claims.delete(CLAIM.format(number))


def _claim(claims: redis.Redis, server_url: str) -> int:
    for number in range(15, 0, -1):
        if claims.set(CLAIM.format(number), os.getpid(), nx=True, ex=CLAIMED_SECONDS):
            with redis.Redis.from_url(_with_number(server_url, number)) as client:
                if client.dbsize() == 0:
                    return number
            claims.delete(CLAIM.format(number))
    raise RuntimeError("REDIS_URL's server has no empty database between 1 and 15 for the tests")


def _with_number(server_url: str, number: int) -> str:
    base = server_url.split("?")[0]
    if base.startswith("unix:"):
        return f"{base}?db={number}"
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.split('/')[0]}/{number}"
