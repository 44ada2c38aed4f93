"""Wire shapes of clocks and biomarkers."""

from marshmallow import Schema, fields

from agelens.web.schemas.base import Request, Text


class ModelSchema(Schema):
    name = fields.String()
    version = fields.String()
    title = fields.String()
    unit = fields.String()
    price = fields.Integer()
    default = fields.Boolean()
    features = fields.List(fields.Dict())
    metrics = fields.Dict()
    card = fields.String(metadata={"description": "Markdown"})


class ModelList(Schema):
    items = fields.List(fields.Nested(ModelSchema))
    next_cursor = fields.String(allow_none=True)


class BiomarkerList(Schema):
    items = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class ModelVersionSchema(Schema):
    name = fields.String()
    version = fields.String()
    title = fields.String()
    unit = fields.String()
    price = fields.Integer()
    active = fields.Boolean()
    default = fields.Boolean(attribute="is_default")
    sha256 = fields.String()
    created_at = fields.DateTime()
    activated_at = fields.DateTime(allow_none=True)


class ModelVersionList(Schema):
    items = fields.List(fields.Nested(ModelVersionSchema))
    next_cursor = fields.String(allow_none=True)


class Activation(Request):
    version = Text(longest=64, required=True)
