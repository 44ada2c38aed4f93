"""Lists filtered by a rarely used clock, and administrators' lists, walk an index, not all rows."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agelens.services import tasks
from agelens.services.cohorts import lookups
from agelens.storage import ModelVersion, User
from integration.conftest import PersonFactory
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, sessionmaker

MANY = 20_000
OF_A_CLOCK = "ix_tasks_model_version_id_created_at_id"
FILL = text(
    """
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       created_at)
    select gen_random_uuid(), :person, wallets.id, :clock, 'draft', '{}', '{}', 10,
           now() - interval '1 minute' * n
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


FILL_COHORTS = text(
    """
    insert into cohorts (id, user_id, wallet_id, model_version_id, status, name, format, header,
                         columns, mapping, units, n_rows, part_rows, n_parts, created_at)
    select gen_random_uuid(), :person, wallets.id, :clock,
           case when n % 1000 = 0 then 'queued' else 'canceled' end, 'people.csv', 'csv', '[]',
           'agelens', '{}', '{}', 1, 1, 1, now() - interval '1 minute' * n
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


@pytest.fixture
def filled(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> Iterator[tuple[Session, uuid.UUID]]:
    """One person's many tasks of one clock, another's of another; thrown away afterwards."""
    one, other = uuid.UUID(person().id()), uuid.UUID(person().id())
    with sessions() as session:
        for who, name in ((one, "kaggle-age"), (other, "dysregulation")):
            clock = session.scalars(
                select(ModelVersion.id).where(ModelVersion.name == name)
            ).first()
            session.execute(FILL, {"person": who, "clock": clock, "many": MANY})
        for name in ("dysregulation", "kdm"):
            _add_version(session, name)
        session.execute(text("analyze tasks"))
        yield session, one
        session.rollback()


@pytest.mark.parametrize(
    ("everybody", "model", "index"),
    [
        (False, "dysregulation", "ix_tasks_user_id_model_version_id_created_at_id"),
        (True, "kdm", OF_A_CLOCK),
    ],
)
def test_a_rarely_used_clock_has_its_own_index(
    filled: tuple[Session, uuid.UUID], everybody: bool, model: str, index: str
) -> None:
    session, person_id = filled
    user = None if everybody else session.get_one(User, person_id)
    plan = _plan_of_history(session, user, model=model)
    used = set(re.findall(r"using (\w+) on tasks", plan))
    assert used <= {index, "pk_tasks"}, plan
    assert len(re.findall(index, plan)) == 2, plan  # a walk for each version
    assert not re.search(r"(Seq|Bitmap Heap) Scan on tasks", plan), plan


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        ({}, "ix_cohorts_created_at_id"),
        ({"status": "queued"}, "ix_cohorts_status_created_at_id"),
    ],
)
def test_lists_of_everybodys_cohorts_walk_an_index(
    person: PersonFactory,
    sessions: sessionmaker[Session],
    narrowed: dict[str, str],
    index: str,
) -> None:
    with sessions() as session:
        clock = session.scalars(select(ModelVersion.id)).first()
        session.execute(FILL_COHORTS, {"person": person().id(), "clock": clock, "many": MANY})
        session.execute(text("analyze cohorts"))
        plan = _plan_of(session, lambda: lookups.history(session, None, None, 25, **narrowed))
        session.rollback()
    assert set(re.findall(r"using (\w+) on cohorts", plan)) == {index}, plan
    assert not re.search(r"(Seq|Bitmap Heap) Scan on cohorts", plan), plan


def _add_version(session: Session, name: str) -> None:
    """Another version of a clock, as after a retraining."""
    found = session.scalars(select(ModelVersion).where(ModelVersion.name == name)).first()
    assert found
    columns = {c.key: getattr(found, c.key) for c in ModelVersion.__table__.columns}
    columns |= {"id": uuid.uuid4(), "version": f"0.{uuid.uuid4().int}", "active": False}
    session.add(ModelVersion(**columns | {"is_default": False}))
    session.flush()


def _plan_of_history(session: Session, user: User | None, **narrowed: str) -> str:
    """The plan of the last query that `history` sends."""
    return _plan_of(session, lambda: tasks.history(session, user, None, 20, **narrowed))


def _plan_of(session: Session, send: Callable[[], object]) -> str:
    """The plan of the last query that is sent."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    send()
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    rows = connection.exec_driver_sql(f"explain {statement}", parameters)
    return "\n".join(row[0] for row in rows)
