"""Wire shapes of health and queues."""

from marshmallow import Schema, fields

from agelens import wire
from agelens.web.shapes import whole


class Health(Schema):
    status = fields.String()


class Readiness(Schema):
    status = fields.String()
    database = fields.String()
    redis = fields.String()
    workers = fields.Integer(metadata={"description": "Those that take predictions"})
    trainers = fields.Integer(metadata={"description": "Those that take retrainings"})
    model = fields.String(allow_none=True)


QueuesSchema = whole(wire.Queues)
