"""Prediction job: drain the queued tasks in batches, each scored without a lock and settled at once."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from agelens.clocks.base import Clock
from agelens.domain.errors import AgeLensError, ScoringError
from agelens.jobs.connections import queue, settings
from agelens.jobs.database_retry import (
    in_statement,
    in_transaction,
    is_connection_error,
    is_disk_full,
)
from agelens.queueing import JobTimeoutException, announce
from agelens.services import task_claims, task_scoring, task_settling
from agelens.services.task_claims import BEFORE_ALL_OWNERS, TaskClaim
from agelens.services.task_settling import Outcome

log = structlog.get_logger()
SLICE_SECONDS = 0.25  # then RQ looks at the other queues
WAIT_TO_BE_WOKEN_SECONDS = 0.025  # who submits one task after the other is back by then
# Where several came together more will, and a batch of ten costs little more than a task alone.
BURST, PAUSE_IN_BURST_SECONDS = 2, 0.025
PATIENCE_SECONDS = 1.0  # of a batch, for a wallet that somebody holds
LONG_PATIENCE_SECONDS = 15.0  # of the one task whose wallet it is

# where the last slice ended: a slow clock fills one with a single batch
_next_after = BEFORE_ALL_OWNERS


def predict_queued() -> None:
    """Score queued tasks until none is left or the time slice is over; the job of `predictions`.

    A task that is queued while this runs has enqueued a drain of its own, so none is left behind.
    After each slice one task gets another try whose worker was lost, by itself.
    """
    with suppress(_NoRoomError):  # the sweep enqueues a drain, when there may be room again
        _drain()


def _drain() -> None:
    global _next_after
    slice_ends = time.monotonic() + SLICE_SECONDS
    after = _next_after
    while time.monotonic() < slice_ends:
        claims = _claim(after)
        if claims:
            _predict(claims)
        looked_after, after = after, _last_owner(claims)
        _next_after = after
        if len(claims) >= BURST:
            if not _may_have_more(claims):
                time.sleep(PAUSE_IN_BURST_SECONDS)
        elif looked_after == after == BEFORE_ALL_OWNERS and not queue().wait_to_be_woken(
            WAIT_TO_BE_WOKEN_SECONDS
        ):
            break  # what was queued since the claim has enqueued a drain
    lease = settings().lease_seconds
    retried = in_statement(lambda session: task_claims.claim_retry(session, lease_seconds=lease))
    if retried:
        _predict(retried)
    if retried or time.monotonic() >= slice_ends:
        queue().enqueue_drain()


def _claim(after: UUID) -> list[TaskClaim]:
    most, lease = settings().prediction_batch, settings().lease_seconds
    return in_statement(
        lambda session: task_claims.claim(session, most=most, lease_seconds=lease, after=after)
    )


def _last_owner(claims: Sequence[TaskClaim]) -> UUID:
    """After whom there may be owners that were not looked at; nobody where the batch was not full."""
    is_full = len(claims) >= settings().prediction_batch
    return max(claim.user_id for claim in claims) if is_full else BEFORE_ALL_OWNERS


def _may_have_more(claims: Sequence[TaskClaim]) -> bool:
    """Whether an owner may have more tasks than their share of the batch."""
    of_owner = Counter(claim.user_id for claim in claims)
    return max(of_owner.values()) >= settings().prediction_batch // len(of_owner)


class _NoRoomError(Exception):
    """The disk of the database has no room for results; their tasks were handed back."""


def _predict(claims: Sequence[TaskClaim]) -> None:
    """Score and settle.

    What one task of a batch cannot have, a wallet that somebody holds for long or a result that the
    database refuses, keeps the others waiting for a second only.
    """
    outcomes = _outcomes(claims)
    if len(outcomes) > 1:
        if _settled(outcomes, PATIENCE_SECONDS):
            return
        outcomes = [outcome for outcome in outcomes if not _settled([outcome], PATIENCE_SECONDS)]
    for outcome in outcomes:
        if not _settled([outcome], LONG_PATIENCE_SECONDS):
            log.error("a task was not settled", task_id=str(outcome.claim.id))


def _settled(outcomes: Sequence[Outcome], patience_seconds: float) -> bool:
    """Settle, or say that it cannot be. With the database away it raises: the leases run out."""
    try:
        ended_tasks = in_statement(
            lambda session: task_settling.settle(
                session, outcomes, patience_seconds=patience_seconds
            )
        )
    except task_settling.BusyError:
        return False
    except DBAPIError as error:
        if is_disk_full(error):
            _hand_back([outcome.claim for outcome in outcomes])
            raise _NoRoomError from error
        if is_connection_error(error):
            raise
        log.warning("not settled", tasks=len(outcomes), error=str(error.orig)[:200])
        return False
    announce(queue().redis, *ended_tasks)
    return True


def _outcomes(claims: Sequence[TaskClaim]) -> list[Outcome]:
    """Score the tasks, those of one clock together. With the database away it raises: the leases run out."""
    of_version = defaultdict(list)
    for claim in claims:
        of_version[claim.model_version_id].append(claim)
    outcomes = []
    for claims_of_version in of_version.values():
        clock = _clock_or_error(claims_of_version[0])
        if isinstance(clock, AgeLensError):
            outcomes += [Outcome(claim, clock) for claim in claims_of_version]
            continue
        results = task_scoring.score(clock, claims_of_version)
        outcomes += [Outcome(*pair) for pair in zip(claims_of_version, results, strict=True)]
    return outcomes


def _clock_or_error(claim: TaskClaim) -> Clock | AgeLensError:
    try:
        return in_transaction(lambda session: task_scoring.clock_of(session, claim))
    except (DBAPIError, JobTimeoutException):
        raise
    except AgeLensError as error:
        return error
    except Exception:
        log.exception("a clock was not loaded", version=str(claim.model_version_id))
        return ScoringError("The prediction failed unexpectedly; it was not charged.")


def _hand_back(claims: Sequence[TaskClaim]) -> None:
    """Without room for the results the attempts count as none; the sweep enqueues a drain again."""
    log.warning("tasks handed back, the database's disk is full", tasks=len(claims))
    in_transaction(
        lambda session: task_claims.hand_back(session, claims),
        give_up_after_seconds=settings().lease_seconds / 4,
    )
