"""One prediction: claim the task, score it holding no lock, settle result and money together."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError, ScoringError
from agelens.jobs.database_retry import in_transaction, redis, settings
from agelens.queueing import announce
from agelens.services import scoring

log = structlog.get_logger()
T = TypeVar("T")


def predict_task(task_id: str) -> None:
    """What the `predictions` queue runs. Runs twice without harm: the claim and the end check."""
    key = uuid.UUID(task_id)
    lease = settings().lease_seconds
    claimed = _patiently(lambda session: scoring.claim(session, key, lease))
    if claimed is None:
        return
    _patiently(_ending(key, claimed))
    announce(redis(), key)


def _ending(key: uuid.UUID, claimed: scoring.Claim) -> Callable[[Session], bool]:
    """Score, and say how the task is to end. Without a database it does not: the lease runs out."""
    try:
        clock = _patiently(lambda session: scoring.clock_of(session, claimed))
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


def _patiently(step: Callable[[Session], T]) -> T:
    return in_transaction(step, patience_seconds=settings().lease_seconds / 2)
