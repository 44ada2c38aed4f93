"""A long history is exported without being held in memory."""

import tracemalloc
import uuid
from collections.abc import Iterator

import orjson
import pytest
from agelens.storage import ModelVersion, Task
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session, sessionmaker

MANY = 20_000
MOST_MIB = 12
FILL = text(
    """
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       created_at)
    select gen_random_uuid(), :person, wallets.id, :clock, 'draft',
           json_build_object('smoking_status', repeat('x', 400)), '{}', 10,
           now() - interval '1 minute' * (n / 3)
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


@pytest.fixture
def long_history(person: PersonFactory, sessions: sessionmaker[Session]) -> Iterator[Person]:
    one = person(5)
    person_id = uuid.UUID(one.id())
    with sessions.begin() as session:
        clock = session.scalar(select(ModelVersion.id).where(ModelVersion.name == "kaggle-age"))
        session.execute(FILL, {"person": person_id, "clock": clock, "many": MANY})
    yield one
    with sessions.begin() as session:
        session.execute(delete(Task).where(Task.user_id == person_id))


def test_the_export_of_20000_tasks_is_whole_and_its_memory_flat(long_history: Person) -> None:
    tracemalloc.start()
    try:
        response = long_history.get("/api/auth/me/export")
        length = sum(len(chunk) for chunk in response.iter_encoded())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length > 12 * 1024**2
    assert peak < MOST_MIB * 1024**2
    export = orjson.loads(long_history.get("/api/auth/me/export").data)
    assert len({task["id"] for task in export["tasks"]}) == len(export["tasks"]) == MANY
    made = [task["created_at"] for task in export["tasks"]]
    assert made == sorted(made)
    assert [entry["kind"] for entry in export["transactions"]] == ["topup"]
