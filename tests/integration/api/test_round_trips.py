"""How often the API asks PostgreSQL: each round trip is time for everybody who waits."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from agelens.web.extensions import db
from flask import Flask
from integration.conftest import PersonFactory
from integration.people import PANEL
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event

RunJobs = Callable[[], None]


Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def counted(app: Flask) -> Counted:
    """Statements while it is open; one that begins a transaction is preceded by `begin`."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        with app.app_context():
            engine = db.engine
        found: list[str] = []

        def note(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
            used = connection.connection.dbapi_connection
            if not used.autocommit and used.info.transaction_status == TransactionStatus.IDLE:
                found.append("begin")
            found.append(sql.split()[0].lower())

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return count


def test_submitting_asks_for_the_token_and_then_once(
    person: PersonFactory, counted: Counted
) -> None:
    one = person(50)
    one.queued()  # the version of the clock is known, and the token's use noted
    with counted() as ran:
        one.queued()
    assert ran == ["select", "with"]


def test_with_a_key_it_is_as_few(person: PersonFactory, counted: Counted) -> None:
    one = person(50)
    one.queued()
    with counted() as ran:
        answer = one.post(
            "/api/tasks/predict", {"answers": PANEL}, headers={"Idempotency-Key": "mine"}
        )
    assert answer.status_code == 202
    assert ran == ["select", "with"]


def test_a_task_is_shown_with_two_statements(
    person: PersonFactory, counted: Counted, run_jobs: RunJobs
) -> None:
    one = person(50)
    key = one.queued()
    run_jobs()
    for path in (f"/api/tasks/{key}", f"/api/tasks/{key}?wait=5"):
        with counted() as ran:
            assert one.get(path).json["status"] == "succeeded"
        assert ran == ["select", "select"]


def test_the_wallet_is_shown_with_two_statements(person: PersonFactory, counted: Counted) -> None:
    one = person(50)
    with counted() as ran:
        one.get("/api/wallet")
    assert ran == ["select", "select"]


def test_without_credits_the_slow_way_says_why(person: PersonFactory) -> None:
    one = person(5)
    answer = one.predict()
    assert (answer.status_code, answer.json["code"]) == (402, "insufficient_credits")
    assert one.wallet() == {"balance": 5, "held": 0, "available": 5}
