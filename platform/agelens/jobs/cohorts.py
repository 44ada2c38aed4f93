"""Cohort job: claim one part, score it under a lease, commit its results and money together."""

import uuid
from functools import partial

import structlog
from sqlalchemy.orm import Session

from agelens.domain.errors import StorageMismatch, Unavailable
from agelens.jobs.connections import files, redis, settings
from agelens.jobs.database_retry import in_transaction
from agelens.jobs.leases import Lease
from agelens.queueing import announce
from agelens.services import registry, storage_binding
from agelens.services.cohorts import cleanup, parts, retries, scoring

log = structlog.get_logger()


def score_part(part_id: str) -> None:
    """Score one part; the job of the `cohorts` queue. Idempotent: claim and finish check the state."""
    key = uuid.UUID(part_id)
    lease_seconds = settings().lease_seconds
    claimed = in_transaction(partial(_claim, key=key, lease_seconds=lease_seconds))
    if claimed is None:
        return
    renew = partial(parts.renew, claimed=claimed, lease_seconds=lease_seconds)
    try:
        with Lease(renew, lease_seconds) as lease:
            finish = _score(claimed, lease)
    except (Unavailable, StorageMismatch) as error:
        log.warning("part handed back", cohort_id=str(claimed.cohort_id), error=error.detail)
        in_transaction(partial(retries.requeue, claimed=claimed))
        return
    if finish is not None:
        _clean_up(claimed, finish)


def _claim(session: Session, key: uuid.UUID, lease_seconds: float) -> parts.Claim | None:
    """Claim the part whose turn it is; every job stands for one part, so all are scored."""
    in_turn = parts.next_in_turn(session, key)
    return parts.claim(session, in_turn, lease_seconds)


def _score(claimed: parts.Claim, lease: Lease) -> parts.Finish | None:
    """Write the results before they are counted; None when the part is no longer ours."""
    version = claimed.model_version_id
    in_transaction(partial(storage_binding.ensure, files=files()))
    clock = in_transaction(lambda session: registry.clock_by_id(session, version))
    result = scoring.score_part(files(), clock, claimed)
    if lease.lost.is_set():
        return None
    files().write(claimed.result_path, result.write)
    return in_transaction(
        partial(parts.finish, claimed=claimed, tally=result.tally, given_up=result.given_up)
    )


def _clean_up(claimed: parts.Claim, finish: parts.Finish) -> None:
    """Delete files that are no longer needed, and notify waiters of the end."""
    if not finish.kept:
        cleanup.remove(files(), claimed.result_path)
    elif finish.ended is not None:
        announce(redis(), claimed.cohort_id)
        if name := cleanup.unneeded(claimed.cohort_id, finish.ended, claimed.format):
            cleanup.remove(files(), name)
