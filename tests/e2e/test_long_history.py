"""A request takes no longer for somebody with ten thousand tasks than for somebody with ten."""

import time
from collections.abc import Callable
from itertools import islice

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
                       charged, attempts, validation_errors, created_at, finished_at)
    select gen_random_uuid(), user_id, wallet_id, model_version_id, 'canceled', answers, units,
           price, 0, 1, validation_errors, created_at - n * interval '1 minute', created_at
    from tasks, generate_series(1, :count) as n
    where id = :task_id
""")
# What that many tasks leave in a ledger: a hold each and its release, the wallet as it was before.
MANY_ENTRIES = text("""
    insert into ledger_entries (id, sequence, wallet_id, kind, key, amount, held_change,
                                balance_after, held_after, note, created_at)
    select gen_random_uuid(), nextval('ledger_sequence'), w.id, kind,
           'history:' || w.id || ':' || n || ':' || kind, 0, sign * :price,
           w.balance, w.held + greatest(sign, 0) * :price, '', now()
    from wallets w, generate_series(1, :count) as n, (values ('hold', 1), ('release', -1))
         as settled (kind, sign)
    where w.id = :wallet_id
    order by n, sign desc
""")
STRANGERS_ENTRIES = 100_000


def first_page(person: Client) -> None:
    assert len(list(islice(person.history(page_size=10), 10))) == 10


def of_the_model(person: Client) -> None:
    tasks = list(islice(person.history(model="kaggle-age", page_size=10), 10))
    assert [task.model.name for task in tasks] == ["kaggle-age"] * 10


def of_no_model(person: Client) -> None:
    assert list(person.history(model="never-published", page_size=10)) == []


def last_transactions(person: Client) -> None:
    assert len(list(islice(person.wallet.transactions(page_size=10), 10))) == 10


def submit(person: Client) -> None:
    person.submit(SHORT)


@pytest.fixture
def people(make_person: MakePerson, sessions: sessionmaker[Session]) -> tuple[Client, Client]:
    """Somebody with ten tasks, and somebody with ten thousand, among strangers who are as busy."""
    made = []
    for count in (10, 10_000, 0):
        person = make_person(credits=10_000)
        task = person.predict(SHORT).task
        entries = count or STRANGERS_ENTRIES // 2
        with sessions.begin() as session:
            session.execute(MANY_CANCELED, {"count": count, "task_id": task.id})
            wallet_id = session.execute(
                text("select wallet_id from tasks where id = :task_id"), {"task_id": task.id}
            ).scalar_one()
            of_wallet = {"wallet_id": wallet_id, "price": task.price, "count": entries}
            session.execute(MANY_ENTRIES, of_wallet)
        made.append(person)
    with sessions.begin() as session:
        session.execute(text("analyze tasks, ledger_entries"))
    return made[0], made[1]


@pytest.mark.serial
def test_request_time_does_not_grow_with_history(people: tuple[Client, Client]) -> None:
    requests: dict[str, Callable[[Client], object]] = {
        "history": first_page,
        "canceled": lambda person: next(person.history(status="canceled", page_size=10)),
        "of the model": of_the_model,
        "of no model": of_no_model,
        "wallet": lambda person: person.wallet.show(),
        "transactions": last_transactions,
        "submit": submit,
    }
    slower = {}
    of_few_tasks = {}
    for name, request in requests.items():
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(TIMES):  # in turns, so that the machine's moods meet both
            for person, taken in zip(people, seconds, strict=True):
                started = time.perf_counter()
                request(person)
                taken.append(time.perf_counter() - started)
        few, many = map(min, seconds)  # the quickest: what else the machine does only adds
        of_few_tasks[name] = few
        slower[name] = many / few
    assert {name: ratio for name, ratio in slower.items() if ratio > SLOWER_AT_MOST} == {}
    # strangers' entries slow both people down alike
    assert of_few_tasks["transactions"] < SLOWER_AT_MOST * of_few_tasks["history"]
    for person in people:
        for task in islice(person.history(status="queued"), TIMES):
            person.wait(task.id)
