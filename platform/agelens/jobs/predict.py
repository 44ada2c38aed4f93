"""One prediction: claim the task, score it holding no lock, settle result and money together."""

import uuid

import structlog

from agelens.domain.errors import AgeLensError, ScoringError
from agelens.jobs.patience import in_transaction, settings
from agelens.services import scoring

log = structlog.get_logger()


def predict_task(task_id: str) -> None:
    """What the `predictions` queue runs. Runs twice without harm: the claim and the end check."""
    lease, patience = settings().lease_seconds, settings().lease_seconds / 2
    key = uuid.UUID(task_id)
    claimed = in_transaction(
        lambda session: scoring.claim(session, key, lease), patience_seconds=patience
    )
    if claimed is None:
        return
    attempt = claimed.attempt
    try:
        result = scoring.score(claimed)
    except AgeLensError as error:
        failure = error
    except Exception:
        log.exception("scoring failed", task_id=task_id)
        failure = ScoringError("The prediction failed unexpectedly; it was not charged.")
    else:
        in_transaction(
            lambda session: scoring.succeed(session, key, attempt, result),
            patience_seconds=patience,
        )
        return
    in_transaction(
        lambda session: scoring.fail(session, key, attempt, failure), patience_seconds=patience
    )
