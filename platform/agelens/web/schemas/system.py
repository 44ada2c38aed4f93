"""Wire shapes of health and queues."""

from marshmallow import Schema, fields, validate

from agelens import wire
from agelens.services.activity import PERIODS
from agelens.web.wire_fields import whole


class Health(Schema):
    status = fields.String()


class Readiness(Schema):
    status = fields.String()
    database = fields.String()
    redis = fields.String()
    workers = fields.Integer(metadata={"description": "Those that take predictions"})
    scheduler = fields.String(metadata={"description": "ok, or away: lost work is not found"})
    storage = fields.String(metadata={"description": "ok, away, full, or of another installation"})
    trainers = fields.Integer(metadata={"description": "Those that take retrainings"})
    model = fields.String(allow_none=True)
    oldest_prediction_seconds = fields.Float(
        allow_none=True,
        metadata={"description": "How long the oldest queued prediction has waited"},
    )
    oldest_cohort_seconds = fields.Float(
        allow_none=True,
        metadata={"description": "How long the oldest cohort with a queued part has waited"},
    )


QueuesSchema = whole(wire.Queues)
ActivitySchema = whole(wire.Activity)
DriftSchema = whole(wire.Drift)


class ActivityQuery(Schema):
    period = fields.String(load_default="24h", validate=validate.OneOf(PERIODS))
