"""One task claimed and ended as a worker does it, whatever else is queued in the shared database."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from agelens.domain.errors import AgeLensError
from agelens.services import task_claims, task_scoring, task_settling
from agelens.services.task_claims import TaskClaim
from agelens.services.task_settling import Outcome
from agelens.storage import Task
from agelens.wire import Result
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

LEASE_SECONDS = 30.0


def put_leases_aside(sessions: sessionmaker[Session]) -> None:
    """No lease that another test left runs out during this one: a sweep of its would queue that task.

    How long ago that was depends on how busy the machine is.
    """
    with sessions.begin() as session:
        later = func.clock_timestamp() + timedelta(days=1)
        running = update(Task).where(Task.status == "running")
        session.execute(running.values(lease_expires_at=later))


def claim(sessions: sessionmaker[Session], key: uuid.UUID | str) -> TaskClaim | None:
    """Claim this task, if it is queued."""
    with without_others(sessions, key):
        return claim_only(sessions, key)


@contextmanager
def without_others(sessions: sessionmaker[Session], key: uuid.UUID | str) -> Iterator[None]:
    """The other queued tasks are locked meanwhile, so that claims pass them over."""
    with sessions() as aside:
        others = select(Task.id).where(Task.status == "queued", Task.id != uuid.UUID(str(key)))
        aside.execute(others.with_for_update(skip_locked=True))
        yield


def claim_only(sessions: sessionmaker[Session], key: uuid.UUID | str) -> TaskClaim | None:
    """Claim the one task that is not locked."""
    with sessions.begin() as session:
        found = task_claims.claim(session, most=10, lease_seconds=LEASE_SECONDS)
        found = found or task_claims.claim_retry(session, lease_seconds=LEASE_SECONDS)
    assert [one.id for one in found] in ([], [uuid.UUID(str(key))])
    return found[0] if found else None


def claimed(sessions: sessionmaker[Session], key: uuid.UUID | str) -> TaskClaim:
    """As `claim`, of a task that is known to be queued."""
    found = claim(sessions, key)
    assert found is not None
    return found


def settle(
    sessions: sessionmaker[Session], claim: TaskClaim, result: Result | AgeLensError | None = None
) -> bool:
    """End a claimed task with this result, or with what its clock says; whether it was ours to end."""
    with sessions.begin() as session:
        if result is None:
            (result,) = task_scoring.score(task_scoring.clock_of(session, claim), [claim])
        return task_settling.settle(session, [Outcome(claim, result)]) == [claim.id]
