"""/api/timeline: one's panels and each clock's results over time, by the day of measurement."""

import uuid

from agelens import wire
from agelens.services.pagination import Page
from agelens.services.panel_comparison import compare_panels
from agelens.services.timeline import PanelFilters, timeline
from agelens.services.trends import trend
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, limiter
from agelens.web.request_types import OrderParams, PeriodParams, TimelineParams
from agelens.web.schemas.timeline import (
    OrderQuery,
    PanelComparisonSchema,
    PeriodQuery,
    TimelinePage,
    TimelineQuery,
    TrendSchema,
)

blueprint = Blueprint("timeline", __name__, url_prefix="/api/timeline", description="Over time")
scored_limit = limiter.limit(rate_limits.CHECKS, key_func=rate_limits.person)


@blueprint.get("", endpoint="list")
@login_required
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, TimelinePage)
def show(query: TimelineParams) -> Page:
    """One's panels, the newest measured first: assessments, and tasks that belong to none.

    Each has its results in short; filters keep panels with a result that matches. A draft without a
    day stands where it was made.
    """
    filters = PanelFilters(query["status"], query["model"], query["since"], query["until"])
    return timeline(db.session(), me().id, query["cursor"], query["limit"], filters)


@blueprint.get("/trend")
@login_required
@scored_limit
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, TrendSchema)
def over_time(query: PeriodParams) -> wire.Trend:
    """Each clock's results of one's newest 100 panels, and whether they changed by more than noise.

    A change is judged by the minimum detectable change of its two panels, as a comparison does it;
    between two versions of a clock it is not judged.
    """
    return trend(db.session(), me().id, PanelFilters(None, **query))


@blueprint.post("/<uuid:panel_id>/compare/<uuid:other_id>")
@login_required
@scored_limit
@blueprint.arguments(OrderQuery, location="query")
@blueprint.response(200, PanelComparisonSchema)
def compare_with(
    query: OrderParams, panel_id: uuid.UUID, other_id: uuid.UUID
) -> wire.PanelComparison:
    """Compare two panels, clock by clock, and what was measured; kept nowhere and free.

    An id is that of an assessment or of a task. The panel that was measured first is `before`.
    """
    return compare_panels(db.session(), me().id, panel_id, other_id, **query)
