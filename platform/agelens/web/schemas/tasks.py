"""Wire shapes of prediction tasks."""

from typing import Any

from marshmallow import Schema, fields, validate

from agelens.services.what_if import MOST_CHANGES
from agelens.storage import Task
from agelens.web.schemas.base import (
    Answers,
    FieldProblemSchema,
    PageQuery,
    Request,
    Scalar,
    SomeOf,
    Text,
)

STATUSES = ["draft", "queued", "running", "succeeded", "failed", "canceled"]


RESULT = (
    "Null until the task has succeeded. `base_value` plus the years of all `contributions` is the "
    "`prediction`. `narrowing`: what is missing, with the width of the interval now and its expected "
    "width if that, too, were measured, the narrowest first; null where the clock cannot tell"
)


class PredictRequest(Request):
    model = Text(longest=64, allow_none=True)
    answers = Answers(required=True)
    units = Answers(allow_none=True)
    chronological_age = Scalar(allow_none=True)


class DraftRequest(Request):
    model = Text(longest=64, allow_none=True)
    answers = Answers()
    units = Answers(allow_none=True)
    chronological_age = Scalar(allow_none=True)


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


class ModelName(Schema):
    name = fields.String()
    version = fields.String()


class TaskError(Schema):
    code = fields.String()
    message = fields.String()


class TaskSchema(Schema):
    id = fields.UUID()
    status = fields.String(validate=validate.OneOf(STATUSES))
    model = fields.Nested(ModelName)
    answers = fields.Dict()
    units = fields.Dict()
    chronological_age = fields.Raw(allow_none=True)
    price = fields.Integer()
    charged = fields.Integer()
    attempts = fields.Integer()
    created_at = fields.DateTime()
    started_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)
    validation_errors = fields.List(fields.Nested(FieldProblemSchema))
    error = fields.Method("task_error", metadata={"type": ["object", "null"]})
    result = fields.Dict(allow_none=True, metadata={"description": RESULT})

    def task_error(self, task: Task) -> dict[str, Any] | None:
        if task.error_code is None:
            return None
        return {"code": task.error_code, "message": task.error_message}


class WhatIfResults(Schema):
    task_id = fields.UUID()
    model = fields.Nested(ModelName)
    results = fields.List(
        fields.Dict(), metadata={"description": "As a task's `result`, one per change in order"}
    )


class AdminTask(TaskSchema):
    user_id = fields.UUID()


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskSchema))
    next_cursor = fields.String(allow_none=True)


class AdminTaskPage(Schema):
    items = fields.List(fields.Nested(AdminTask))
    next_cursor = fields.String(allow_none=True)


class TaskQuery(PageQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    model = fields.String(load_default=None, validate=validate.Length(max=64))


class WaitQuery(Schema):
    wait = fields.Float(load_default=0.0, validate=validate.Range(min=0, max=30))
