"""People with a task or two beside somebody with ten thousand."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import quantiles

from agelens.client import Client
from agelens.storage.engine import open_engine
from sqlalchemy import text

from benchmarks.comparison import Comparison
from benchmarks.warm_stack import MODEL, PANEL, WarmStack

PEOPLE, TASKS_EACH, BACKLOG = 19, 10, 10_000
COPIES = text("""
    with one as (
        select * from tasks where id = :task_id
    ), held as (
        update wallets set balance = balance + :count * one.price, held = held + :count * one.price
        from one where wallets.id = one.wallet_id
    )
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       validation_errors, created_at, enqueued_at)
    select gen_random_uuid(), user_id, wallet_id, model_version_id, 'queued', answers, units,
           price, validation_errors, clock_timestamp(), clock_timestamp()
    from one, generate_series(1, :count)
""")


def measure(stage: WarmStack) -> Comparison:
    """Tasks of 19 people while a twentieth has 10,000 queued, against the same without them."""
    with ExitStack() as cleanup:
        people = [cleanup.enter_context(stage.another_person()) for _ in range(PEOPLE)]
        alone = _milliseconds(people)
        heavy = cleanup.enter_context(stage.another_person())
        queue_many(stage, heavy)
        beside = _milliseconds(people)
        tasks_left = stage.queued_tasks()
    return Comparison(
        name=f"{PEOPLE} people beside one with {BACKLOG:,} tasks",
        unit="ms (p95)",
        figure=_p95(beside),
        baseline=_p95(alone),
        against="the same people alone",
        bound="<=",
        target=2.0,
        spread=f"{len(beside)} tasks of each; {tasks_left:,} of the {BACKLOG:,} were left in the end",
    )


def queue_many(stage: WarmStack, heavy: Client) -> None:
    """Copies of one task, as if they had been submitted in a moment; the next one enqueues a drain."""
    task_id = heavy.predict(PANEL, model=MODEL).task.id
    engine = open_engine(str(stage.stack.settings.database_url))
    with engine.begin() as connection:
        connection.execute(COPIES, {"task_id": task_id, "count": BACKLOG})
    engine.dispose()
    stage.queue.enqueue_drain()


def _milliseconds(people: Sequence[Client]) -> list[float]:
    def one_by_one(person: Client) -> list[float]:
        milliseconds = []
        for _ in range(TASKS_EACH):
            started = time.perf_counter()
            person.predict(PANEL, model=MODEL)
            milliseconds.append((time.perf_counter() - started) * 1000)
        return milliseconds

    with ThreadPoolExecutor(len(people)) as pool:
        return [each for milliseconds in pool.map(one_by_one, people) for each in milliseconds]


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
