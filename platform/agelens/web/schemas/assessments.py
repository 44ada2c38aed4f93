"""Wire shapes of assessments."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from agelens import wire
from agelens.web.schemas.base import LONGEST_MODEL, MOST_MODELS, Answers, FieldProblemSchema
from agelens.web.schemas.tasks import BASELINE, CONTEXT, PanelRequest, TaskSchema
from agelens.web.wire_fields import Shape, whole

READY = "ready"
MODELS = (
    'Clocks by name, or `name@version`; "ready": every active clock that can score these answers; the '
    "default clock if absent"
)
NO_MODELS = f'must be "{READY}", or a list of 1 to {MOST_MODELS} clocks'
MEASURED_ON = (
    "The day on which the biomarkers were measured; the day (UTC) of the request if none was said"
)
LACKS = "Keys of what is lacking: answers, chronological_age"
AT_LEAST = "How many of those are needed at least; fewer than all where the clock may miss some"

ReportImportSchema = whole(wire.ReportImport)


class Models(fields.Raw):
    """Which clocks: a list of their names, or "ready"."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Any:
        if value == READY:
            return value
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_MODELS:
            raise ValidationError(NO_MODELS)
        wrong = {
            str(index): ["must be the name of a clock"]
            for index, name in enumerate(value)
            if not (isinstance(name, str) and 1 <= len(name) <= LONGEST_MODEL)
        }
        if wrong:
            raise ValidationError(wrong)
        return value


class CheckRequest(PanelRequest):
    answers = Answers(required=True)


class AssessmentRequest(CheckRequest):
    models = Models(
        allow_none=True,
        metadata={
            "description": MODELS,
            "anyOf": [
                {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_MODEL},
                    "minItems": 1,
                    "maxItems": MOST_MODELS,
                },
                {"const": READY},
                {"type": "null"},
            ],
        },
    )


class AssessmentAccepted(Schema):
    assessment_id = fields.UUID(attribute="id")
    task_ids = fields.Method("_task_ids", metadata={"type": "array", "items": {"type": "string"}})
    price = fields.Integer(metadata={"description": "Of all tasks together; it is held"})
    not_run = Shape(list[wire.NotRun], metadata={"description": 'Of "ready"'})

    def _task_ids(self, assessment: Any) -> list[str]:
        return [str(task.id) for task in assessment.tasks]


class KeptAssessment(Schema):
    """An assessment without its tasks."""

    id = fields.UUID()
    answers = Shape(wire.Answers)
    units = Shape(wire.Answers)
    chronological_age = Shape(wire.Scalar)
    age_from_profile = fields.Boolean(
        metadata={"description": "Whether the age was computed from the profile's date of birth"}
    )
    measured_on = fields.Date(metadata={"description": MEASURED_ON})
    context = Shape(list[wire.Context], metadata={"description": CONTEXT})
    baseline = Shape(wire.Baseline | None, metadata={"description": BASELINE})
    not_run = Shape(
        list[wire.NotRun],
        metadata={"description": 'Of "ready", the clocks that could not score it'},
    )
    created_at = fields.DateTime()


class AssessmentSchema(KeptAssessment):
    price = fields.Integer(metadata={"description": "Of its tasks"})
    charged = fields.Integer(metadata={"description": "For its tasks, so far"})
    tasks = fields.List(fields.Nested(TaskSchema))


class AssessmentPage(Schema):
    items = fields.List(fields.Nested(AssessmentSchema))
    next_cursor = fields.String(allow_none=True)


class ClockCheck(Schema):
    """What a clock would make of a panel."""

    model = Shape(wire.ModelName)
    price = fields.Integer()
    ready = fields.Boolean()
    lacks = fields.List(fields.String(), metadata={"description": LACKS})
    at_least = fields.Integer(metadata={"description": AT_LEAST})
    reason = fields.String(metadata={"description": "Why it is not ready, in words"})
    errors = fields.List(fields.Nested(FieldProblemSchema))
    warnings = fields.List(fields.String())


class PanelCheck(Schema):
    clocks = fields.List(fields.Nested(ClockCheck))
    chronological_age = Shape(wire.Scalar)
    age_from_profile = fields.Boolean()
