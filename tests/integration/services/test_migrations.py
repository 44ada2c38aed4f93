"""The migrations make exactly the tables that the code declares, and can be taken back."""

from collections.abc import Iterator

import pytest
from agelens.storage import Base
from agelens.storage.engine import open_engine
from agelens.storage.migrate import alembic_config, migrate
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from servers import database_on
from sqlalchemy import Engine, inspect


@pytest.fixture
def empty(postgres_url: str) -> Iterator[Engine]:
    with database_on(postgres_url) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def test_a_migrated_database_is_what_the_code_declares(empty: Engine) -> None:
    migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_retrainings_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
    assert not [name for name in inspect(empty).get_table_names() if "retraining" in name]
    migrate(empty)
    assert inspect(empty).has_table("retrainings")
