"""Say why a cohort waits: what is away, or who comes before it.

Everything is looked up by indexes of unfinished work, so it costs the same with a million ended cohorts.
"""

from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agelens import wire
from agelens.queueing import JobQueue
from agelens.queueing.heartbeat import alive
from agelens.queueing.queue import COHORTS
from agelens.storage import ACTIVE, Cohort, CohortPart

NO_QUEUE = "The job queue cannot be reached right now. Scoring goes on by itself once it is back."
NO_WORKERS = "No worker is running right now. Scoring goes on by itself once one is."
NO_STORAGE = "The storage of files cannot be reached right now. Scoring goes on once it is back."
OTHERS = "Other people's cohorts are being scored. Everybody takes turns."
NEXT = "It is next: it starts as soon as a worker is free."


class ShownCohort:
    """A cohort with why it waits: it has the attributes of both."""

    def __init__(self, cohort: Cohort, waiting_for: wire.WaitingFor | None) -> None:
        self._cohort = cohort
        self.waiting_for = waiting_for

    def __getattr__(self, name: str) -> object:
        """What the row has."""
        return getattr(self._cohort, name)


def waiting_for(session: Session, queue: JobQueue, cohort: Cohort) -> wire.WaitingFor | None:
    """Why none of the cohort's parts is being scored; None when one is, or nothing is to be done."""
    if cohort.status not in ACTIVE or _has_part(session, cohort, "running"):
        return None
    try:
        workers = alive(queue.redis, COHORTS)
    except RedisError:
        return _reason("queue", NO_QUEUE)
    if not workers:
        return _reason("workers", NO_WORKERS)
    if _was_handed_back(session, cohort):
        return _reason("storage", NO_STORAGE)
    if ahead := _own_ahead(session, cohort):
        return _reason("own_cohorts", _behind_own(ahead), ahead)
    if _others_are_scored(session, cohort):
        return _reason("other_people", OTHERS)
    return _reason("turn", NEXT)


def _reason(reason: wire.WaitingReason, message: str, ahead: int = 0) -> wire.WaitingFor:
    return {"reason": reason, "cohorts_ahead": ahead, "message": message}


def _behind_own(ahead: int) -> str:
    which = "another of your cohorts" if ahead == 1 else f"{ahead} of your other cohorts"
    return f"It is waiting behind {which}."


def _has_part(session: Session, cohort: Cohort, status: str) -> bool:
    parts = select(CohortPart.id).where(
        CohortPart.cohort_id == cohort.id, CohortPart.status == status
    )
    return session.scalar(parts.limit(1)) is not None


def _was_handed_back(session: Session, cohort: Cohort) -> bool:
    """Whether its parts are held back because the storage was away when a worker had them."""
    held_back = CohortPart.enqueued_at > func.clock_timestamp()
    parts = select(CohortPart.id).where(
        CohortPart.cohort_id == cohort.id,
        CohortPart.status == "queued",
        CohortPart.handed_back > 0,
        held_back,
    )
    return session.scalar(parts.limit(1)) is not None


def _own_ahead(session: Session, cohort: Cohort) -> int:
    """How many unfinished cohorts of the same person were submitted before."""
    before = select(func.count()).where(
        Cohort.user_id == cohort.user_id,
        Cohort.status.in_(ACTIVE),
        Cohort.created_at < cohort.created_at,
    )
    return session.scalar(before) or 0


def _others_are_scored(session: Session, cohort: Cohort) -> bool:
    running_parts = (
        select(CohortPart.id)
        .join(Cohort, Cohort.id == CohortPart.cohort_id)
        .where(CohortPart.status == "running", Cohort.user_id != cohort.user_id)
    )
    return session.scalar(running_parts.limit(1)) is not None
