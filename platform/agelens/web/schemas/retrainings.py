"""Wire shapes of retrainings and their schedules."""

from collections.abc import Callable, Mapping

from marshmallow import Schema, fields, validate

from agelens import wire
from agelens.storage import Retraining
from agelens.web.schemas.base import PageQuery, Request, Text, WholeNumber
from agelens.web.schemas.models import COMPARABLE, SAME_DATA, WORSE, HeadlineSchema
from agelens.web.wire_fields import Shape, failure_of

STATUSES = ["queued", "running", "succeeded", "failed", "canceled"]
LONGEST_INTERVAL_HOURS = 24 * 366


class RetrainingRequest(Request):
    """On the configured data."""

    model = Text(longest=64, required=True)
    validation = Text(
        longest=200,
        allow_none=True,
        metadata={"description": "Another file of the configured data to validate on"},
    )
    version = Text(
        longest=64,
        allow_none=True,
        metadata={"description": "Without it, the next minor version"},
    )


class UploadFields(Request):
    """What a form says beside its files."""

    model = Text(longest=64, required=True)
    version = Text(longest=64)


class DataSchema(Schema):
    source = fields.String(validate=validate.OneOf(["uploaded", "configured"]))
    file_name = fields.String()
    sha256 = fields.String(
        allow_none=True, metadata={"description": "Of a configured file: once it was read"}
    )


class ValidationSchema(Schema):
    file_name = fields.String()
    sha256 = fields.String(allow_none=True)


class CandidateSchema(Schema):
    """What was published, and how it stood against the version that was active then."""

    name = fields.String()
    version = fields.String()
    sha256 = fields.String()
    headline = fields.Nested(HeadlineSchema, allow_none=True)
    comparable = fields.Boolean(metadata={"description": COMPARABLE})
    active_value = fields.Float(allow_none=True)
    worse_than_active = fields.Boolean(allow_none=True, metadata={"description": WORSE})
    same_data = fields.Boolean(allow_none=True, metadata={"description": SAME_DATA})


def _data(row: Retraining) -> dict[str, str | None]:
    source = {"source": row.data_source}
    return source | {"file_name": row.data_name, "sha256": row.data_sha256}


def _validation(row: Retraining) -> dict[str, str | None] | None:
    if row.validation_name is None:
        return None
    return {"file_name": row.validation_name, "sha256": row.validation_sha256}


PARTS: Mapping[str, Callable[[Retraining], object]] = {
    "data": _data,
    "validation": _validation,
    "has_notebook": lambda row: row.notebook_run_sha256 is not None,
}


class RetrainingSchema(Schema):
    id = fields.UUID()
    model = fields.String()
    notebook = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    data = fields.Nested(DataSchema)
    validation = fields.Nested(ValidationSchema, allow_none=True)
    version = fields.String()
    candidate = fields.Nested(CandidateSchema, allow_none=True)
    error = Shape(wire.Failure | None, make=failure_of)
    attempts = fields.Integer()
    has_notebook = fields.Boolean()
    requested_by = fields.UUID(allow_none=True)
    due_at = fields.DateTime(
        allow_none=True, metadata={"description": "Of the schedule that requested it"}
    )
    created_at = fields.DateTime()
    started_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)

    def get_attribute(self, obj: Retraining, attr: str, default: object) -> object:
        """A retraining's own, or what several of its columns make."""
        build = PARTS.get(attr)
        return build(obj) if build else super().get_attribute(obj, attr, default)


class RetrainingPage(Schema):
    items = fields.List(fields.Nested(RetrainingSchema))
    next_cursor = fields.String(allow_none=True)


class RetrainingQuery(PageQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    model = fields.String(load_default=None, validate=validate.Length(max=64))


class ScheduleRequest(Request):
    every_hours = WholeNumber(
        required=True, validate=validate.Range(min=1, max=LONGEST_INTERVAL_HOURS)
    )


class ScheduleSchema(Schema):
    model = fields.String()
    every_hours = fields.Integer()
    next_at = fields.DateTime()
    requested_by = fields.UUID(allow_none=True)
    created_at = fields.DateTime()


class ScheduleList(Schema):
    items = fields.List(fields.Nested(ScheduleSchema))
    next_cursor = fields.String(allow_none=True)
