"""Score claimed tasks: those of one clock together, as one table."""

from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict_all, read_panel_for
from agelens.domain.errors import AgeLensError, ScoringError
from agelens.domain.panel import Panel
from agelens.queueing import JobTimeoutException
from agelens.services import model_registry
from agelens.services.task_claims import TaskClaim
from agelens.storage import Task
from agelens.wire import Result

log = structlog.get_logger()


def clock_of(session: Session, claim: TaskClaim) -> Clock:
    """The version that was pinned for the task."""
    return model_registry.clock_by_id(session, claim.model_version_id)


def panel_of(clock: Clock, task: Task | TaskClaim) -> Panel:
    """What a task asks of its clock; InvalidAnswers, field by field, when it cannot be scored."""
    return read_panel_for(
        clock,
        task.answers,
        task.units,
        task.chronological_age,
        baseline=task.baseline,
        context=task.context,
    )


def score(clock: Clock, claims: Sequence[TaskClaim]) -> list[Result | AgeLensError]:
    """The explained predictions of claimed tasks of one clock, or why there is none, in their order.

    What goes wrong with one task fails that task only: where a batch fails as a whole, its tasks are
    scored one by one.
    """
    try:
        return _score_together(clock, claims)
    except JobTimeoutException:
        if len(claims) > 1:
            raise  # no alarm is left for the tasks one by one: each is tried alone after its lease
        log.exception("scoring took too long", task_id=str(claims[0].id))
        return [ScoringError("The prediction failed unexpectedly; it was not charged.")]
    except Exception as error:
        if len(claims) > 1:
            return [outcome for claim in claims for outcome in score(clock, [claim])]
        if isinstance(error, AgeLensError):
            return [error]
        log.exception("scoring failed", task_id=str(claims[0].id))
        return [ScoringError("The prediction failed unexpectedly; it was not charged.")]


def _score_together(clock: Clock, claims: Sequence[TaskClaim]) -> list[Result | AgeLensError]:
    panels = [_panel_or_error(clock, claim) for claim in claims]
    results = iter(predict_all(clock, [panel for panel in panels if isinstance(panel, Panel)]))
    return [next(results) if isinstance(panel, Panel) else panel for panel in panels]


def _panel_or_error(clock: Clock, claim: TaskClaim) -> Panel | AgeLensError:
    try:
        return panel_of(clock, claim)
    except AgeLensError as error:
        return error
