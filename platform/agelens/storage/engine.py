"""Create the database engine and its sessions."""

import time
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

PING_AFTER_SECONDS = 1.0  # a connection that was used later than that was alive a moment ago
ENGINE_OPTIONS = {
    "pool_timeout": 5.0,
    "skip_autocommit_rollback": True,
    "hide_parameters": True,  # answers and addresses do not belong in logs
    "json_deserializer": orjson.loads,
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "connect_args": {
        "connect_timeout": 5,
        # compiling a statement (jit) takes longer than any of ours runs
        "options": "-c statement_timeout=30000 -c lock_timeout=15000 -c timezone=UTC -c jit=off",
    },
}


def sqlalchemy_url(url: str) -> str:
    """The same database through psycopg 3, whatever prefix the operator wrote."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def open_engine(database_url: str, *, pool_size: int = 2, ping: bool = True) -> Engine:
    """An engine; it connects when first used, not here. Who retries needs no `ping`."""
    engine = create_engine(
        sqlalchemy_url(database_url), pool_size=pool_size, max_overflow=2, **ENGINE_OPTIONS
    )
    if ping:
        ping_idle_connections(engine)
    return engine


def ping_idle_connections(engine: Engine) -> None:
    """Replace connections that died while nobody used them, as `pool_pre_ping` does.

    Only what has been idle is asked: a ping for each checkout costs a busy service a round trip for
    each statement or two.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        idle_since = record.info.pop("idle_since", None)
        if idle_since is None or time.monotonic() - idle_since < PING_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("a connection died while nobody used it") from error


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)
