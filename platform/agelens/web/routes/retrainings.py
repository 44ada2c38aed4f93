"""/api/admin/retrainings: notebooks that train a clock again, and when they are run."""

import uuid
from typing import BinaryIO, Required, TypedDict, cast

from flask import Response, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from agelens.domain.errors import FieldProblem, InvalidInput
from agelens.services.pagination import Page
from agelens.services.retraining import requests, schedules
from agelens.storage import Retraining, RetrainingSchedule
from agelens.web.arguments import Blueprint, load
from agelens.web.auth import admin_required, me
from agelens.web.extensions import db, settings
from agelens.web.request_bodies import MULTIPART, read_json
from agelens.web.request_types import ScheduleBody, TaskParams
from agelens.web.schemas.retrainings import (
    RetrainingPage,
    RetrainingQuery,
    RetrainingRequest,
    RetrainingSchema,
    ScheduleList,
    ScheduleRequest,
    ScheduleSchema,
    UploadFields,
)
from agelens.web.transactions import transaction
from agelens.web.uploads import check_parts

blueprint = Blueprint(
    "retrainings", __name__, url_prefix="/api/admin/retrainings", description="Retraining"
)
NOTEBOOK_TYPE = "application/x-ipynb+json"
FILES = ("data", "validation")
NOTEBOOK = {
    "type": "object",
    "description": "An .ipynb file: JSON with cells, as nbformat 4 describes it",
    "additionalProperties": True,
}
BINARY = {"type": "string", "format": "binary"}
FORM = {
    "type": "object",
    "required": ["model", "data"],
    "properties": {
        "model": {"type": "string"},
        "version": {"type": "string"},
        "data": BINARY,
        "validation": BINARY,
    },
}
BODIES = {
    "required": True,
    "content": {
        "application/json": {"schema": RetrainingRequest, "example": {"model": "kaggle-age"}},
        MULTIPART: {"schema": FORM},
    },
}
WHERE = {"Location": {"description": "The retraining", "schema": {"type": "string"}}}


@blueprint.post("")
@admin_required
@transaction
@blueprint.response(202, RetrainingSchema, headers=WHERE)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.doc(requestBody=BODIES)
def create() -> tuple[Retraining, int, dict[str, str]]:
    """Run a clock's notebook on uploaded data (a form) or on the configured data (JSON).

    What it makes is published as a new version, and not activated.
    """
    by_id = me().id
    if request.mimetype == MULTIPART:
        retraining = requests.on_uploaded(db.session(), by_id=by_id, **_form())
    elif request.mimetype == "application/json":
        body = load(RetrainingRequest(), read_json(request))
        folder = settings().training_data
        retraining = requests.on_configured(db.session(), folder=folder, by_id=by_id, **body)
    else:
        raise UnsupportedMediaType(f"Send application/json, or a form with files as {MULTIPART}.")
    location = url_for("retrainings.show", retraining_id=retraining.id)
    return retraining, 202, {"Location": location}


class _Uploaded(TypedDict, total=False):
    """What the service takes of a form; files with their names."""

    model: Required[str]
    version: str
    data: Required[tuple[str, BinaryIO]]
    validation: tuple[str, BinaryIO]


def _form() -> _Uploaded:
    """The fields and files of a form, as the service takes them."""
    strange = check_parts(FILES)
    if "data" not in request.files:
        strange.append(FieldProblem("/data", "data", "a file with the data is needed"))
    if strange:
        raise InvalidInput(strange)
    uploads = {name: request.files[name] for name in FILES if name in request.files}
    files = {name: (file.filename or "", cast(BinaryIO, file)) for name, file in uploads.items()}
    fields = load(UploadFields(), request.form.to_dict())
    return cast(_Uploaded, {**fields, **files})


@blueprint.get("")
@admin_required
@blueprint.arguments(RetrainingQuery, location="query")
@blueprint.response(200, RetrainingPage)
def history(query: TaskParams) -> Page:
    """Retrainings, newest first."""
    return requests.history(db.session(), **query)


@blueprint.get("/<uuid:retraining_id>")
@admin_required
@blueprint.response(200, RetrainingSchema)
def show(retraining_id: uuid.UUID) -> Retraining:
    """One retraining, and the candidate version that came of it."""
    return requests.find(db.session(), retraining_id)


@blueprint.get("/<uuid:retraining_id>/notebook")
@admin_required
@blueprint.response(200, NOTEBOOK, content_type=NOTEBOOK_TYPE)
def notebook(retraining_id: uuid.UUID) -> Response:
    """The notebook as it was executed, as far as it ran."""
    retraining, content = requests.notebook_run(db.session(), retraining_id)
    name = f"{retraining.model}-{retraining.version}.ipynb"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, content_type=NOTEBOOK_TYPE)


@blueprint.post("/<uuid:retraining_id>/cancel")
@admin_required
@transaction
@blueprint.response(200, RetrainingSchema)
def cancel(retraining_id: uuid.UUID) -> Retraining:
    """End a queued or running retraining; its notebook is stopped within seconds."""
    return requests.cancel(db.session(), retraining_id)


@blueprint.get("/schedules")
@admin_required
@blueprint.response(200, ScheduleList)
def list_schedules() -> dict[str, object]:
    """Which clocks are retrained regularly."""
    return {"items": schedules.everything(db.session()), "next_cursor": None}


@blueprint.get("/schedules/<model>")
@admin_required
@blueprint.response(200, ScheduleSchema)
def show_schedule(model: str) -> RetrainingSchedule:
    """When a clock is retrained."""
    return schedules.find(db.session(), model)


@blueprint.put("/schedules/<model>")
@admin_required
@transaction
@blueprint.arguments(ScheduleRequest, example={"every_hours": 168})
@blueprint.response(200, ScheduleSchema)
def put_schedule(body: ScheduleBody, model: str) -> RetrainingSchedule:
    """Retrain a clock every so many hours on the configured data."""
    folder = settings().training_data
    return schedules.put(db.session(), model, body["every_hours"], folder=folder, by_id=me().id)


@blueprint.delete("/schedules/<model>")
@admin_required
@transaction
@blueprint.response(204)
def remove_schedule(model: str) -> None:
    """Retrain a clock no more; what is under way goes on."""
    schedules.remove(db.session(), model)
