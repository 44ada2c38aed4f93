"""Queries on a person's own cohorts."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from agelens.domain.errors import Conflict, NotFound
from agelens.services.cohorts import file_locations
from agelens.services.cohorts.cleanup import WORKBOOK
from agelens.services.cohorts.export import OwnColumns
from agelens.services.pagination import Page, paginate
from agelens.storage import Cohort, CohortPart, User
from agelens.storage.files import Files


def owned(
    session: Session, owner_id: uuid.UUID, cohort_id: uuid.UUID, *, lock: bool = False
) -> Cohort:
    """A person's own cohort; anybody else's does not exist."""
    query = select(Cohort).where(Cohort.id == cohort_id, Cohort.user_id == owner_id)
    if lock:
        query = query.with_for_update(of=Cohort)
    cohort = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if cohort is None:
        raise NotFound("There is no such cohort.")
    return cohort


def owner_of(session: Session, cohort_id: uuid.UUID) -> uuid.UUID:
    """Whose cohort it is; for administrators."""
    owner_id = session.scalar(select(Cohort.user_id).where(Cohort.id == cohort_id))
    if owner_id is None:
        raise NotFound("There is no such cohort.")
    return owner_id


def history(
    session: Session,
    user: User | None,
    cursor: str | None,
    limit: int,
    *,
    status: str | None = None,
) -> Page:
    """A person's cohorts (or everybody's), newest first, their summaries not loaded."""
    query = select(Cohort).options(defer(Cohort.summary))
    if user is not None:
        query = query.where(Cohort.user_id == user.id)
    if status is not None:
        query = query.where(Cohort.status == status)
    return paginate(session, query, (Cohort.created_at, Cohort.id), cursor, limit)


def result_paths(
    session: Session, owner_id: uuid.UUID, cohort_id: uuid.UUID
) -> tuple[Cohort, list[str]]:
    """A succeeded cohort and the files of its results, in the order of its rows."""
    cohort = owned(session, owner_id, cohort_id)
    if cohort.status != "succeeded":
        raise Conflict(f"This cohort is {cohort.status}; only one that succeeded has results.")
    return cohort, paths_of(session, cohort.id)


def paths_of(session: Session, cohort_id: uuid.UUID) -> list[str]:
    """The files of a cohort's results so far, in the order of its rows; none once it is deleted."""
    parts = select(CohortPart.result_path).where(CohortPart.cohort_id == cohort_id)
    paths = session.scalars(parts.order_by(CohortPart.number))
    return [path for path in paths if path is not None]


def own_columns(files: Files, cohort: Cohort) -> OwnColumns | None:
    """The columns of the workbook that was sent; None of other files, and where they were not kept."""
    folder = file_locations.inputs(cohort.id)
    names = sorted(files.names(folder)) if cohort.format == WORKBOOK else []
    if len(names) != cohort.n_parts:  # of AgeLens 0.4 and before
        return None
    return OwnColumns(tuple(cohort.header), [f"{folder}/{name}" for name in names])
