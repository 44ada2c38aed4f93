"""One part of a cohort: claim it, score it holding only a lease, count it together with its money."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from agelens.domain.errors import Unavailable
from agelens.jobs.database_retry import files, in_transaction, redis, settings
from agelens.jobs.leases import Lease
from agelens.queueing import announce
from agelens.services import registry
from agelens.services.cohorts import cleanup, parts, retries, scoring

log = structlog.get_logger()
T = TypeVar("T")


def score_part(part_id: str) -> None:
    """What the `cohorts` queue runs. Runs twice without harm: the claim and the end check."""
    key = uuid.UUID(part_id)
    lease_seconds = settings().lease_seconds
    claimed = _patiently(lambda session: parts.claim(session, key, lease_seconds))
    if claimed is None:
        return
    renew = partial(parts.renew, claimed=claimed, lease_seconds=lease_seconds)
    try:
        with Lease(renew, lease_seconds) as lease:
            finish = _score(claimed, lease)
    except Unavailable as error:
        log.warning("part handed back", cohort_id=str(claimed.cohort_id), error=error.detail)
        _patiently(partial(retries.hand_back, claimed=claimed))
        return
    if finish is not None:
        _clean_up(claimed, finish)


def _score(claimed: parts.Claim, lease: Lease) -> parts.Finish | None:
    """Results are written before they count; None when they are not wanted any more."""
    version = claimed.model_version_id
    clock = _patiently(lambda session: registry.clock_by_id(session, version))
    result = scoring.score_part(files(), clock, claimed)
    if lease.lost.is_set():
        return None
    files().write(claimed.result_path, result.write)
    return _patiently(
        partial(parts.finish, claimed=claimed, tally=result.tally, given_up=result.given_up)
    )


def _clean_up(claimed: parts.Claim, finish: parts.Finish) -> None:
    """Files go that nobody needs, and those who wait for the cohort hear of its end."""
    if not finish.kept:
        cleanup.remove(files(), claimed.result_path)
    elif finish.ended is not None:
        announce(redis(), claimed.cohort_id)
        cleanup.remove(files(), cleanup.unneeded(claimed.cohort_id, finish.ended))


def _patiently(step: Callable[[Session], T]) -> T:
    return in_transaction(step, patience_seconds=settings().lease_seconds / 2)
