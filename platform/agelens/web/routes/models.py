"""/api/ml-models and /api/biomarkers: what can be asked, and in which units."""

from agelens import wire
from agelens.domain.registry import describe_registry
from agelens.services import model_registry
from agelens.services.examples import Example, example
from agelens.services.reference_curves import reference_curve
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.extensions import db, limiter
from agelens.web.request_types import CurveParams
from agelens.web.schemas.models import (
    BiomarkerList,
    CurveQuery,
    ExampleSchema,
    ModelList,
    ModelSchema,
    ReferenceCurveSchema,
)

blueprint = Blueprint("models", __name__, url_prefix="/api", description="Clocks and biomarkers")


@blueprint.get("/ml-models")
@blueprint.response(200, ModelList)
def list_models() -> dict[str, object]:
    """The active clocks, the default first."""
    session = db.session()
    models = model_registry.active_models(session)
    return {"items": [model_registry.describe(session, m) for m in models], "next_cursor": None}


@blueprint.get("/ml-models/default")
@blueprint.response(200, ModelSchema)
def show_default() -> dict[str, object]:
    """The clock that is used when none is named."""
    return model_registry.describe(db.session(), model_registry.resolve(db.session(), None))


@blueprint.get("/ml-models/<name>")
@blueprint.response(200, ModelSchema)
def show_model(name: str) -> dict[str, object]:
    """The active version of a clock; with `name@version`, any published one."""
    return model_registry.describe(db.session(), model_registry.resolve(db.session(), name))


@blueprint.get("/ml-models/<name>/example")
@limiter.limit(rate_limits.EXAMPLES, key_func=rate_limits.person)
@blueprint.response(200, ExampleSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_example(name: str) -> Example:
    """A made-up person, really scored by a clock, also by `name@version`; `default` is a name too."""
    return example(db.session(), None if name == "default" else name)


@blueprint.get("/ml-models/<name>/reference-curve")
@blueprint.arguments(CurveQuery, location="query")
@blueprint.response(200, ReferenceCurveSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_reference_curve(query: CurveParams, name: str) -> wire.ReferenceCurve:
    """Percentiles by age among the people that a clock ranks with, also of `name@version`."""
    return reference_curve(db.session(), None if name == "default" else name, query["sex"])


@blueprint.get("/biomarkers")
@blueprint.response(200, BiomarkerList)
def list_biomarkers() -> dict[str, object]:
    """The registry: every biomarker with its units and ranges."""
    return {"items": describe_registry(), "next_cursor": None}
