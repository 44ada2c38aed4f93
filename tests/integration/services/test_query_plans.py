"""Lists filtered by a rarely used clock walk its own index, not everybody's tasks."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from agelens.services import tasks
from agelens.storage import ModelVersion, User
from integration.conftest import PersonFactory
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, sessionmaker

MANY = 20_000
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


@pytest.fixture
def filled(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> Iterator[tuple[Session, uuid.UUID]]:
    """One person's many tasks of one clock, another's of another; thrown away afterwards."""
    one, other = uuid.UUID(person().id()), uuid.UUID(person().id())
    with sessions() as session:
        for who, name in ((one, "kaggle-age"), (other, "dysregulation")):
            clock = session.scalar(select(ModelVersion.id).where(ModelVersion.name == name))
            session.execute(FILL, {"person": who, "clock": clock, "many": MANY})
        session.execute(text("analyze tasks"))
        yield session, one
        session.rollback()


@pytest.mark.parametrize(
    ("everybody", "model", "index"),
    [
        (False, "dysregulation", "ix_tasks_user_id_model_version_id_created_at_id"),
        (True, "kdm", "ix_tasks_model_version_id_created_at_id"),
    ],
)
def test_a_rarely_used_clock_has_its_own_index(
    filled: tuple[Session, uuid.UUID], everybody: bool, model: str, index: str
) -> None:
    session, person_id = filled
    user = None if everybody else session.get_one(User, person_id)
    plan = _plan_of_history(session, user, model=model)
    assert index in plan
    assert "ix_tasks_created_at_id" not in plan
    assert "Seq Scan on tasks" not in plan


def _plan_of_history(session: Session, user: User | None, **narrowed: str) -> str:
    """The plan of the last query that `history` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    tasks.history(session, user, None, 20, **narrowed)
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    rows = connection.exec_driver_sql(f"explain {statement}", parameters)
    return "\n".join(row[0] for row in rows)
