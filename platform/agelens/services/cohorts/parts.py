"""Lifecycle of a cohort's part in a worker: claim, lease, finish.

Locks are taken in one order: owner, part, cohort, wallet. A part and a cohort are updated once in a
transaction: a second update would check their foreign keys, that is lock what they point to.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from agelens.queueing import COHORT, PendingJob, enqueue_after_commit
from agelens.services.cohorts import file_locations, settlement
from agelens.storage import ACTIVE, Cohort, CohortPart
from agelens.storage.tasks import has_status

READER_OPTIONS = (
    "mapping",
    "units",
    "id_column",
    "values",
    "censored",
)  # what `reader_of` needs besides
MAX_ATTEMPTS = 3  # that end with their worker


@dataclass(frozen=True)
class PartClaim:
    """What scoring needs of a claimed part and its cohort."""

    id: uuid.UUID
    cohort_id: uuid.UUID
    number: int
    first_row: int
    n_rows: int
    attempts: int
    handed_back: int
    model_version_id: uuid.UUID
    header: Sequence[str]
    columns: str
    mapping: Mapping[str, str]
    units: Mapping[str, str]
    id_column: str | None
    values: Mapping[str, Mapping[str, str]]
    censored: str | None
    format: str

    @property
    def tried_enough(self) -> bool:
        """Whether it ended with its worker so often that it is only to be given up."""
        return self.lost >= MAX_ATTEMPTS

    @property
    def lost(self) -> int:
        """How many earlier attempts ended with their worker."""
        return self.attempts - 1 - self.handed_back

    @property
    def result_path(self) -> str:
        """Where the results of this attempt belong."""
        return file_locations.result(self.cohort_id, self.number, self.attempts)


@dataclass(frozen=True)
class FinishedPart:
    """What came of finishing a part: whether its results count, and how its cohort ended, if it did."""

    kept: bool
    ended: str | None = None


def plan(session: Session, cohort: Cohort) -> None:
    """Split a cohort that was just queued, and enqueue its parts after the commit."""
    ids = [uuid.uuid4() for _ in range(cohort.n_parts)]
    rows = [
        {
            "id": part_id,
            "cohort_id": cohort.id,
            "number": number,
            "status": "queued",
            "first_row": number * cohort.part_rows + 1,
            "n_rows": min(cohort.part_rows, cohort.n_rows - number * cohort.part_rows),
            "enqueues": 1,
            "enqueued_at": func.clock_timestamp(),
        }
        for number, part_id in enumerate(ids)
    ]
    session.execute(insert(CohortPart).values(rows))
    for part_id in ids:
        enqueue_after_commit(session, COHORT, part_id, 1)


def next_in_turn(session: Session, part_id: uuid.UUID) -> uuid.UUID | None:
    """The queued part that is to be scored next, whichever part the job was enqueued for.

    A part that is left of an ended cohort is its own: claiming it cancels it. None when that part is
    held back, since it was handed back meanwhile, and there is no other.
    """
    held_back = (CohortPart.status == "queued") & (CohortPart.enqueued_at > func.clock_timestamp())
    query = select(Cohort.status, held_back).join(CohortPart, CohortPart.cohort_id == Cohort.id)
    own = session.execute(query.where(CohortPart.id == part_id)).one_or_none()
    if own is None or own.status not in ACTIVE:
        return part_id
    return first_in_turn(session) or (None if own[1] else part_id)


def first_in_turn(session: Session) -> uuid.UUID | None:
    """The queued part of all that is to be scored next, locked.

    People take turns, and each person's cohorts: whoever has the fewest parts under way comes
    first, then who has waited longest. So a cohort of hundreds of parts delays a small one by one part.
    """
    return session.scalar(_first_in_turn())


@cache
def _first_in_turn() -> Select[uuid.UUID]:
    """Made once: to make it takes as long as to execute it."""
    under_way = (
        select(Cohort.user_id, CohortPart.cohort_id, func.count().label("n"))
        .join(Cohort, Cohort.id == CohortPart.cohort_id)
        .where(CohortPart.status == "running")
        .group_by(Cohort.user_id, CohortPart.cohort_id)
        .subquery()
    )
    of_person = (
        select(func.coalesce(func.sum(under_way.c.n), 0))
        .where(under_way.c.user_id == Cohort.user_id)
        .scalar_subquery()
    )
    of_cohort = (
        select(func.coalesce(func.sum(under_way.c.n), 0))
        .where(under_way.c.cohort_id == Cohort.id)
        .scalar_subquery()
    )
    last_turn = (
        select(func.max(CohortPart.started_at))
        .where(CohortPart.cohort_id == Cohort.id)
        .scalar_subquery()
    )
    first_cohort = (
        select(Cohort.id)
        .where(
            Cohort.status.in_(ACTIVE),
            select(CohortPart.id).where(CohortPart.cohort_id == Cohort.id, *_ready()).exists(),
        )
        .order_by(of_person, of_cohort, last_turn.nulls_first(), Cohort.created_at)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(CohortPart.id)
        .where(CohortPart.cohort_id == first_cohort, *_ready())
        .order_by(CohortPart.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _ready() -> tuple[ColumnElement[bool], ...]:
    """Queued, and not held back for a while after it was handed back."""
    return has_status("queued", CohortPart), CohortPart.enqueued_at <= func.clock_timestamp()


def jobs_left_over(session: Session, part_id: uuid.UUID) -> list[PendingJob]:
    """The jobs of all parts of its cohort that somebody has claimed, once no part of any waits for a job.

    Each job scores the parts that are in turn until its time is over, so most of them find nothing.
    """
    if session.scalar(select(CohortPart.id).where(*_ready()).limit(1)) is not None:
        return []
    cohort_id = select(CohortPart.cohort_id).where(CohortPart.id == part_id).scalar_subquery()
    claimed = select(CohortPart.id, CohortPart.enqueues).where(
        CohortPart.cohort_id == cohort_id, CohortPart.status != "queued"
    )
    return [PendingJob(COHORT, row.id, row.enqueues) for row in session.execute(claimed)]


def claim(session: Session, part_id: uuid.UUID, lease_seconds: float) -> PartClaim | None:
    """Take a queued part for as long as the lease runs; None when there is nothing to do."""
    now = func.clock_timestamp()
    expired = (CohortPart.status == "running") & (CohortPart.lease_expires_at < now)
    names = ("id", "cohort_id", "number", "first_row", "n_rows", "attempts", "handed_back")
    query = select(*(getattr(CohortPart, name) for name in names)).where(
        CohortPart.id == part_id, or_(CohortPart.status == "queued", expired)
    )
    part = session.execute(query.with_for_update()).one_or_none()
    if part is None:
        return None
    cohort = _start(session, part.cohort_id)
    if cohort is None:
        _cancel(session, CohortPart.id == part_id)
        return None
    attempts = part.attempts + 1
    until = now + timedelta(seconds=lease_seconds)
    values = {"started_at": now, "lease_expires_at": until, "attempts": attempts}
    _update(session, CohortPart.id == part_id, status="running", **values)
    return PartClaim(**{**part._mapping, **cohort, "attempts": attempts})


def still_held(claimed: PartClaim) -> tuple[ColumnElement[bool], ...]:
    """Which part this is, if it is still this worker's."""
    return (
        CohortPart.id == claimed.id,
        CohortPart.status == "running",
        CohortPart.attempts == claimed.attempts,
    )


def renew(session: Session, claimed: PartClaim, lease_seconds: float) -> bool:
    """Hold it for longer; False when it is not this worker's any more: canceled, or lost."""
    until = func.clock_timestamp() + timedelta(seconds=lease_seconds)
    renewed = update(CohortPart).where(*still_held(claimed)).values(lease_expires_at=until)
    return session.scalar(renewed.returning(CohortPart.id)) is not None


def finish(
    session: Session, claimed: PartClaim, tally: dict[str, Any], *, given_up: bool
) -> FinishedPart:
    """Count the rows of the results that were written; the last part settles its cohort.

    Nothing happens when somebody else ended the part meanwhile, or the cohort is canceled. After
    a commit that was not heard of, the answer is the same again.
    """
    settlement.keep_owner(session, claimed.cohort_id)
    claimed_part = select(CohortPart.id).where(*still_held(claimed)).with_for_update()
    if session.scalar(claimed_part) is None:
        return _finished_before(session, claimed)
    cohort = settlement.lock_running(session, claimed.cohort_id)
    if cohort is None:
        _cancel(session, CohortPart.id == claimed.id)
        return FinishedPart(kept=False)
    scored = int(tally["scored"])
    _end(
        session,
        CohortPart.id == claimed.id,
        status="failed" if given_up else "succeeded",
        result_path=claimed.result_path,
        tally=tally,
        n_scored=scored,
        n_failed=claimed.n_rows - scored,
    )
    return FinishedPart(kept=True, ended=settlement.count(session, cohort, scored, claimed.n_rows))


def lock_unfinished(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Before the cohorts themselves are locked, so that no worker can deadlock with us."""
    query = select(CohortPart.id).join(Cohort, Cohort.id == CohortPart.cohort_id)
    query = query.where(*conditions, CohortPart.status.in_(ACTIVE))
    query = query.order_by(CohortPart.cohort_id, CohortPart.number)
    session.scalars(query.with_for_update(of=CohortPart)).all()


def cancel_unfinished(session: Session, cohort_id: uuid.UUID) -> None:
    """End the parts of a canceled cohort; those that a worker has in hand it ends itself."""
    unfinished = (CohortPart.cohort_id == cohort_id) & CohortPart.status.in_(ACTIVE)
    free = select(CohortPart.id).where(unfinished).with_for_update(skip_locked=True)
    _cancel(session, CohortPart.id.in_(free))


def _start(session: Session, cohort_id: uuid.UUID) -> Mapping[str, Any] | None:
    """How to read the cohort, which runs from now on; None when it has ended."""
    names = ("model_version_id", "header", "columns", "format", *READER_OPTIONS)
    query = select(*(getattr(Cohort, name) for name in names))
    running_cohort = query.where(Cohort.id == cohort_id, Cohort.status == "running")
    row = session.execute(running_cohort).one_or_none()
    if row is None:  # this is its first part, or it has ended
        session.execute(
            update(Cohort)
            .where(Cohort.id == cohort_id, Cohort.status == "queued")
            .values(status="running", started_at=func.clock_timestamp())
            .execution_options(synchronize_session=False)
        )
        row = session.execute(running_cohort).one_or_none()
    return None if row is None else dict(row._mapping)


def _finished_before(session: Session, claimed: PartClaim) -> FinishedPart:
    query = (
        select(CohortPart.result_path, Cohort.status)
        .join(Cohort, Cohort.id == CohortPart.cohort_id)
        .where(CohortPart.id == claimed.id)
    )
    row = session.execute(query).one_or_none()
    if row is None or row.result_path != claimed.result_path:
        return FinishedPart(kept=False)
    return FinishedPart(kept=True, ended=None if row.status in ACTIVE else row.status)


def _cancel(session: Session, condition: ColumnElement[bool]) -> None:
    _end(session, condition, status="canceled")


def _end(session: Session, condition: ColumnElement[bool], **values: Any) -> None:
    _update(session, condition, finished_at=func.clock_timestamp(), lease_expires_at=None, **values)


def _update(session: Session, condition: ColumnElement[bool], **values: Any) -> None:
    statement = update(CohortPart).where(condition).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))
