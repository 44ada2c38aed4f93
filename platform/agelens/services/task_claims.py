"""Take queued tasks for a worker, several at once and fairly between their owners, and hand them back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.orm import Session

MAX_ATTEMPTS = 3
BEFORE_ALL_OWNERS = uuid.UUID(int=0)  # every owner comes after it

_TAKE = """
    update tasks
    set status = 'running', attempts = attempts + 1, started_at = clock_timestamp(),
        lease_expires_at = clock_timestamp() + :lease
    from taken, asynchronous_commit
    where tasks.id = taken.id
    returning tasks.id, user_id, model_version_id, answers, units, chronological_age, context,
        baseline, attempts
"""
# A claim that a crash of PostgreSQL loses leaves its task queued, which harms nobody; what follows it,
# the result, waits for the disk, and so for the claim before it.
_ASYNCHRONOUS_COMMIT = (
    "asynchronous_commit as (select set_config('synchronous_commit', 'off', true))"
)
_LEASE = bindparam("lease", type_=Interval)
_FIRST_TRIES = text(
    f"""
    with recursive owners(user_id) as (
        (select user_id from tasks
         where status = 'queued' and attempts = 0 and user_id > :after
         order by user_id limit 1)
        union all
        select (select next.user_id from tasks as next
                where next.status = 'queued' and next.attempts = 0
                    and next.user_id > owners.user_id
                order by next.user_id limit 1)
        from owners where owners.user_id is not null
    ), waiting as materialized (
        select user_id from owners where user_id is not null limit :most
    ), {_ASYNCHRONOUS_COMMIT}, taken as materialized (
        select oldest.id
        from waiting cross join lateral (
            select id from tasks
            where user_id = waiting.user_id and status = 'queued' and attempts = 0
            order by enqueued_at
            limit (select greatest(1, :most / count(*)) from waiting)
            for update skip locked
        ) as oldest
    )
    {_TAKE}
    """  # noqa: S608  made of the constants above
).bindparams(_LEASE)
_NEXT_RETRY = text(
    f"""
    with {_ASYNCHRONOUS_COMMIT}, taken as materialized (
        select id from tasks where status = 'queued' and attempts > 0
        order by enqueued_at limit 1
        for update skip locked
    )
    {_TAKE}
    """  # noqa: S608
).bindparams(_LEASE)
_HAND_BACK = text(
    """
    update tasks
    set status = 'queued', attempts = tasks.attempts - 1, started_at = null,
        lease_expires_at = null, enqueued_at = clock_timestamp()
    from unnest(cast(:ids as uuid[]), cast(:attempts as int[])) as ours(id, attempts)
    where tasks.id = ours.id and tasks.attempts = ours.attempts
        and tasks.status in ('queued', 'running')
    returning tasks.id
    """
)


@dataclass(frozen=True)
class TaskClaim:
    """What scoring needs of a claimed task; `attempts` tells this claim from a later one."""

    id: uuid.UUID
    user_id: uuid.UUID
    model_version_id: uuid.UUID
    answers: dict[str, Any]
    units: dict[str, Any]
    chronological_age: Any
    context: list[str]
    baseline: str | None
    attempts: int


def claim(
    session: Session, *, most: int, lease_seconds: float, after: uuid.UUID = BEFORE_ALL_OWNERS
) -> list[TaskClaim]:
    """Take up to `most` queued tasks that nobody has tried yet, for as long as the lease runs.

    Owners share alike, the oldest tasks of each first, so that one with ten thousand tasks keeps
    nobody waiting. Where more than `most` owners have tasks, those `after` an id are looked at.
    Tasks that another worker is just taking are passed over.
    """
    lease = timedelta(seconds=lease_seconds)
    values = {"most": most, "lease": lease, "after": after}
    return [TaskClaim(**row._mapping) for row in session.connection().execute(_FIRST_TRIES, values)]


def claim_retry(session: Session, *, lease_seconds: float) -> list[TaskClaim]:
    """Take one task whose worker was lost, by itself: it may be what killed the worker."""
    values = {"lease": timedelta(seconds=lease_seconds)}
    return [TaskClaim(**row._mapping) for row in session.connection().execute(_NEXT_RETRY, values)]


def hand_back(session: Session, claims: Sequence[TaskClaim]) -> int:
    """Queue tasks again unfinished; the attempt does not count. Returns how many were still ours.

    A sweep that was quicker, after the lease, has queued a task with the attempt, which is taken
    back all the same.
    """
    attempts_by_id = {
        "ids": [one.id for one in claims],
        "attempts": [one.attempts for one in claims],
    }
    return len(session.connection().execute(_HAND_BACK, attempts_by_id).all())
