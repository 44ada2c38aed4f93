"""Cohort job: claim parts in turn, score each under a lease, commit its results and money together.

While one part is written and counted, which mostly waits for disks, the next is scored.
"""

import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy.ma  # noqa: F401  # numpy.unique imports it when it is first called
import structlog
from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.domain.errors import NotFound, StorageMismatch, Unavailable
from agelens.jobs.connections import files, queue, settings
from agelens.jobs.database_retry import in_transaction
from agelens.jobs.lease_renewal import LeaseRenewal
from agelens.queueing import announce
from agelens.queueing.jobs import PREDICT
from agelens.services import model_registry, storage_binding
from agelens.services.cohorts import (
    cleanup,
    file_locations,
    lookups,
    part_scoring,
    parts,
    retries,
    scatter,
)

log = structlog.get_logger()
SLICE_SECONDS = 0.25  # then RQ looks at the other queues


@dataclass(frozen=True)
class _Scored:
    """A part that is to be written and counted; its lease goes on until `held` is closed."""

    claimed: parts.PartClaim
    result: part_scoring.PartResult
    lease: LeaseRenewal
    held: ExitStack


def score_part(part_id: str) -> None:
    """Score parts until none is left or the time slice is over; the job of the `cohorts` queue.

    Idempotent: claim and finish check the state. Every part has a job, so none is left behind; a job
    whose part was scored in another one's slice scores the next in turn, or nothing.
    """
    slice_ends = time.monotonic() + SLICE_SECONDS
    claimed = in_transaction(partial(_claim, key=uuid.UUID(part_id)))
    with ThreadPoolExecutor(1, "finish") as pool:
        ending: Future[None] | None = None
        while claimed is not None:
            if claimed.lost and ending is not None:  # it may cost another worker its life
                ending.result()
            scored = _score(claimed)
            if scored is None:
                break
            following = pool.submit(_finish, scored)
            if ending is not None:
                ending.result()  # so that no more than two parts are in memory
            ending = following
            if time.monotonic() >= slice_ends or queue().waits(PREDICT.queue):
                break
            claimed = in_transaction(_claim_next)
        if claimed is None:
            left_over = partial(parts.jobs_left_over, part_id=uuid.UUID(part_id))
            queue().forget(in_transaction(left_over))
        if ending is not None:
            ending.result()


def _claim(session: Session, key: uuid.UUID) -> parts.PartClaim | None:
    """Claim the part whose turn it is; every job stands for one part, so all are scored."""
    return _claimed(session, parts.next_in_turn(session, key))


def _claim_next(session: Session) -> parts.PartClaim | None:
    return _claimed(session, parts.first_in_turn(session))


def _claimed(session: Session, in_turn: uuid.UUID | None) -> parts.PartClaim | None:
    return parts.claim(session, in_turn, settings().lease_seconds) if in_turn else None


def _score(claimed: parts.PartClaim) -> _Scored | None:
    """Score under a lease, which goes on; None when the part was handed back."""
    lease_seconds = settings().lease_seconds
    renew = partial(parts.renew, claimed=claimed, lease_seconds=lease_seconds)
    try:
        with ExitStack() as undo:
            lease = undo.enter_context(LeaseRenewal(renew, lease_seconds))
            result = part_scoring.score_part(files(), _clock(claimed), claimed)
            return _Scored(claimed, result, lease, undo.pop_all())
    except (Unavailable, StorageMismatch) as error:
        _hand_back(claimed, error)
        return None


def _clock(claimed: parts.PartClaim) -> Clock:
    version = claimed.model_version_id
    in_transaction(partial(storage_binding.ensure, files=files()))
    return in_transaction(lambda session: model_registry.clock_by_id(session, version))


def _finish(scored: _Scored) -> None:
    """Write the results before they are counted, unless the part is no longer ours."""
    claimed, result = scored.claimed, scored.result
    try:
        with scored.held:
            if scored.lease.lost.is_set():
                return
            files().write(claimed.result_path, result.write)
            finish = in_transaction(
                partial(parts.finish, claimed=claimed, tally=result.tally, given_up=result.given_up)
            )
    except (Unavailable, StorageMismatch) as error:
        _hand_back(claimed, error)
        return
    _clean_up(claimed, finish)


def _hand_back(claimed: parts.PartClaim, error: Unavailable | StorageMismatch) -> None:
    log.warning("part handed back", cohort_id=str(claimed.cohort_id), error=error.detail)
    in_transaction(partial(retries.requeue, claimed=claimed))


def _clean_up(claimed: parts.PartClaim, finish: parts.FinishedPart) -> None:
    """Delete files that are no longer needed, and notify waiters of the end."""
    if not finish.kept:
        cleanup.remove(files(), claimed.result_path)
    elif finish.ended is not None:
        announce(queue().redis, claimed.cohort_id)
        if finish.ended == "succeeded":
            _keep_scatter(claimed)
        if name := cleanup.unneeded(claimed.cohort_id, finish.ended, claimed.format):
            cleanup.remove(files(), name)


def _keep_scatter(claimed: parts.PartClaim) -> None:
    """Make the cohort's figure at once; where that fails it is made when somebody asks for it."""
    of_cohort = partial(lookups.paths_of, cohort_id=claimed.cohort_id)
    version = claimed.model_version_id
    clock = in_transaction(lambda session: model_registry.clock_by_id(session, version))
    try:
        scatter.keep(files(), claimed.cohort_id, in_transaction(of_cohort), clock.manifest)
    except (Unavailable, NotFound) as error:
        log.warning("no scatter yet", cohort_id=str(claimed.cohort_id), error=error.detail)
    if not in_transaction(of_cohort):  # it was deleted meanwhile
        cleanup.remove(files(), file_locations.folder(claimed.cohort_id))
