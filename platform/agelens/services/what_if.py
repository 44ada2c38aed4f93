"""What-if scenarios: score a finished prediction's panel with changes; nothing is stored."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from agelens.clocks.scoring import predict_all, read_changes_for, read_panel_for
from agelens.domain.errors import (
    Conflict,
    FieldProblem,
    InvalidAnswers,
    ScoringError,
    json_pointer,
)
from agelens.services import registry, tasks
from agelens.storage import ModelVersion
from agelens.wire import Result

MOST_CHANGES = 50


@dataclass(frozen=True)
class WhatIf:
    """One result per change, in their order, all by the version that scored the task."""

    task_id: uuid.UUID
    model: ModelVersion
    results: list[Result]


def what_if(
    session: Session,
    owner_id: uuid.UUID,
    task_id: uuid.UUID,
    *,
    changes: Sequence[Mapping[str, Any]],
    units: Mapping[str, Any] | None = None,
) -> WhatIf:
    """Score a finished task's panel with each of the changes. Nothing is locked, kept or charged.

    Raises
    ------
    NotFound, Conflict
        If there is no such task of this person's, or it has no result.
    InvalidAnswers
        With every problem of every change at once.
    """
    task = tasks.owned(session, owner_id, task_id)
    if task.status != "succeeded":
        raise Conflict(f"Only a finished prediction can be varied; this task is {task.status}.")
    clock = registry.clock_of(session, task.model)
    panel = read_panel_for(clock, task.answers, task.units, task.chronological_age)
    outcomes = predict_all(clock, read_changes_for(clock, panel, changes, units))
    failed = [
        FieldProblem(json_pointer("changes", str(place)), "changes", outcome.detail)
        for place, outcome in enumerate(outcomes)
        if isinstance(outcome, ScoringError)
    ]
    if failed:
        raise InvalidAnswers(failed)
    results = [outcome for outcome in outcomes if not isinstance(outcome, ScoringError)]
    return WhatIf(task.id, task.model, results)
