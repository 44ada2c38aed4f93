"""The end of a cohort: its rows counted, its summary made, its hold captured and released."""

import uuid
from typing import Any, NamedTuple

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from agelens.clocks.batches import summary_of
from agelens.domain.errors import ScoringError
from agelens.services import billing, registry
from agelens.storage import Cohort, CohortPart

log = structlog.get_logger()


class Counted(NamedTuple):
    """A running cohort, locked, after a part of it was counted."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    model_version_id: uuid.UUID
    price: int
    price_per_row: int
    n_rows: int
    rows_done: int
    rows_scored: int


def count(session: Session, cohort_id: uuid.UUID, scored: int, failed: int) -> Counted | None:
    """Add a part's rows to its cohort's, which is locked by it; None when it does not run any more."""
    row = session.execute(
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.status == "running")
        .values(
            rows_done=Cohort.rows_done + scored + failed,
            rows_scored=Cohort.rows_scored + scored,
            rows_failed=Cohort.rows_failed + failed,
        )
        .returning(*(getattr(Cohort, name) for name in Counted._fields))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Counted(*row)


def settle_if_done(session: Session, cohort: Counted) -> str | None:
    """End a cohort whose last part was counted, and settle its money; its new status, if it ended."""
    if cohort.rows_done < cohort.n_rows:
        return None
    parts = select(CohortPart.status, CohortPart.tally).where(CohortPart.cohort_id == cohort.id)
    found = session.execute(parts.order_by(CohortPart.number)).all()
    if all(part.status == "failed" for part in found):
        return _fail(session, cohort)
    clock = registry.clock_by_id(session, cohort.model_version_id)
    summary = summary_of(clock.manifest, [part.tally for part in found])
    charged = cohort.price_per_row * cohort.rows_scored
    _end(session, cohort, status="succeeded", charged=charged, summary=summary)
    billing.settle_cohort(session, cohort, charged)
    return "succeeded"


def _fail(session: Session, cohort: Counted) -> str:
    message = "No part of the cohort could be scored; nothing was charged."
    code = ScoringError.code
    _end(session, cohort, status="failed", error_code=code, error_message=message)
    billing.release_cohort(session, cohort)
    return "failed"


def _end(session: Session, cohort: Counted, **values: Any) -> None:
    session.execute(
        update(Cohort)
        .where(Cohort.id == cohort.id)
        .values(finished_at=func.clock_timestamp(), **values)
        .execution_options(synchronize_session=False)
    )
    told = {name: value for name, value in values.items() if name in ("status", "charged")}
    log.info("cohort ended", cohort_id=str(cohort.id), rows=cohort.n_rows, **told)
