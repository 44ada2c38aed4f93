"""The database of a command: the configured one, or that of the AgeLens that runs here."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from agelens.commands.up.home import running_addresses
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory


@contextmanager
def session_of(settings: Settings) -> Iterator[Session]:
    """One transaction on the configured database, or on that of the AgeLens that runs here."""
    engine = open_engine(settings.database_url or _running_database(settings))
    try:
        with session_factory(engine).begin() as session:
            yield session
    finally:
        engine.dispose()


def _running_database(settings: Settings) -> str:
    addresses = running_addresses(settings.home)
    if addresses is None:
        raise click.ClickException(
            f"DATABASE_URL is not set, and no `agelens up` runs on {settings.home.resolve()}. "
            "Start it, or call this from its folder or with its AGELENS_HOME."
        )
    return addresses["database"]
