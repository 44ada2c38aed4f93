"""Create the database engine and its sessions."""

import orjson
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

ENGINE_OPTIONS = {
    "pool_pre_ping": True,
    "pool_timeout": 5.0,
    "hide_parameters": True,  # answers and addresses do not belong in logs
    "json_deserializer": orjson.loads,
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c statement_timeout=30000 -c lock_timeout=15000 -c timezone=UTC",
    },
}


def sqlalchemy_url(url: str) -> str:
    """The same database through psycopg 3, whatever prefix the operator wrote."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def open_engine(database_url: str, *, pool_size: int = 2, pre_ping: bool = True) -> Engine:
    """An engine; it connects when first used, not here. Who retries needs no `pre_ping`."""
    options = {**ENGINE_OPTIONS, "pool_pre_ping": pre_ping}
    return create_engine(
        sqlalchemy_url(database_url), pool_size=pool_size, max_overflow=2, **options
    )


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)
