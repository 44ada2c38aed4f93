"""What administrators see of each hour: counted from the ledger, once, whatever was deleted since."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from agelens.services import activity, input_drift
from agelens.storage import ActivityHour, ModelVersion
from integration.conftest import PersonFactory
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

HOUR = timedelta(hours=1)
WAITS = [0.5, 1.0, 2.0, 4.0, 40.0]
ENTRY = text(
    """
    insert into ledger_entries (id, wallet_id, kind, key, amount, held_change, balance_after,
                                held_after, task_id, created_at)
    select gen_random_uuid(), id, :kind, :key, :amount, 0, 0, 0, :task, :at
    from wallets where user_id = :person
    """
)
RESULTS = text(
    """
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       charged, result, created_at)
    select gen_random_uuid(), :person, wallets.id, :clock, 'succeeded', '{}', '{}', 1, 1,
           json_build_object('contributions', json_build_array(
               json_build_object('feature', 'albumin', 'value', :low + n % 10, 'imputed', false),
               json_build_object('feature', 'glucose', 'value', null, 'imputed', true))),
           now() + interval '1 second' * (:from_second + n)
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


@pytest.fixture
def session(sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Whatever a test adds is thrown away; nobody else's hours are seen, and none ends meanwhile."""
    moment = datetime.now(UTC)
    monkeypatch.setattr(activity, "_now", lambda: moment)
    with sessions() as session:
        session.execute(delete(ActivityHour))
        yield session
        session.rollback()


def add(session: Session, person: uuid.UUID, kind: str, at: datetime, **more: object) -> uuid.UUID:
    task = more.get("task", uuid.uuid4() if kind == "hold" else None)
    values = {"person": person, "kind": kind, "at": at, "amount": more.get("amount", 0)}
    session.execute(ENTRY, values | {"task": task, "key": str(uuid.uuid4())})
    assert isinstance(task, uuid.UUID) or task is None
    return task or person


def hour_ago(hours: int) -> datetime:
    """A past hour, far from those in which other tests do something."""
    return activity._now().replace(minute=0, second=0, microsecond=0) - hours * HOUR


def fill(session: Session, person: uuid.UUID, hour: datetime) -> None:
    """Five charged predictions with known waits, one that failed, one under way; 90 credits came."""
    for seconds in WAITS:
        at = hour + timedelta(minutes=59)  # its end counts for the hour of its hold
        task = add(session, person, "hold", at)
        add(session, person, "capture", at + timedelta(seconds=seconds), task=task, amount=-10)
    failed = add(session, person, "hold", hour)
    add(session, person, "release", hour + timedelta(seconds=3), task=failed)
    add(session, person, "hold", hour)
    add(session, person, "topup", hour, amount=90)
    add(session, person, "refund", hour, amount=7)


def test_an_hour_is_counted_from_the_ledger(session: Session, person: PersonFactory) -> None:
    hour = hour_ago(100)
    fill(session, uuid.UUID(person().id()), hour)
    while activity.count_hours(session):
        pass
    row = session.get_one(ActivityHour, hour)
    assert (row.queued, row.succeeded, row.not_charged) == (7, 5, 1)
    assert row.wait_p50 == pytest.approx(np.quantile([*WAITS, 3.0], 0.5))
    assert row.wait_p95 == pytest.approx(np.quantile([*WAITS, 3.0], 0.95))
    assert (row.credits_added, row.credits_spent, row.credits_refunded) == (90, 50, 7)


def test_every_hour_of_a_month_is_counted_once(session: Session) -> None:
    counted = 0
    while found := activity.count_hours(session):
        assert found <= activity.MOST_HOURS_AT_ONCE
        counted += found
    assert counted == 30 * 24 - 1  # this hour and the one before are not settled
    assert activity.count_hours(session) == 0


def test_two_schedulers_count_the_same_hours_without_harm(
    sessions: sessionmaker[Session],
) -> None:
    failures: list[SQLAlchemyError] = []
    with sessions.begin() as session:
        session.execute(delete(ActivityHour))

    def count() -> None:
        try:
            for _ in range(30):
                with sessions.begin() as session:
                    activity.count_hours(session)
                    activity.note_depth(session, 1)
        except SQLAlchemyError as error:
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)  # a minute was nearly used up on a busy machine
        assert not thread.is_alive()
    assert failures == []
    with sessions() as session:
        assert (session.scalar(select(func.sum(ActivityHour.depth_samples))) or 0) >= 60
        counted = select(func.count()).where(ActivityHour.counted)
        assert (session.scalar(counted) or 0) >= 30 * 24 - 1
        assert activity.count_hours(session) <= 1, "an hour may have ended meanwhile"


@pytest.mark.parametrize(("period", "buckets"), [("24h", 24), ("7d", 168), ("30d", 30)])
def test_a_period_has_all_its_buckets_and_sums(
    session: Session, person: PersonFactory, period: activity.Period, buckets: int
) -> None:
    # where a day is one bucket, not in today's: other tests' predictions may have waited for longer
    hour = hour_ago(20 if period == "24h" else 30)
    fill(session, uuid.UUID(person().id()), hour)
    while activity.count_hours(session):
        pass
    found = activity.activity(session, period)
    starts = [bucket["start"] for bucket in found["items"]]
    assert len(starts) in ({buckets, buckets + 1} if period == "30d" else {buckets})
    assert starts == sorted(set(starts))
    bucket = next(
        each for each in reversed(found["items"]) if each["start"] <= hour.isoformat()[:19] + "Z"
    )
    assert bucket["queued"] >= 7
    assert bucket["credits_spent"] >= 50
    assert bucket["wait_p95"] == pytest.approx(np.quantile([*WAITS, 3.0], 0.95), rel=0.3)


def test_this_hour_is_seen_at_once(session: Session, person: PersonFactory) -> None:
    hour = hour_ago(0)

    def queued() -> int:
        found = activity.activity(session, "24h")["items"]
        return next(each["queued"] for each in found if hour.isoformat()[:13] == each["start"][:13])

    before = queued()
    fill(session, uuid.UUID(person().id()), hour)
    assert queued() - before == 7
    assert session.scalars(select(ActivityHour)).all() == []


def test_an_hour_that_no_scheduler_has_counted_is_seen_too(
    session: Session, person: PersonFactory
) -> None:
    hour = hour_ago(20)
    fill(session, uuid.UUID(person().id()), hour)
    found = activity.activity(session, "24h")["items"]
    seen = next(each for each in found if each["start"][:13] == hour.isoformat()[:13])
    assert (seen["queued"], seen["succeeded"], seen["not_charged"]) == (7, 5, 1)


def test_the_depth_of_the_queue_has_its_mean_and_its_peak(session: Session) -> None:
    for waiting in (0, 10, 2):
        activity.note_depth(session, waiting)
    bucket = activity.activity(session, "24h")["items"][-1]
    assert (bucket["queue_mean"], bucket["queue_max"]) == (4.0, 10)
    activity.count_hours(session)
    assert activity.activity(session, "24h")["items"][-1]["queue_max"] == 10


def test_an_hour_is_found_by_an_index(session: Session) -> None:
    session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            text(
                "explain select id from ledger_entries where created_at >= :a and created_at < :b"
            ),
            {"a": hour_ago(5), "b": hour_ago(4)},
        )
    )
    assert "ix_ledger_entries_created_at" in plan


def test_drift_compares_the_latest_results_with_those_before(
    session: Session, person: PersonFactory
) -> None:
    clock = session.scalars(
        select(ModelVersion).where(ModelVersion.name == "phenoage", ModelVersion.active)
    ).one()
    values = {"person": uuid.UUID(person().id()), "clock": clock.id, "many": 1_000}
    session.execute(RESULTS, values | {"low": 40, "from_second": 0})
    session.execute(RESULTS, values | {"low": 60, "from_second": 5_000})
    found = input_drift.drift(session, "phenoage")
    albumin = next(each for each in found["features"] if each["feature"] == "albumin")
    assert (albumin["recent"], albumin["earlier"]) == (1_000, 1_000)
    assert (albumin["recent_median"], albumin["earlier_median"]) == (64.5, 44.5)
    assert albumin["outside_training"] == 0.8  # the training data end at 61 g/L
    assert albumin["psi"] is not None
    assert albumin["psi"] > 0.25
    glucose = next(each for each in found["features"] if each["feature"] == "glucose")
    assert (glucose["recent"], glucose["psi"], glucose["recent_median"]) == (0, None, None)


def test_the_index_is_that_of_the_formula() -> None:
    earlier = [float(n % 10) for n in range(1_000)]
    assert input_drift.population_stability_index(earlier, earlier) == pytest.approx(0, abs=1e-12)
    recent = [9.0] * 500 + [float(n % 10) for n in range(500)]
    now, before = np.array([0.05] * 9 + [0.55]), np.array([0.1] * 10)
    expected = float(np.sum((now - before) * np.log(now / before)))
    assert input_drift.population_stability_index(recent, earlier) == pytest.approx(expected)
    assert input_drift.population_stability_index(recent[:99], earlier) is None
