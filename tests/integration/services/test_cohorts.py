"""Cohorts from their submission to their end, with their money."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from agelens.services.audit import audit
from integration.kept_cohorts import PRICE, Cohorts, people
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(1000)


@pytest.fixture
def theirs(one: Person, cohorts_of: Callable[[Person], Cohorts]) -> Cohorts:
    return cohorts_of(one)


def table(results: list[bytes]) -> pa.Table:
    return pa.concat_tables(pa.ipc.open_file(part).read_all() for part in results)


def test_rows_are_scored_in_parts_and_paid_if_they_have_a_number(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(25, bad={3, 25}), part_rows=10)
    queued = theirs.get(key)
    assert (queued.status, queued.price, queued.n_parts) == ("queued", 25 * PRICE, 3)
    assert one.wallet() == {"balance": 1000, "held": 250, "available": 750}
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_done, cohort.rows_scored) == ("succeeded", 25, 23)
    assert cohort.charged == 23 * PRICE
    assert one.wallet() == {"balance": 770, "held": 0, "available": 770}
    told = [(e["kind"], e["amount"], e["held_change"]) for e in one.transactions()[:3]]
    assert told == [("release", 0, -20), ("capture", -230, -230), ("hold", 0, 250)]
    assert {e["cohort_id"] for e in one.transactions()[:3]} == {str(key)}
    rows = table(theirs.results(key))
    assert rows["row"].to_pylist() == list(range(1, 26))
    assert rows["id"].to_pylist() == [f"p{row}" for row in range(1, 26)]
    unscored = [r["row"] for r in rows.to_pylist() if r["error"] is not None]
    assert unscored == [3, 25]
    assert cohort.summary is not None
    assert (cohort.summary["rows"], cohort.summary["scored"]) == (25, 23)
    with sessions() as session:
        assert audit(session).differences == ()
