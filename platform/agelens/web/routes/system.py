"""/healthz, /readyz, /metrics: for those who run the service."""

from typing import Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from agelens.services import overview
from agelens.web.arguments import Blueprint
from agelens.web.extensions import db, limiter, queue, settings
from agelens.web.metrics import exposition
from agelens.web.schemas.system import Health, Readiness

blueprint = Blueprint("system", __name__, description="Health and metrics")


@blueprint.get("/healthz")
@limiter.exempt
@blueprint.response(200, Health)
def healthz() -> dict[str, str]:
    """The process answers; nothing else is looked at."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@limiter.exempt
@blueprint.response(200, Readiness)
@blueprint.alt_response(503, schema=Readiness)
def readyz() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Database, Redis, workers and the default clock."""
    state = overview.readiness(db.session(), queue())
    if state["status"] == "ready":
        return state, 200, {}
    return state, 503, {"Retry-After": "2"}


@blueprint.get("/metrics")
@limiter.exempt
@blueprint.response(200, content_type="text/plain")
def metrics() -> Response:
    """Prometheus metrics of every API process, the queues and the tasks under way."""
    text = exposition(settings().metrics_dir, overview.gauges(db.session(), queue()))
    return Response(text, content_type=CONTENT_TYPE_LATEST)
