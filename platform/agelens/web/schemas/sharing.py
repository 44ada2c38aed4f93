"""Wire shapes of read-only links, and of what they show."""

from marshmallow import Schema, fields, validate

from agelens.services.sharing import DAYS
from agelens.web.schemas.assessments import KeptAssessment
from agelens.web.schemas.base import Request, WholeNumber
from agelens.web.schemas.tasks import TaskSchema

OPENED = "To the minute; null until it was opened"


class NewLink(Request):
    days = WholeNumber(load_default=7, validate=validate.OneOf(DAYS))


class SharedLinkSchema(Schema):
    """A link, without its secret."""

    id = fields.UUID()
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    last_opened_at = fields.DateTime(allow_none=True, metadata={"description": OPENED})


class KeptLink(SharedLinkSchema):
    """A link, and what it shows."""

    task_id = fields.UUID(allow_none=True)
    assessment_id = fields.UUID(allow_none=True)


class OwnLinkSchema(Schema):
    """A link without its secret, and what it shows."""

    id = fields.UUID(attribute="link.id")
    task_id = fields.UUID(attribute="link.task_id", allow_none=True)
    assessment_id = fields.UUID(attribute="link.assessment_id", allow_none=True)
    models = fields.List(fields.String(), metadata={"description": "The clocks of what it shows"})
    measured_on = fields.Date()
    created_at = fields.DateTime(attribute="link.created_at")
    expires_at = fields.DateTime(attribute="link.expires_at")
    last_opened_at = fields.DateTime(
        attribute="link.last_opened_at", allow_none=True, metadata={"description": OPENED}
    )


class OwnLinkPage(Schema):
    items = fields.List(fields.Nested(OwnLinkSchema))
    next_cursor = fields.String(allow_none=True)


class CreatedLink(Schema):
    id = fields.UUID(attribute="link.id")
    created_at = fields.DateTime(attribute="link.created_at")
    expires_at = fields.DateTime(attribute="link.expires_at")
    last_opened_at = fields.DateTime(attribute="link.last_opened_at", allow_none=True)
    url = fields.String(
        allow_none=True, metadata={"description": "Shown once; null in a replayed answer"}
    )
    token = fields.String(
        allow_none=True,
        metadata={"description": "The end of the address; null in a replayed answer"},
    )


class SharedLinkList(Schema):
    items = fields.List(fields.Nested(SharedLinkSchema))
    next_cursor = fields.String(allow_none=True)


class SharedTask(TaskSchema):
    """A task as a link shows it: nothing of the account, its profile or its money."""

    class Meta:
        exclude = (
            "assessment_id",
            "price",
            "charged",
            "attempts",
            "validation_errors",
            "age_from_profile",
        )


class SharedAssessment(KeptAssessment):
    """An assessment as a link shows it."""

    tasks = fields.List(fields.Nested(SharedTask))

    class Meta:
        exclude = ("age_from_profile",)


class SharedResult(Schema):
    """What a link shows: a task or an assessment, the other is null."""

    expires_at = fields.DateTime()
    task = fields.Nested(SharedTask, allow_none=True)
    assessment = fields.Nested(SharedAssessment, allow_none=True)
