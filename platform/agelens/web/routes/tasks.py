"""/api/tasks: a panel in, an explained age out."""

import uuid
from typing import cast

from flask import Response, request, url_for

from agelens import wire
from agelens.services import drafts, submissions, tasks
from agelens.services.pagination import Page
from agelens.services.result_comparison import compare
from agelens.services.what_if import WhatIf, what_if
from agelens.storage import Task
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, limiter
from agelens.web.problems import refused_draft
from agelens.web.request_bodies import read_json
from agelens.web.request_types import DraftBody, PanelBody, TaskParams, WaitParams, WhatIfBody
from agelens.web.schemas.tasks import (
    ComparisonSchema,
    DraftRequest,
    PredictRequest,
    TaskAccepted,
    TaskPage,
    TaskQuery,
    TaskSchema,
    WaitQuery,
    WhatIfRequest,
    WhatIfResults,
)
from agelens.web.task_waiting import (
    PREFERENCE_APPLIED,
    answered_when_finished,
    new_task_id,
    when_finished,
)
from agelens.web.transactions import (
    committed,
    in_one_statement,
    is_tried_first,
    submit_prepared,
    transaction,
)

blueprint = Blueprint("tasks", __name__, url_prefix="/api/tasks", description="Predictions")
submit_limit = limiter.limit(rate_limits.SUBMIT, key_func=rate_limits.person)
EXAMPLE = {
    "answers": {
        "systolic_bp": 128,
        "diastolic_bp": 82,
        "bone_density": 1.1,
        "vision_sharpness": 0.45,
        "hearing_ability": 42,
        "glucose": 95,
        "smoking_status": "former",
    },
    "units": {"glucose": "mg/dL"},
    "chronological_age": 52,
}
DRAFT_EXAMPLE = {"answers": {"systolic_bp": 128}}
WHAT_IF_EXAMPLE = {
    "changes": [{"systolic_bp": 118}, {"systolic_bp": 118, "glucose": 90}, {"glucose": None}],
    "units": {"glucose": "mg/dL"},
}
WHERE_AND_WHEN = {
    "Location": {"description": "The task", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds", "schema": {"type": "string"}},
}
Accepted = tuple[Task, int, dict[str, str]]


def _scenarios() -> int:
    """How many people a what-if request has scored; its body is known to be well formed."""
    return len(cast(WhatIfBody, read_json(request))["changes"])


@blueprint.post("/predict")
@login_required
@submit_limit
@answered_when_finished
@in_one_statement
@blueprint.arguments(PredictRequest, example=EXAMPLE)
@blueprint.response(202, TaskAccepted, headers=WHERE_AND_WHEN)
@blueprint.alt_response(
    200, schema=TaskSchema, description="As asked by `Prefer: wait`", headers=PREFERENCE_APPLIED
)
@blueprint.alt_response(402, "PAYMENT_REQUIRED")
@blueprint.alt_response(404, "NOT_FOUND")
def predict(body: PanelBody) -> Accepted:
    """Accept a panel, hold its price, queue it; answer where the result will be.

    With `Prefer: wait=SECONDS` the finished task is the answer (200), where it is ready in time.
    """
    if is_tried_first(body.get("model")):
        task = submissions.prepare(db.session(), me(), task_id=new_task_id(), **body)
        return _accepted(submit_prepared(task))
    return _accepted(tasks.submit(db.session(), me(), task_id=new_task_id(), **body))


@blueprint.post("")
@login_required
@transaction
@blueprint.arguments(DraftRequest, example=DRAFT_EXAMPLE)
@blueprint.response(201, TaskSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def create_draft(body: DraftBody) -> tuple[Task, int, dict[str, str]]:
    """Keep a panel for later; it may be incomplete, and costs nothing.

    409 when one has 100 drafts. A draft is deleted 90 days after it was made.
    """
    task = drafts.create(db.session(), me(), **body)
    return task, 201, {"Location": url_for("tasks.show", task_id=task.id)}


@blueprint.get("", endpoint="list")
@blueprint.get("/history", endpoint="history")
@login_required
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPage)
def history(query: TaskParams) -> Page:
    """One's tasks, newest first."""
    return tasks.history(db.session(), me(), **query)


@blueprint.get("/<uuid:task_id>", endpoint="show")
@login_required
@blueprint.arguments(WaitQuery, location="query")
@blueprint.response(200, TaskSchema)
def show(query: WaitParams, task_id: uuid.UUID) -> Task:
    """One task; with `wait`, as soon as it is finished or the time is over.

    When very many wait at once, some are answered earlier: look at `status`, and ask again.
    """
    return when_finished(task_id, query["wait"])


@blueprint.patch("/<uuid:task_id>")
@login_required
@transaction
@blueprint.arguments(DraftRequest, example=DRAFT_EXAMPLE)
@blueprint.response(200, TaskSchema)
def edit(body: DraftBody, task_id: uuid.UUID) -> Task:
    """Change a draft. Answers and units are merged; null takes one away."""
    return drafts.edit(db.session(), me().id, task_id, body)


@blueprint.delete("/<uuid:task_id>")
@login_required
@transaction
@blueprint.response(204)
def delete(task_id: uuid.UUID) -> None:
    """Take a draft or finished task away."""
    tasks.delete(db.session(), me().id, task_id)


@blueprint.post("/<uuid:task_id>/run")
@login_required
@submit_limit
@transaction
@blueprint.response(202, TaskAccepted, headers=WHERE_AND_WHEN)
@blueprint.alt_response(402, "PAYMENT_REQUIRED")
def run(task_id: uuid.UUID) -> Accepted | Response:
    """Queue a draft. Running it again is harmless; one that cannot be scored stays a draft."""
    task = drafts.run(db.session(), me().id, task_id)
    return refused_draft(task.validation_errors) if task.status == "draft" else _accepted(task)


@blueprint.post("/<uuid:task_id>/cancel")
@login_required
@transaction
@blueprint.response(200, TaskSchema)
def cancel(task_id: uuid.UUID) -> Task:
    """End a queued or running task; its hold is released."""
    return tasks.cancel(db.session(), me().id, task_id)


@blueprint.post("/<uuid:task_id>/what-if")
@login_required
@committed
@blueprint.arguments(WhatIfRequest, example=WHAT_IF_EXAMPLE)
@blueprint.response(200, WhatIfResults)
@blueprint.alt_response(409, "CONFLICT")
@limiter.limit(rate_limits.SCENARIOS, key_func=rate_limits.person, cost=_scenarios)
def vary(body: WhatIfBody, task_id: uuid.UUID) -> WhatIf:
    """Score a finished prediction again with some answers changed; kept nowhere and free.

    The version that scored it answers. Values are in canonical units, as the result shows them,
    unless `units` names others.

    A scenario may change at most half (rounded up) of the answers that the clock uses, and never
    sex: 422 names the one that does. Scenarios of one changed answer are not counted; of those that
    change several, a prediction comes with 1,000: 409 `scenarios_used_up` when no more are left. A
    value that the answer has already is no change. The rate limit counts scenarios, by user.
    """
    return what_if(db.session(), me().id, task_id, **body)


@blueprint.post("/<uuid:task_id>/compare/<uuid:other_id>")
@login_required
@blueprint.response(200, ComparisonSchema)
@blueprint.alt_response(409, "CONFLICT")
@limiter.limit(rate_limits.SCENARIOS, key_func=rate_limits.person, cost=2)
def compare_with(task_id: uuid.UUID, other_id: uuid.UUID) -> wire.Comparison:
    """Compare a finished prediction with a later one of the same clock; kept nowhere and free.

    What changed, by biomarker, by the time passed and by the clock's version, and whether that is
    more than the noise of measuring the same person twice. Where the versions differ, the panel of
    the older one is scored with the newer one. 409 `different_clocks` for results of two clocks.
    """
    return compare(db.session(), me().id, task_id, other_id)


def _accepted(task: Task) -> Accepted:
    location = url_for("tasks.show", task_id=task.id)
    return task, 202, {"Location": location, "Retry-After": "1"}
