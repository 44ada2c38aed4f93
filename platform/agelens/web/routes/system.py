"""/healthz, /readyz, /metrics: for those who run the service."""

from http import HTTPStatus

from flask import Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from agelens.services import gauges, health
from agelens.services.storage_probe import StorageProbe
from agelens.web.arguments import Blueprint
from agelens.web.extensions import db, files, limiter, queue, settings
from agelens.web.metrics import exposition
from agelens.web.problems import unavailable
from agelens.web.schemas.system import Health, Readiness

blueprint = Blueprint(
    "system", __name__, usual=[HTTPStatus.BAD_REQUEST], description="Health and metrics"
)


@blueprint.get("/healthz")
@limiter.exempt
@blueprint.response(200, Health)
def healthz() -> dict[str, str]:
    """The process answers; nothing else is looked at."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@limiter.exempt
@blueprint.response(200, Readiness)
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def readyz() -> dict[str, object] | Response:
    """Database, Redis, workers, scheduler, storage, default clock; 503 names what is missing."""
    state = health.readiness(db.session(), queue(), _storage_probe())
    missing = health.missing_components(state)
    if not missing:
        return state
    del state["status"]  # a problem's own member
    return unavailable(f"Not ready: {', '.join(missing)}.", **state)


@blueprint.get("/metrics")
@limiter.exempt
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def metrics() -> Response:
    """Prometheus metrics of every API process, the queues and the tasks under way."""
    text = exposition(
        settings().metrics_dir, gauges.gauges(db.session(), queue(), _storage_probe())
    )
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _storage_probe() -> StorageProbe:
    """One for each app: it remembers what it found."""
    probes: dict[str, StorageProbe] = current_app.extensions
    return probes.setdefault("agelens_storage_probe", StorageProbe(files()))
