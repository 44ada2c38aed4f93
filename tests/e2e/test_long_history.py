"""A request takes no longer for somebody with ten thousand tasks than for somebody with ten."""

import time
from collections.abc import Callable
from itertools import islice
from statistics import median

import pytest
from agelens.client import Client
from e2e.conftest import MakePerson
from e2e.panels import SHORT
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

TIMES = 25
SLOWER_AT_MOST = 2.0
MANY_CANCELED = text("""
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       charged, attempts, enqueues, validation_errors, created_at, finished_at)
    select gen_random_uuid(), user_id, wallet_id, model_version_id, 'canceled', answers, units,
           price, 0, 1, 1, validation_errors, created_at - n * interval '1 minute', created_at
    from tasks, generate_series(1, :count) as n
    where id = :task_id
""")


def first_page(person: Client) -> None:
    assert len(list(islice(person.history(page_size=10), 10))) == 10


def submit(person: Client) -> None:
    person.submit(SHORT)


@pytest.fixture
def people(make_person: MakePerson, sessions: sessionmaker[Session]) -> tuple[Client, Client]:
    """Somebody with ten tasks, and somebody with ten thousand."""
    made = []
    for count in (10, 10_000):
        person = make_person(credits=10_000)
        task = person.predict(SHORT).task
        with sessions.begin() as session:
            session.execute(MANY_CANCELED, {"count": count, "task_id": task.id})
        made.append(person)
    return made[0], made[1]


def test_request_time_does_not_grow_with_history(people: tuple[Client, Client]) -> None:
    requests: dict[str, Callable[[Client], object]] = {
        "history": first_page,
        "canceled": lambda person: next(person.history(status="canceled", page_size=10)),
        "wallet": lambda person: person.wallet.show(),
        "submit": submit,
    }
    slower = {}
    for name, request in requests.items():
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(TIMES):  # in turns, so that the machine's moods meet both
            for person, taken in zip(people, seconds, strict=True):
                started = time.perf_counter()
                request(person)
                taken.append(time.perf_counter() - started)
        slower[name] = median(seconds[1]) / median(seconds[0])
    assert {name: ratio for name, ratio in slower.items() if ratio > SLOWER_AT_MOST} == {}
    for person in people:
        for task in islice(person.history(status="queued"), TIMES):
            person.wait(task.id)
