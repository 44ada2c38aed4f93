"""Wire shapes of health and queues."""

from marshmallow import Schema, fields


class Health(Schema):
    status = fields.String()


class Readiness(Schema):
    status = fields.String()
    database = fields.String()
    redis = fields.String()
    workers = fields.Integer(metadata={"description": "Those that take predictions"})
    trainers = fields.Integer(metadata={"description": "Those that take retrainings"})
    model = fields.String(allow_none=True)


class QueueSchema(Schema):
    name = fields.String()
    waiting = fields.Integer()


class Queues(Schema):
    queues = fields.List(fields.Nested(QueueSchema))
    workers = fields.List(fields.String())
    trainers = fields.List(fields.String())
    tasks = fields.Dict(keys=fields.String(), values=fields.Integer())
    cohorts = fields.Dict(keys=fields.String(), values=fields.Integer())
    retrainings = fields.Dict(keys=fields.String(), values=fields.Integer())
