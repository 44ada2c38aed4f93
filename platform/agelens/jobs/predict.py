"""Prediction job: claim the task, score it without a lock, commit result and money together."""

import uuid
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError, ScoringError
from agelens.jobs.connections import redis, settings
from agelens.jobs.database_retry import in_transaction, is_disk_full
from agelens.queueing import announce
from agelens.services import scoring

log = structlog.get_logger()


def predict_task(task_id: str) -> None:
    """Score one task; the job of the `predictions` queue. Idempotent: claim and finish check the state."""
    key = uuid.UUID(task_id)
    lease = settings().lease_seconds
    claimed = in_transaction(lambda session: scoring.claim(session, key, lease))
    if claimed is None:
        return
    try:
        in_transaction(_ending(key, claimed))
    except DBAPIError as error:
        if not is_disk_full(error):
            raise
        _hand_back(key, claimed, lease)
        return
    announce(redis(), key)


def _hand_back(key: uuid.UUID, claimed: scoring.Claim, lease_seconds: float) -> None:
    """Without room for the result the attempt counts as none; the sweep queues the task again."""
    log.warning("task handed back, the database's disk is full", task_id=str(key))
    in_transaction(
        partial(scoring.requeue, task_id=key, attempt=claimed.attempts),
        give_up_after_seconds=lease_seconds / 4,
    )


def _ending(key: uuid.UUID, claimed: scoring.Claim) -> Callable[[Session], bool]:
    """Score, and return the step that ends the task. With the database away it raises: the lease runs out."""
    try:
        clock = in_transaction(lambda session: scoring.clock_of(session, claimed))
        result = scoring.score(clock, claimed)
    except DBAPIError:
        raise
    except AgeLensError as error:
        failure = error
    except Exception:
        log.exception("scoring failed", task_id=str(key))
        failure = ScoringError("The prediction failed unexpectedly; it was not charged.")
    else:
        return partial(scoring.succeed, task_id=key, attempt=claimed.attempts, result=result)
    return partial(scoring.fail, task_id=key, attempt=claimed.attempts, error=failure)
