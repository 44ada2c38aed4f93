"""Settle a cohort: count rows, summarise, capture the charge and release the rest of the hold."""

import uuid
from typing import Any, NamedTuple

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from agelens.clocks.batches import summary_of
from agelens.domain.errors import ScoringError
from agelens.queueing import announce_after_commit
from agelens.services import billing, model_registry
from agelens.storage import Cohort, CohortPart, User

log = structlog.get_logger()


class Running(NamedTuple):
    """A running cohort, locked."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    model_version_id: uuid.UUID
    price: int
    price_per_row: int
    n_rows: int
    rows_done: int
    rows_scored: int


def keep_owner(session: Session, cohort_id: uuid.UUID) -> None:
    """Wait for an erasure while nothing else is locked: settling moves the wallet twice, and the
    second time PostgreSQL asks for its owner.
    """
    query = select(User.id).join(Cohort, Cohort.user_id == User.id).where(Cohort.id == cohort_id)
    session.execute(query.with_for_update(of=User, read=True, key_share=True))


def lock_running(session: Session, cohort_id: uuid.UUID) -> Running | None:
    """Wait for those who count other parts of the cohort; None when it does not run any more."""
    columns = (getattr(Cohort, name) for name in Running._fields)
    query = select(*columns).where(Cohort.id == cohort_id, Cohort.status == "running")
    row = session.execute(query.with_for_update(key_share=True)).one_or_none()
    return None if row is None else Running(*row)


def count(session: Session, before: Running, scored: int, n_rows: int) -> str | None:
    """Add a part's rows to its locked cohort's; the last ones end it: its new status, if they do."""
    cohort = before._replace(
        rows_done=before.rows_done + n_rows, rows_scored=before.rows_scored + scored
    )
    if cohort.rows_done < cohort.n_rows:
        _update(session, cohort)
        return None
    query = select(CohortPart.status, CohortPart.tally).where(CohortPart.cohort_id == cohort.id)
    parts = session.execute(query.order_by(CohortPart.number)).all()
    if all(part.status == "failed" for part in parts):
        return fail(session, cohort, _why_none([part.tally for part in parts]))
    return _succeed(session, cohort, [part.tally for part in parts])


def fail(session: Session, cohort: Running, reason: str) -> str:
    """End a locked cohort without results, and release its hold."""
    _end(session, cohort, status="failed", error_code=ScoringError.code, error_message=reason)
    billing.release_cohort(session, cohort)
    announce_after_commit(session, cohort.id)
    return "failed"


def _why_none(tallies: list[dict[str, Any]]) -> str:
    """Every part was given up, each for one reason that all its rows have."""
    reasons = dict.fromkeys(reason for tally in tallies for reason in tally["errors"])
    said = ", or ".join(reason.removeprefix("was not scored: ") for reason in reasons)
    return f"No part of the cohort could be scored: {said}; nothing was charged."


def _succeed(session: Session, cohort: Running, tallies: list[dict[str, Any]]) -> str:
    clock = model_registry.clock_by_id(session, cohort.model_version_id)
    charged = cohort.price_per_row * cohort.rows_scored
    summary = summary_of(clock.manifest, tallies)
    _end(session, cohort, status="succeeded", charged=charged, summary=summary)
    billing.settle_cohort(session, cohort, charged)
    return "succeeded"


def _end(session: Session, cohort: Running, *, status: str, **values: Any) -> None:
    _update(session, cohort, status=status, finished_at=func.clock_timestamp(), **values)
    log.info("cohort ended", cohort_id=str(cohort.id), rows=cohort.n_rows, status=status)


def _update(session: Session, cohort: Running, **values: Any) -> None:
    statement = (
        update(Cohort)
        .where(Cohort.id == cohort.id)
        .values(
            rows_done=cohort.rows_done,
            rows_scored=cohort.rows_scored,
            rows_failed=cohort.rows_done - cohort.rows_scored,
            **values,
        )
    )
    session.execute(statement.execution_options(synchronize_session=False))
