"""Run the database migrations."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from agelens.storage import schema_version

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATION_LOCK = 7_305_211_001  # any number; the same in every process that migrates


def alembic_config(connection: Connection) -> "Config":
    """Alembic, pointed at our migrations and at an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Upgrade to the newest schema; of several processes that start at once, one does it.

    Raises
    ------
    SchemaMismatch
        If newer code migrated the database.
    """
    with engine.begin() as connection:
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("set local lock_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        current = schema_version.revision_of(connection)
        revisions, head = schema_version.revisions()
        if current is not None and current not in revisions:
            raise schema_version.newer(current)
        if current != head:  # else every start would wait for alembic, which then does nothing
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
