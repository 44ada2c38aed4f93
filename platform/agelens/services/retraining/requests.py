"""Request, cancel and list retrainings."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from agelens.domain.errors import Conflict, InvalidInput, NotFound
from agelens.queueing import RETRAIN, enqueue_after_commit
from agelens.services.pagination import Page, paginate
from agelens.services.retraining import files
from agelens.services.retraining.recipes import recipe
from agelens.services.retraining.versions import choose
from agelens.storage import ACTIVE, Retraining

log = structlog.get_logger()


def on_configured(
    session: Session,
    *,
    folder: Path | None,
    model: str,
    validation: str | None = None,
    version: str | None = None,
    by_id: uuid.UUID | None,
) -> Retraining:
    """Queue a retraining on the files that the trainers' hosts have; `folder` is the setting."""
    check_configured(folder)
    return queue_configured(
        session, model=model, validation=validation, version=version, by_id=by_id
    )


def queue_configured(
    session: Session,
    *,
    model: str,
    validation: str | None = None,
    version: str | None = None,
    by_id: uuid.UUID | None,
    due_at: datetime | None = None,
) -> Retraining:
    """`on_configured` without a look at the setting: a trainer that lacks it says so."""
    clock_recipe = recipe(model)
    retraining = _new(session, model, version, by_id, source="configured")
    retraining.data_name = clock_recipe.data
    retraining.validation_name = clock_recipe.validation
    if validation is not None:
        retraining.validation_name = files.configured_name("validation", validation)
    retraining.due_at = due_at
    return _queue(session, retraining)


def check_configured(folder: Path | None) -> None:
    """Raise InvalidInput in words about what is to be set."""
    if folder is None:
        raise InvalidInput.at(
            "data",
            "no training data are configured: upload a file as multipart/form-data, or set "
            "AGELENS_TRAINING_DATA to a folder that holds them",
        )


def on_uploaded(
    session: Session,
    *,
    model: str,
    data: tuple[str, BinaryIO],
    validation: tuple[str, BinaryIO] | None = None,
    version: str | None = None,
    by_id: uuid.UUID | None,
) -> Retraining:
    """Keep the files (name, content), so that any host can use them, and queue a retraining."""
    retraining = _new(session, model, version, by_id, source="uploaded")
    retraining.data_name = files.plain_name("data", data[0])
    if validation is not None:
        retraining.validation_name = files.plain_name("validation", validation[0])
    _queue(session, retraining)
    retraining.data_sha256 = files.keep(session, retraining.id, "data", data[1])
    if validation is not None:
        retraining.validation_sha256 = files.keep(
            session, retraining.id, "validation", validation[1]
        )
    session.flush()
    return retraining


def cancel(session: Session, retraining_id: uuid.UUID) -> Retraining:
    """End a queued or running retraining; its trainer notices and ends the notebook.

    Canceling twice is harmless.
    """
    retraining = find(session, retraining_id, lock=True)
    if retraining.status in ACTIVE:
        retraining.status = "canceled"
        retraining.finished_at = datetime.now(UTC)
        retraining.lease_expires_at = None
        session.flush()
        files.forget(session, retraining.id)
        log.info("retraining canceled", retraining_id=str(retraining.id))
    elif retraining.status != "canceled":
        raise Conflict(
            f"Only a queued or running retraining can be canceled; this one {retraining.status}."
        )
    return retraining


def find(session: Session, retraining_id: uuid.UUID, *, lock: bool = False) -> Retraining:
    """One retraining."""
    query = select(Retraining).where(Retraining.id == retraining_id)
    if lock:
        query = query.with_for_update()
    retraining = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if retraining is None:
        raise NotFound("There is no such retraining.")
    return retraining


def notebook_run(session: Session, retraining_id: uuid.UUID) -> tuple[Retraining, bytes]:
    """A retraining and its notebook as it was executed, as far as it ran."""
    query = select(Retraining).where(Retraining.id == retraining_id)
    retraining = session.scalars(query.options(undefer(Retraining.notebook_run))).one_or_none()
    if retraining is None:
        raise NotFound("There is no such retraining.")
    if retraining.notebook_run is None:
        raise NotFound("This retraining has no executed notebook (yet).")
    return retraining, retraining.notebook_run


def history(
    session: Session,
    cursor: str | None,
    limit: int,
    *,
    status: str | None = None,
    model: str | None = None,
) -> Page:
    """Retrainings, newest first."""
    query = select(Retraining)
    if status is not None:
        query = query.where(Retraining.status == status)
    if model is not None:
        query = query.where(Retraining.model == model)
    return paginate(session, query, (Retraining.created_at, Retraining.id), cursor, limit)


def _new(
    session: Session, model: str, version: str | None, by_id: uuid.UUID | None, *, source: str
) -> Retraining:
    clock_recipe = recipe(model)
    return Retraining(
        id=uuid.uuid4(),
        model=model,
        notebook=clock_recipe.notebook,
        version=choose(session, model, version),
        status="queued",
        data_source=source,
        requested_by=by_id,
        attempts=0,
        enqueues=1,
        created_at=datetime.now(UTC),
        enqueued_at=func.clock_timestamp(),
    )


def _queue(session: Session, retraining: Retraining) -> Retraining:
    session.add(retraining)
    session.flush()
    enqueue_after_commit(session, RETRAIN, retraining.id, retraining.enqueues)
    log.info(
        "retraining requested",
        retraining_id=str(retraining.id),
        model=retraining.model,
        version=retraining.version,
        data=retraining.data_source,
        by=str(retraining.requested_by),
    )
    return retraining
