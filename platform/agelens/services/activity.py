"""What happened hour by hour: predictions, waits, credits and the depth of the queue.

Counts come from the ledger, which nobody can change and which no deletion of a task shortens. The
scheduler counts each hour once it is over and its predictions had time to end, so that a chart of a
month reads a few hundred rows, however many tasks there are.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Literal, get_args

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, distinct, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from agelens import wire
from agelens.storage import ActivityHour, LedgerEntry, Task

Period = Literal["24h", "7d", "30d"]
PERIODS: tuple[Period, ...] = get_args(Period)
HOURS: dict[Period, int] = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
HOUR = timedelta(hours=1)
SETTLED_AFTER = timedelta(hours=2)
KEPT = timedelta(days=400)
MOST_HOURS_AT_ONCE = 24  # of a service that had no scheduler for a while


def count_hours(session: Session) -> int:
    """Count the hours that are over and not counted yet, oldest first; returns how many."""
    first = _hour(_now() - HOURS["30d"] * HOUR)
    last = _hour(_now() - SETTLED_AFTER)
    counted_hours = set(
        session.scalars(
            select(ActivityHour.hour).where(ActivityHour.hour >= first, ActivityHour.counted)
        )
    )
    hours_to_count = [hour for hour in _hours(first, last) if hour not in counted_hours][
        :MOST_HOURS_AT_ONCE
    ]
    for hour in hours_to_count:
        values = _counted(session, hour) | {"counted": True}
        statement = insert(ActivityHour).values(hour=hour, **values)
        session.execute(
            statement.on_conflict_do_update(index_elements=[ActivityHour.hour], set_=values)
        )
    session.execute(delete(ActivityHour).where(ActivityHour.hour < _now() - KEPT))
    return len(hours_to_count)


def note_depth(session: Session, waiting: int) -> None:
    """Remember how many predictions wait at this moment."""
    sample = {"depth_sum": waiting, "depth_samples": 1, "depth_max": waiting}
    statement = insert(ActivityHour).values(hour=_hour(_now()), **sample)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ActivityHour.hour],
            set_={
                "depth_sum": ActivityHour.depth_sum + waiting,
                "depth_samples": ActivityHour.depth_samples + 1,
                "depth_max": func.greatest(ActivityHour.depth_max, waiting),
            },
        )
    )


def activity(session: Session, period: Period) -> wire.Activity:
    """The hours of a period, or its days where these would be too many bars; the newest last.

    Of the last day, hours that are not counted yet are counted at once, without being kept. Older ones
    are zero until the scheduler has counted them.
    """
    now = _now()
    first = _hour(now - (HOURS[period] - 1) * HOUR)
    rows = {
        row.hour: row
        for row in session.scalars(select(ActivityHour).where(ActivityHour.hour >= first))
    }
    hours = [_bucket(session, hour, rows.get(hour), now) for hour in _hours(first, _hour(now))]
    if period == "30d":
        days = groupby(hours, key=lambda hour: hour["start"][:10])
        return {"period": period, "bucket": "day", "items": [_day(list(each)) for _, each in days]}
    return {"period": period, "bucket": "hour", "items": hours}


def _bucket(
    session: Session, hour: datetime, row: ActivityHour | None, now: datetime
) -> wire.ActivityBucket:
    live = (row is None or not row.counted) and hour > now - MOST_HOURS_AT_ONCE * HOUR
    counts = _counted(session, hour) if live else {}
    return {
        "start": hour.isoformat().replace("+00:00", "Z"),
        "queued": _of(counts, row, "queued"),
        "assessments": _of(counts, row, "assessments"),
        "succeeded": _of(counts, row, "succeeded"),
        "not_charged": _of(counts, row, "not_charged"),
        "wait_p50": counts["wait_p50"] if live else row.wait_p50 if row else None,
        "wait_p95": counts["wait_p95"] if live else row.wait_p95 if row else None,
        "queue_mean": row.depth_sum / row.depth_samples if row and row.depth_samples else None,
        "queue_max": row.depth_max if row and row.depth_samples else None,
        "credits_added": _of(counts, row, "credits_added"),
        "credits_spent": _of(counts, row, "credits_spent"),
        "credits_refunded": _of(counts, row, "credits_refunded"),
    }


def _of(counts: dict[str, float | None], row: ActivityHour | None, name: str) -> int:
    return int(counts[name] or 0) if counts else int(getattr(row, name)) if row else 0


def _day(hours: Sequence[wire.ActivityBucket]) -> wire.ActivityBucket:
    """The hours of a day together; a wait is that of the slowest hour."""
    means = [hour["queue_mean"] for hour in hours if hour["queue_mean"] is not None]
    return {
        "start": hours[0]["start"],
        "queued": sum(hour["queued"] for hour in hours),
        "assessments": sum(hour["assessments"] for hour in hours),
        "succeeded": sum(hour["succeeded"] for hour in hours),
        "not_charged": sum(hour["not_charged"] for hour in hours),
        "wait_p50": _largest(hour["wait_p50"] for hour in hours),
        "wait_p95": _largest(hour["wait_p95"] for hour in hours),
        "queue_mean": sum(means) / len(means) if means else None,
        "queue_max": max((hour["queue_max"] or 0 for hour in hours), default=0) if means else None,
        "credits_added": sum(hour["credits_added"] for hour in hours),
        "credits_spent": sum(hour["credits_spent"] for hour in hours),
        "credits_refunded": sum(hour["credits_refunded"] for hour in hours),
    }


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _counted(session: Session, hour: datetime) -> dict[str, float | None]:
    """The counts of one hour, from the ledger."""
    return _predictions(session, hour) | _credits(session, hour)


def _predictions(session: Session, hour: datetime) -> dict[str, float | None]:
    hold, end = aliased(LedgerEntry), aliased(LedgerEntry)
    waited = func.extract("epoch", end.created_at - hold.created_at)
    row = session.execute(
        select(
            func.count(hold.id),
            func.count(distinct(Task.assessment_id)),
            func.count(case((end.kind == "capture", end.id))),
            func.count(case((end.kind == "release", end.id))),
            func.percentile_cont(0.5).within_group(waited),
            func.percentile_cont(0.95).within_group(waited),
        )
        .select_from(hold)
        .outerjoin(end, (end.task_id == hold.task_id) & end.kind.in_(("capture", "release")))
        .outerjoin(Task, Task.id == hold.task_id)
        .where(
            hold.kind == "hold",
            hold.task_id.is_not(None),
            hold.created_at >= hour,
            hold.created_at < hour + HOUR,
        )
    ).one()
    names = ("queued", "assessments", "succeeded", "not_charged", "wait_p50", "wait_p95")
    return {
        name: None if value is None else float(value)
        for name, value in zip(names, row, strict=True)
    }


def _credits(session: Session, hour: datetime) -> dict[str, float | None]:
    def total(*kinds: str, sign: int = 1) -> ColumnElement[int]:
        amounts = case((LedgerEntry.kind.in_(kinds), sign * LedgerEntry.amount), else_=0)
        return cast(func.coalesce(func.sum(amounts), 0), BigInteger)

    row = session.execute(
        select(total("topup", "adjustment"), total("capture", sign=-1), total("refund")).where(
            LedgerEntry.created_at >= hour, LedgerEntry.created_at < hour + HOUR
        )
    ).one()
    names = ("credits_added", "credits_spent", "credits_refunded")
    return {name: float(value) for name, value in zip(names, row, strict=True)}


def _hours(first: datetime, last: datetime) -> list[datetime]:
    return [first + n * HOUR for n in range(int((last - first) / HOUR) + 1)]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _now() -> datetime:
    return datetime.now(UTC)
