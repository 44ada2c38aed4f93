"""/api/cohorts: the files that come out of cohorts, and the one to fill in."""

import re
import uuid
from collections.abc import Callable, Iterable
from typing import cast

from flask import Response

from agelens import wire
from agelens.services import model_registry
from agelens.services.cohorts import export, lookups, templates
from agelens.services.cohorts import scatter as scatters
from agelens.services.json_sizes import json_bytes, within_bytes
from agelens.tables.formats.supported import BY_ENDING
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, files
from agelens.web.request_types import ProblemParams, ResultParams, ScatterParams, TemplateParams
from agelens.web.schemas.cohorts import (
    RESULT_TYPES,
    ProblemsQuery,
    ResultsQuery,
    RowProblemPage,
    RowWarningPage,
    ScatterQuery,
    ScatterSchema,
    TemplateQuery,
)

blueprint = Blueprint(
    "cohort_files", __name__, url_prefix="/api/cohorts", description="Files of cohorts"
)
RESULT = {"type": "string", "format": "binary"}
RESULTS = {
    "description": "The rows",
    "content": {kind.partition(";")[0]: {"schema": RESULT} for kind in RESULT_TYPES.values()},
}
LONGEST_FILE_NAME = 80


@blueprint.get("/template")
@blueprint.arguments(TemplateQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
@blueprint.alt_response(404, "NOT_FOUND")
def template(query: TemplateParams) -> Response:
    """A CSV file with the columns that a clock reads, and one made-up person to replace."""
    version = model_registry.resolve(db.session(), query["model"])
    clock = model_registry.clock_of(db.session(), version)
    text = templates.template(clock, query["columns"])
    return _file(text, "text/csv; charset=utf-8", f"{version.name}-template.csv")


@blueprint.get("/<uuid:cohort_id>/results")
@login_required
@blueprint.arguments(ResultsQuery, location="query")
@blueprint.doc(responses={"200": RESULTS})
@blueprint.alt_response(409, "CONFLICT")
def results(query: ResultParams, cohort_id: uuid.UUID) -> Response:
    """The rows of a succeeded cohort in their order: numbers, contributions, warnings, errors.

    In Excel, the columns of a workbook that was sent stand before them. In CSV, texts that a spreadsheet would run as a formula begin with an apostrophe.
    """
    cohort, paths = lookups.result_paths(db.session(), me().id, cohort_id)
    name, n_rows = f"{_safe(cohort.name)}-results.{query['format']}", cohort.n_rows
    of_workbook = query["format"] == "xlsx"
    own = lookups.own_columns(files(), cohort) if of_workbook else None
    db.session.rollback()  # whoever reads slowly holds no connection
    content = export.stream(files(), paths, n_rows=n_rows, own=own, **query)
    return _file(content, RESULT_TYPES[query["format"]], name)


@blueprint.get("/<uuid:cohort_id>/scatter")
@login_required
@blueprint.arguments(ScatterQuery, location="query")
@blueprint.response(200, ScatterSchema)
@blueprint.alt_response(409, "CONFLICT")
def scatter(query: ScatterParams, cohort_id: uuid.UUID) -> wire.Scatter:
    """Predictions of a succeeded cohort against chronological age: a sample of its rows to be drawn."""
    session = db.session()
    cohort, paths = lookups.result_paths(session, me().id, cohort_id)
    manifest = model_registry.clock_by_id(
        session, cast(uuid.UUID, cohort.model_version_id)
    ).manifest
    db.session.rollback()
    return scatters.scatter(files(), cohort_id, paths, manifest, query["points"])


@blueprint.get("/<uuid:cohort_id>/errors")
@login_required
@blueprint.arguments(ProblemsQuery, location="query")
@blueprint.response(200, RowProblemPage)
@blueprint.alt_response(409, "CONFLICT")
def errors(query: ProblemParams, cohort_id: uuid.UUID) -> dict[str, object]:
    """The rows of a succeeded cohort that could not be scored, with the reasons."""
    return _page(export.errors, query, cohort_id)


@blueprint.get("/<uuid:cohort_id>/warnings")
@login_required
@blueprint.arguments(ProblemsQuery, location="query")
@blueprint.response(200, RowWarningPage)
@blueprint.alt_response(409, "CONFLICT")
def warnings(query: ProblemParams, cohort_id: uuid.UUID) -> dict[str, object]:
    """The rows of a succeeded cohort that were scored with a warning, such as of an unusual value."""
    return _page(export.warnings, query, cohort_id)


def _page(
    find: Callable[..., list[dict[str, object]]], query: ProblemParams, cohort_id: uuid.UUID
) -> dict[str, object]:
    _, paths = lookups.result_paths(db.session(), me().id, cohort_id)
    db.session.rollback()
    limit = query["limit"]
    rows = find(files(), paths, after_row=query["cursor"], limit=limit + 1)
    items = within_bytes(rows[:limit], size_of=json_bytes)
    more = len(rows) > len(items)
    return {"items": items, "next_cursor": str(items[-1]["row"]) if more else None}


def _file(content: str | Iterable[bytes], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, content_type=kind)


def _safe(name: str) -> str:
    """A file name for every system, from what a person called the cohort."""
    ending = next((each for each in BY_ENDING if name.lower().endswith(each)), "")
    stem = name[: len(name) - len(ending)]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:LONGEST_FILE_NAME] or "cohort"
