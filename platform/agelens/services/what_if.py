"""What-if scenarios: score a finished prediction's panel with changes; no result is stored.

They belong to what was paid for one person, so they must not stand in for scoring another: a
scenario leaves sex, age and half of the answers as they are, and a task has an allowance of
scenarios that change several answers.
"""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.scoring import predict_all, read_changes_for
from agelens.domain.errors import (
    Conflict,
    FieldProblem,
    InvalidAnswers,
    ScoringError,
    json_pointer,
)
from agelens.domain.features import Names
from agelens.domain.panel import Panel
from agelens.services import model_registry, tasks
from agelens.services.task_scoring import panel_of
from agelens.storage import SCENARIOS_PER_TASK, ModelVersion, Task
from agelens.wire import Result

MOST_CHANGES = 50
SAME = 1e-9  # relative: a value that went through another unit and back is the same
SEX_STAYS = "cannot be changed; run a new prediction"
TOO_MANY = (
    "changes {changed} answers, and a scenario may change at most {most} of the {answered} that "
    "this clock uses; run a new prediction to go further"
)


class ScenariosUsedUp(Conflict):
    """The task's allowance of scenarios that change several answers does not cover these."""

    code = "scenarios_used_up"
    title = "No more scenarios for this prediction"


@dataclass(frozen=True)
class WhatIf:
    """One result per change, in their order, all by the version that scored the task.

    `scenarios_left` is how many more scenarios may change several answers.
    """

    task_id: uuid.UUID
    model: ModelVersion
    results: list[Result]
    scenarios_left: int


def what_if(
    session: Session,
    owner_id: uuid.UUID,
    task_id: uuid.UUID,
    *,
    changes: Sequence[Mapping[str, Any]],
    units: Mapping[str, Any] | None = None,
) -> WhatIf:
    """Score a finished task's panel with each of the changes. Nothing is kept or charged.

    Only the allowance is counted down, when all changes were scored, for those of several answers.

    Raises
    ------
    NotFound, Conflict
        If there is no such task of this person's, or it has no result.
    InvalidAnswers
        With every problem of every change at once, also of one that changes too much.
    ScenariosUsedUp
        If the task's allowance does not cover the changes of several answers.
    """
    task = tasks.owned(session, owner_id, task_id)
    if task.status != "succeeded":
        raise Conflict(f"Only a finished prediction can be varied; this task is {task.status}.")
    clock = model_registry.clock_of(session, task.model)
    panel = panel_of(clock, task)
    panels = read_changes_for(clock, panel, changes, units)
    changed = [_changed(clock, panel, varied_panel) for varied_panel in panels]
    if problems := _beyond_the_rule(clock, panel, changes, changed):
        raise InvalidAnswers(problems)
    several = sum(len(keys) > 1 for keys in changed)
    if several > task.scenarios_left:  # before any of it is scored
        raise _used_up(task.scenarios_left)
    results = _score(clock, panels)
    scenarios_left = _use(session, task, several) if several else task.scenarios_left
    return WhatIf(task.id, task.model, results, scenarios_left)


def _changed(clock: Clock, panel: Panel, varied: Panel) -> set[str]:
    """Which answers differ, given or taken away ones too: of features that the clock uses, and sex.

    Sex, whether the clock uses it or not, chooses the people that a result is compared with.
    """
    used = {f.key for f in clock.manifest.features if f.informative} | {SEX}
    return {key for key in used if not _same(panel.values.get(key), varied.values.get(key))}


def _same(a: float | str | None, b: float | str | None) -> bool:
    if isinstance(a, float | int) and isinstance(b, float | int):
        return math.isclose(a, b, rel_tol=SAME)
    return a == b


def _beyond_the_rule(
    clock: Clock, panel: Panel, changes: Sequence[Mapping[str, Any]], changed: Sequence[set[str]]
) -> list[FieldProblem]:
    """Which changes would score somebody else: they change sex, or more than half of the answers."""
    names = clock.manifest.names
    answered = sum(f.informative and f.key in panel.values for f in clock.manifest.features)
    most = (answered + 1) // 2
    problems = []
    for index, (change, keys) in enumerate(zip(changes, changed, strict=True)):
        pointer = ("changes", str(index))
        if SEX in keys:
            sex_name = next((name for name in change if _means_sex(names, name)), SEX)
            problems.append(FieldProblem(json_pointer(*pointer, sex_name), SEX, SEX_STAYS))
        if len(keys) > most:
            message = TOO_MANY.format(changed=len(keys), most=most, answered=answered)
            problems.append(FieldProblem(json_pointer(*pointer), "changes", message))
    return problems


def _means_sex(names: Names, name: str) -> bool:
    return any(ways[0].feature.key == SEX for ways in names.find(name))


def _score(clock: Clock, panels: Sequence[Panel]) -> list[Result]:
    outcomes = predict_all(clock, panels)
    failed = [
        FieldProblem(json_pointer("changes", str(index)), "changes", outcome.detail)
        for index, outcome in enumerate(outcomes)
        if isinstance(outcome, ScoringError)
    ]
    if failed:
        raise InvalidAnswers(failed)
    return [outcome for outcome in outcomes if not isinstance(outcome, ScoringError)]


def _use(session: Session, task: Task, several: int) -> int:
    """Count the allowance down in one conditional UPDATE: two requests never share a scenario."""
    scenarios_left = session.scalar(
        update(Task)
        .where(Task.id == task.id, Task.scenarios_left >= several)
        .values(scenarios_left=Task.scenarios_left - several)
        .returning(Task.scenarios_left)
        .execution_options(synchronize_session=False)
    )
    if scenarios_left is None:
        session.refresh(task, ["scenarios_left"])
        raise _used_up(task.scenarios_left)
    return scenarios_left


def _used_up(left: int) -> ScenariosUsedUp:
    return ScenariosUsedUp(
        f"A prediction comes with {SCENARIOS_PER_TASK:,} scenarios that change several answers; this "
        f"one has {left:,} of them left. Change one answer at a time, or run a new prediction."
    )
