"""Retry parts with backoff while the storage is unreachable; give up after a limit."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from agelens.services.cohorts import settlement
from agelens.services.cohorts.parts import PartClaim, cancel_unfinished, still_held
from agelens.storage import CohortPart

MOST_ATTEMPTS = 20  # that end with their worker, also when it only had to write why it gave up
LONGEST_PAUSE_SECONDS = 60
MOST_HANDED_BACK = 240  # with these pauses, four hours


def requeue(session: Session, claimed: PartClaim) -> bool:
    """Re-queue the part with exponential backoff, because the storage is unreachable.

    The pauses grow, as an outage may be short or long. False when it is not this worker's any more,
    or was handed back too often: then its lease runs out, and the sweep ends its cohort.
    """
    pause = timedelta(seconds=min(2**claimed.handed_back, LONGEST_PAUSE_SECONDS))
    back = (
        update(CohortPart)
        .where(*still_held(claimed), CohortPart.handed_back < MOST_HANDED_BACK)
        .values(
            status="queued",
            lease_expires_at=None,
            handed_back=CohortPart.handed_back + 1,
            enqueued_at=func.clock_timestamp() + pause,
        )
    )
    return session.scalar(back.returning(CohortPart.id)) is not None


def is_hopeless(part: CohortPart) -> bool:
    """Whether a part whose lease expired has used up its attempts."""
    attempts = part.attempts - part.handed_back
    return attempts >= MOST_ATTEMPTS or part.handed_back >= MOST_HANDED_BACK


def give_up(session: Session, part: CohortPart) -> None:
    """Fail the cohort of a part that used up its attempts; nothing is charged."""
    cohort = settlement.lock_running(session, part.cohort_id)
    part.status = "canceled"
    part.finished_at = func.clock_timestamp()
    part.lease_expires_at = None
    session.flush()
    if cohort is not None:
        settlement.fail(session, cohort, _why_abandoned(part))
        cancel_unfinished(session, cohort.id)


def _why_abandoned(part: CohortPart) -> str:
    rows = f"Rows {part.first_row} to {part.first_row + part.n_rows - 1} were"
    if part.handed_back >= MOST_HANDED_BACK:
        why = "not scored, for the storage of files stayed away, or had nothing of them"
    else:
        tried = part.attempts - part.handed_back
        why = f"tried {tried} times and their results never written"
    return f"{rows} {why}; nothing was charged."
