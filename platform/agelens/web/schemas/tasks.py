"""Wire shapes of prediction tasks."""

from marshmallow import Schema, fields, validate

from agelens import wire
from agelens.domain.panel import BASELINES
from agelens.services.what_if import MOST_CHANGES
from agelens.web.schemas.base import (
    LONGEST_MODEL,
    MODEL,
    MOST_MODELS,
    Answers,
    Context,
    Day,
    FieldProblemSchema,
    PageQuery,
    Request,
    Scalar,
    SomeOf,
    Text,
)
from agelens.web.wire_fields import Shape, failure_of, model_name_of, whole

CONTEXT = (
    "What changes biomarkers for a while: pregnancy, acute illness within two weeks. The result has a "
    "warning and no percentile"
)
BASELINE = (
    "Whom the explanation starts from: people of one's own age, where the age is given; null, or of a "
    "clock that has no choice: whom the clock's base_meaning says"
)
MEASURED_ON = (
    "The day on which the biomarkers were measured; not in the future, not before 1900. If absent, the "
    "day (UTC) on which the task is made"
)
AGE = (
    "Years. If absent, and the profile has a date of birth, the age on `measured_on`; "
    "`age_from_profile` of the answer says so"
)
DRAFT_MODELS = (
    "Of a draft: the clocks that its panel is meant for, to be asked together in an assessment; null if "
    "that was not said. Running the draft asks `model` alone"
)
LONGEST_WAIT_SECONDS = 30.0
STATUSES = ["draft", "queued", "running", "succeeded", "failed", "canceled"]


class PanelRequest(Request):
    """A panel, whichever clocks are asked."""

    answers = Answers()
    units = Answers(allow_none=True)
    chronological_age = Scalar(allow_none=True, metadata={"description": AGE})
    measured_on = Day(allow_none=True, metadata={"description": MEASURED_ON})
    context = Context(metadata={"description": CONTEXT})
    baseline = fields.String(
        allow_none=True, validate=validate.OneOf(BASELINES), metadata={"description": BASELINE}
    )


class PredictRequest(PanelRequest):
    answers = Answers(required=True)
    model = Text(longest=LONGEST_MODEL, allow_none=True, metadata={"description": MODEL})


class DraftRequest(PanelRequest):
    model = Text(longest=LONGEST_MODEL, allow_none=True, metadata={"description": MODEL})
    models = fields.List(
        Text(longest=LONGEST_MODEL),
        allow_none=True,
        validate=validate.Length(max=MOST_MODELS),
        metadata={"description": DRAFT_MODELS},
    )


class WhatIfRequest(Request):
    changes = SomeOf(
        Answers(),
        most=MOST_CHANGES,
        required=True,
        metadata={"description": "Each is answers that differ from the task's; null: not measured"},
    )
    units = Answers(
        allow_none=True,
        metadata={"description": "Of the values in all changes; canonical if absent"},
    )


class TaskAccepted(Schema):
    task_id = fields.UUID(attribute="id")
    status = fields.String(validate=validate.OneOf(STATUSES))
    price = fields.Integer()


class TaskSchema(Schema):
    id = fields.UUID()
    assessment_id = fields.UUID(allow_none=True)
    status = fields.String(validate=validate.OneOf(STATUSES))
    model = Shape(wire.ModelName, make=model_name_of)
    answers = Shape(wire.Answers)
    units = Shape(wire.Answers)
    chronological_age = Shape(wire.Scalar)
    age_from_profile = fields.Boolean(
        metadata={"description": "Whether the age was computed from the profile's date of birth"}
    )
    measured_on = fields.Date(
        attribute="measured_day",
        allow_none=True,
        metadata={"description": MEASURED_ON + "; null of a draft that says none"},
    )
    context = Shape(list[wire.Context], metadata={"description": CONTEXT})
    baseline = Shape(wire.Baseline | None, metadata={"description": BASELINE})
    models = Shape(list[str] | None, metadata={"description": DRAFT_MODELS})
    price = fields.Integer()
    charged = fields.Integer()
    attempts = fields.Integer()
    created_at = fields.DateTime()
    started_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)
    validation_errors = fields.List(fields.Nested(FieldProblemSchema))
    error = Shape(wire.Failure | None, make=failure_of)
    result = Shape(
        wire.Result | None, metadata={"description": "Null until the task has succeeded"}
    )


class WhatIfResults(Schema):
    task_id = fields.UUID()
    model = Shape(wire.ModelName, make=model_name_of)
    results = Shape(list[wire.Result], metadata={"description": "One per change in order"})
    scenarios_left = fields.Integer(
        metadata={"description": "How many more may change several answers"}
    )


ComparisonSchema = whole(wire.Comparison)


class AdminTask(TaskSchema):
    user_id = fields.UUID()
    user_email = fields.String(attribute="owner.email", allow_none=True)


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskSchema))
    next_cursor = fields.String(allow_none=True)


class AdminTaskPage(Schema):
    items = fields.List(fields.Nested(AdminTask))
    next_cursor = fields.String(allow_none=True)


class TaskQuery(PageQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    model = fields.String(load_default=None, validate=validate.Length(max=LONGEST_MODEL))


class AdminTaskQuery(TaskQuery):
    user = fields.String(
        load_default=None,
        validate=validate.Length(max=254),
        metadata={"description": "A user id or e-mail address"},
    )


class WaitQuery(Schema):
    wait = fields.Float(load_default=0.0, validate=validate.Range(min=0, max=LONGEST_WAIT_SECONDS))
