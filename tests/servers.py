"""Throw-away PostgreSQL and Redis for tests, or the ones that DATABASE_URL and REDIS_URL name."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.settings import Settings
from sqlalchemy import make_url


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


@contextmanager
def short_home() -> Iterator[Path]:
    """A directory whose name leaves room for a socket's path, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="agelens-"))
    try:
        yield home
    finally:
        shutil.rmtree(home)


@contextmanager
def settings_on_servers(**others: Any) -> Iterator[Settings]:
    """Settings of a whole AgeLens on servers that are its own, or a part of the given ones."""
    with ExitStack() as cleanup:
        home = cleanup.enter_context(short_home())
        if given := os.environ.get("DATABASE_URL"):
            database_url = cleanup.enter_context(database_on(given))
        else:
            postgres = EmbeddedPostgres(home, durable=False)
            cleanup.callback(postgres.stop)
            database_url = postgres.start()
        if given := os.environ.get("REDIS_URL"):
            redis_url = cleanup.enter_context(empty_database_of(given))
        else:
            redis_server = EmbeddedRedis(home)
            cleanup.callback(redis_server.stop)
            redis_url = redis_server.start()
        yield Settings(
            home=home, database_url=database_url, redis_url=redis_url, rate_limits="off", **others
        )


@contextmanager
def database_on(server_url: str) -> Iterator[str]:
    """A fresh database on a running server, dropped afterwards."""
    server = make_url(server_url)
    name = f"agelens_test_{secrets.token_hex(6)}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'create database "{name}"'.encode())
    url = server.set(drivername="postgresql+psycopg", database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)'.encode())


@contextmanager
def empty_database_of(server_url: str) -> Iterator[str]:
    """An empty numbered database on a running Redis, emptied again afterwards."""
    for number in range(15, 0, -1):
        client = redis.Redis.from_url(server_url, db=number)
        try:
            if client.dbsize() == 0:
                yield _with_number(server_url, number)
                client.flushdb()
                return
        finally:
            client.close()
    raise RuntimeError("REDIS_URL's server has no empty database between 1 and 15 for the tests")


def _with_number(server_url: str, number: int) -> str:
    base = server_url.split("?")[0]
    if base.startswith("unix:"):
        return f"{base}?db={number}"
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.split('/')[0]}/{number}"
