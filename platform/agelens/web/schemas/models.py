"""Wire shapes of clocks and biomarkers."""

from marshmallow import Schema, fields, validate

from agelens import wire
from agelens.web.schemas.base import Request, Text
from agelens.web.wire_fields import Shape, whole


class ModelIntervalSchema(Schema):
    """What the interval of a prediction is."""

    level = fields.Float(
        allow_none=True, metadata={"description": "Null: the clock gives none; `method` says why"}
    )
    method = fields.String()


class ModelSchema(Schema):
    name = fields.String()
    version = fields.String()
    title = fields.String()
    unit = fields.String()
    price = fields.Integer()
    default = fields.Boolean()
    needs_age = fields.Boolean()
    ages = fields.List(
        fields.Float(),
        allow_none=True,
        metadata={
            "description": "The first and last chronological age that it answers for; null if any"
        },
    )
    needs = fields.String(metadata={"description": "What a panel must have, in words"})
    base_meaning = fields.String(metadata={"description": "What contributions are added to"})
    explanation = fields.String(metadata={"description": "What a contribution is"})
    interval = fields.Nested(ModelIntervalSchema)
    measurement = Shape(
        wire.Measurement,
        metadata={"description": "Of people with usual values at 50 years, both sexes averaged"},
    )
    features = Shape(list[wire.Feature])
    metrics = Shape(wire.Metrics)
    card = fields.String(metadata={"description": "Markdown"})
    note = fields.String(
        metadata={"description": "What has to be said beside the card, plain text; empty of most"}
    )
    demonstration = fields.Boolean(
        metadata={"description": "Whether it is trained on synthetic data, to show the service"}
    )
    sha256 = fields.String(metadata={"description": "Of its bundle"})
    data_sha256 = fields.String(metadata={"description": "Of its training data"})
    citation = fields.String(metadata={"description": "How a paper cites this version"})
    versions = fields.List(
        fields.String(),
        metadata={"description": "Published ones, newest first: `name@version` names any of them"},
    )


class ModelList(Schema):
    items = fields.List(fields.Nested(ModelSchema))
    next_cursor = fields.String(allow_none=True)


class CurveQuery(Schema):
    sex = fields.String(
        load_default=None,
        metadata={"description": "Among people of this sex; of both sexes if absent"},
    )


ReferenceCurveSchema = whole(wire.ReferenceCurve)


class BiomarkerList(Schema):
    items = Shape(list[wire.Biomarker])
    next_cursor = fields.String(allow_none=True)


class ExampleSchema(Schema):
    """A made-up person, as a request, and what the clock answers."""

    model = Shape(wire.ModelName)
    answers = Shape(wire.Answers, metadata={"description": "Of every feature of the clock"})
    units = fields.Dict(keys=fields.String(), values=fields.String())
    chronological_age = fields.Float()
    result = Shape(wire.Result)


COMPARABLE = "Whether the active version has a figure of the same metric and protocol"
WORSE = "Null where the figures are not comparable"
NEWER_SHIPPED = "Clocks that came with this release and are newer than their active version"
SAME_DATA = "Whether the active version was trained on the same file; null without an active one"


class HeadlineSchema(Schema):
    """The figure by which versions of a clock are compared."""

    metric = fields.String()
    value = fields.Float()
    better = fields.String(validate=validate.OneOf(["lower", "higher"]))
    protocol = fields.String(metadata={"description": "How it was measured"})


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
    headline = fields.Nested(HeadlineSchema, allow_none=True)
    comparable = fields.Boolean(metadata={"description": COMPARABLE})
    active_value = fields.Float(
        allow_none=True,
        metadata={"description": "The active version's figure, measured the same way"},
    )
    worse_than_active = fields.Boolean(allow_none=True, metadata={"description": WORSE})
    same_data = fields.Boolean(allow_none=True, metadata={"description": SAME_DATA})


class ModelVersionList(Schema):
    items = fields.List(fields.Nested(ModelVersionSchema))
    next_cursor = fields.String(allow_none=True)
    newer_shipped = Shape(list[wire.ShippedUpdate], metadata={"description": NEWER_SHIPPED})


class Activation(Request):
    version = Text(longest=64, required=True)


class PublishQuery(Schema):
    force = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Even if its figure is worse than the active version's, or it declares none"
        },
    )
