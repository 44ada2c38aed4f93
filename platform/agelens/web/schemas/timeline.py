"""Wire shapes of the timeline."""

from marshmallow import Schema, fields, validate

from agelens import wire
from agelens.web.schemas.base import LONGEST_MODEL, Day, PageQuery
from agelens.web.schemas.tasks import STATUSES
from agelens.web.wire_fields import Shape, whole

TrendSchema = whole(wire.Trend)
PanelComparisonSchema = whole(wire.PanelComparison)


class PeriodQuery(Schema):
    model = fields.String(
        load_default=None,
        validate=validate.Length(max=LONGEST_MODEL),
        metadata={"description": "A clock that scored the panel: its name, or `name@version`"},
    )
    since = Day(load_default=None, metadata={"description": "Measured on this day or later"})
    until = Day(load_default=None, metadata={"description": "Measured on this day or before"})


class TimelineQuery(PageQuery, PeriodQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class OrderQuery(Schema):
    as_given = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Compare in the order of the address, whichever was measured first"
        },
    )


class TimelinePage(Schema):
    items = Shape(list[wire.TimelineEntry])
    next_cursor = fields.String(allow_none=True)
