"""Wire shape of everything that is kept about a person."""

from marshmallow import Schema, fields

from agelens.web.schemas.accounts import TokenSchema, TransactionSchema, UserSchema, WalletSchema
from agelens.web.schemas.cohorts import CohortSchema
from agelens.web.schemas.tasks import TaskSchema


class ExportSchema(Schema):
    """Everything kept about a person."""

    user = fields.Nested(UserSchema)
    wallet = fields.Nested(WalletSchema)
    transactions = fields.List(fields.Nested(TransactionSchema))
    tasks = fields.List(fields.Nested(TaskSchema))
    cohorts = fields.List(fields.Nested(CohortSchema))
    tokens = fields.List(fields.Nested(TokenSchema))
