"""Wire shape of everything that is kept about a person."""

from collections.abc import Iterator
from typing import cast

import orjson
from marshmallow import Schema, fields

from agelens.services.privacy import Kept
from agelens.web.schemas.accounts import (
    ProfileSchema,
    TokenSchema,
    TransactionSchema,
    UserSchema,
    WalletSchema,
)
from agelens.web.schemas.assessments import KeptAssessment
from agelens.web.schemas.cohorts import CohortSchema
from agelens.web.schemas.sharing import KeptLink
from agelens.web.schemas.tasks import TaskSchema


class ExportSchema(Schema):
    """Everything kept about a person."""

    user = fields.Nested(UserSchema)
    profile = fields.Nested(ProfileSchema)
    wallet = fields.Nested(WalletSchema)
    transactions = fields.List(fields.Nested(TransactionSchema))
    tasks = fields.List(fields.Nested(TaskSchema))
    cohorts = fields.List(fields.Nested(CohortSchema))
    assessments = fields.List(fields.Nested(KeptAssessment))
    tokens = fields.List(fields.Nested(TokenSchema))
    shared_links = fields.List(fields.Nested(KeptLink))


def export_stream(personal_data: Kept) -> Iterator[bytes]:
    """The JSON of an `ExportSchema`, batch by batch."""
    yield b'{"user":' + orjson.dumps(UserSchema().dump(personal_data.user))
    yield b',"profile":' + orjson.dumps(ProfileSchema().dump(personal_data.user))
    yield b',"wallet":' + orjson.dumps(WalletSchema().dump(personal_data.wallet))
    for name, batches in personal_data.lists.items():
        yield b',"' + name.encode() + b'":['
        item = cast(fields.Nested, cast("fields.List[object]", ExportSchema().fields[name]).inner)
        separator = b""
        for rows in batches:
            yield separator + orjson.dumps(item.schema.dump(rows, many=True))[1:-1]
            separator = b","
        yield b"]"
    yield b"}"
