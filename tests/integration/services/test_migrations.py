"""The migrations make exactly the tables that the code declares, and can be taken back."""

from collections.abc import Iterator

import pytest
from agelens.services import publishing
from agelens.storage import Base, ModelVersion
from agelens.storage.engine import open_engine
from agelens.storage.migrate import alembic_config, migrate
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from servers import database_on
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session


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


def test_versions_published_before_it_was_kept_get_their_training_data(empty: Engine) -> None:
    migrate(empty)
    with Session(empty) as session, session.begin():
        publishing.register_shipped(session)
        before = _training_data(session)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0002")
    assert "data_sha256" not in {c["name"] for c in inspect(empty).get_columns("model_versions")}
    migrate(empty)
    with Session(empty) as session:
        assert _training_data(session) == before


def test_cohorts_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0003")
    assert not [name for name in inspect(empty).get_table_names() if "cohort" in name]
    assert "cohort_id" not in {c["name"] for c in inspect(empty).get_columns("ledger_entries")}
    migrate(empty)
    assert inspect(empty).has_table("cohort_parts")


def test_assessments_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0012")
    assert not inspect(empty).has_table("assessments")
    columns = {c["name"] for table in ("tasks", "users") for c in inspect(empty).get_columns(table)}
    assert not {"assessment_id", "measured_on", "age_from_profile", "birth_date"} & columns
    migrate(empty)
    assert inspect(empty).has_table("assessments")


def test_links_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0013")
    made = {"shared_links", "password_resets", "reset_requests"}
    assert not made & set(inspect(empty).get_table_names())
    migrate(empty)
    assert made < set(inspect(empty).get_table_names())


def test_hours_days_and_blocking_can_be_taken_back_and_made_again(empty: Engine) -> None:
    def made() -> tuple[bool, bool, bool]:
        known = inspect(empty)
        indexes = {index["name"] for index in known.get_indexes("tasks")}
        columns = {column["name"] for column in known.get_columns("users")}
        return (
            known.has_table("activity_hours"),
            "ix_tasks_user_id_measured_day_created_at_id" in indexes,
            "blocked_at" in columns,
        )

    migrate(empty)
    assert made() == (True, True, True)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0014")
    assert made() == (False, False, False)
    migrate(empty)
    assert made() == (True, True, True)


def test_indexes_of_what_failed_can_be_taken_back_and_made_again(empty: Engine) -> None:
    def made() -> tuple[int, ...]:
        """How many indexes have canceled tasks, and have e-mails and amounts beside their key."""
        with empty.connect() as connection:
            known = connection.execute(text("select indexdef from pg_indexes")).scalars().all()
        parts = ("'canceled'", "INCLUDE (email,", "INCLUDE (kind, amount,")
        return tuple(sum(part in each for each in known) for part in parts)

    migrate(empty)
    assert made() == (4, 1, 1)
    with empty.begin() as connection:
        command.downgrade(alembic_config(connection), "0020")
    assert made() == (1, 0, 0)
    migrate(empty)
    assert made() == (4, 1, 1)


def _training_data(session: Session) -> dict[str, str]:
    rows = session.execute(select(ModelVersion.name, ModelVersion.data_sha256))
    return {row.name: row.data_sha256 for row in rows}


@pytest.mark.parametrize("active", ["cohorts", "retrainings"])
def test_a_schema_is_not_taken_back_under_work_that_is_under_way(
    empty: Engine, active: str
) -> None:
    migrate(empty)
    with empty.begin() as connection:
        # the row's other columns do not matter here, so it is not held to their rules
        nobody = f"select * from public.{active} with no data"
        connection.execute(text(f"create temporary table {active} on commit drop as {nobody}"))
        connection.execute(text(f"insert into {active} (status) values ('running')"))
        with pytest.raises(RuntimeError, match=f"1 {active} are queued or running"):
            command.downgrade(alembic_config(connection), "0001" if active[0] == "r" else "0003")
