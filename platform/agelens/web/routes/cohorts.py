"""/api/cohorts: a file of people in, a table of explained ages out."""

import uuid
from typing import cast

from flask import url_for

from agelens import wire
from agelens.services.cohorts import header_matching, lookups, submissions, waiting
from agelens.services.pagination import Page
from agelens.storage import ACTIVE, Cohort
from agelens.tables.formats.file_header import Layout
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint, load
from agelens.web.auth import login_required, me
from agelens.web.cohort_upload_docs import BODIES, COLUMNS, OPTIONS, WHERE_AND_WHEN
from agelens.web.extensions import db, files, limiter, long_poll_limit, queue, settings
from agelens.web.request_types import (
    CohortParams,
    LayoutBody,
    MatchBody,
    OptionsBody,
    SubmissionBody,
    WaitParams,
)
from agelens.web.schemas.cohorts import (
    CohortPage,
    CohortQuery,
    CohortRequest,
    CohortSchema,
    LayoutRequest,
    LayoutSchema,
    MatchesSchema,
    MatchRequest,
    PreviewSchema,
    RunRequest,
    SampleSchema,
    ShownCohort,
)
from agelens.web.schemas.tasks import WaitQuery
from agelens.web.transactions import autocommit, transaction
from agelens.web.uploads import received, upload_of_request, upload_slot

blueprint = Blueprint("cohorts", __name__, url_prefix="/api/cohorts", description="Cohorts")
upload_limit = limiter.limit(rate_limits.UPLOAD, key_func=rate_limits.person)
EXAMPLE = {"model": "mortality-age", "units": {"glucose": "mmol/L"}, "id_column": "patient"}
HEADER = {"model": "mortality-age", "header": COLUMNS}
Answer = tuple[Cohort, int, dict[str, str]]


@blueprint.post("")
@login_required
@upload_limit
@received
@transaction
@blueprint.response(202, CohortSchema, headers=WHERE_AND_WHEN)
@blueprint.alt_response(201, schema=CohortSchema, description="A draft")
@blueprint.alt_response(402, "PAYMENT_REQUIRED")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.doc(requestBody=BODIES, parameters=OPTIONS)
def create() -> Answer:
    """Take a file of people, hold the price of all its rows, and score them.

    Only rows that are scored are paid; the rest of the hold is released in the end. With `draft`
    the file is kept, to look at its preview and run it later.
    """
    upload = upload_of_request()
    cohort = submissions.create(
        db.session(),
        files(),
        me(),
        submission=_submission(upload.options),
        whole_submission=lambda: _submission(upload.all_options()),
        format=upload.format,
        content=upload.file,
        most_rows=settings().max_cohort_rows,
    )
    return _with_location(cohort, 201) if cohort.status == "draft" else _accepted(cohort)


@blueprint.get("")
@login_required
@blueprint.arguments(CohortQuery, location="query")
@blueprint.response(200, CohortPage)
def history(query: CohortParams) -> Page:
    """One's cohorts, newest first, without their summaries."""
    return lookups.history(db.session(), me(), **query)


@blueprint.post("/match")
@login_required
@blueprint.arguments(MatchRequest, example=HEADER)
@blueprint.response(200, MatchesSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def match(body: MatchBody) -> dict[str, object]:
    """How columns of these names would be read, before anything is sent. Nothing is kept."""
    return header_matching.match(db.session(), body["header"], _options(body))


@blueprint.get("/<uuid:cohort_id>")
@login_required
@blueprint.arguments(WaitQuery, location="query")
@blueprint.response(200, ShownCohort)
def show(query: WaitParams, cohort_id: uuid.UUID) -> waiting.ShownCohort:
    """One cohort; with `wait`, as soon as it is finished or the time is over.

    When very many wait at once, some are answered earlier: look at `status`, and ask again.
    """
    owner_id, session = me().id, db.session()

    def look() -> Cohort:
        cohort = lookups.owned(autocommit(session), owner_id, cohort_id)
        session.commit()  # hands the connection back while others need it
        return cohort

    if query["wait"]:
        with queue().listener.waiting(cohort_id) as waiter:
            cohort = long_poll_limit().wait(look, _is_over, query["wait"], waiter)
    else:
        cohort = look()
    return waiting.ShownCohort(cohort, waiting.waiting_for(session, queue(), cohort))


def _is_over(cohort: Cohort) -> bool:
    return cohort.status not in ACTIVE


@blueprint.delete("/<uuid:cohort_id>")
@login_required
@transaction
@blueprint.response(204)
def delete(cohort_id: uuid.UUID) -> None:
    """Take a draft or finished cohort away, with its files."""
    submissions.delete(db.session(), files(), me().id, cohort_id)


@blueprint.post("/<uuid:cohort_id>/run")
@login_required
@upload_limit
@transaction
@blueprint.arguments(RunRequest, example=EXAMPLE)
@blueprint.response(202, CohortSchema, headers=WHERE_AND_WHEN)
@blueprint.alt_response(402, "PAYMENT_REQUIRED")
def run(body: OptionsBody, cohort_id: uuid.UUID) -> Answer:
    """Hold the price of a draft and score it. Running it again is harmless."""
    options = _options(body)
    return _accepted(submissions.run(db.session(), files(), me().id, cohort_id, options))


@blueprint.post("/<uuid:cohort_id>/preview")
@login_required
@upload_limit
@blueprint.arguments(RunRequest, example=EXAMPLE)
@blueprint.response(200, PreviewSchema)
@blueprint.alt_response(409, "CONFLICT")
def preview(body: OptionsBody, cohort_id: uuid.UUID) -> dict[str, object]:
    """How a draft's file would be read, what is wrong with its first rows, and what it would cost."""
    options = _options(body)
    return submissions.preview(db.session(), files(), me().id, cohort_id, options)


@blueprint.get("/<uuid:cohort_id>/sample")
@login_required
@blueprint.response(200, SampleSchema)
@blueprint.alt_response(409, "CONFLICT")
def sample(cohort_id: uuid.UUID) -> dict[str, object]:
    """The first rows of a draft's file, also while nothing says yet what its columns are."""
    return {"rows": submissions.sample(db.session(), files(), me().id, cohort_id)}


@blueprint.get("/<uuid:cohort_id>/layout")
@login_required
@blueprint.response(200, LayoutSchema)
@blueprint.alt_response(409, "CONFLICT")
def layout(cohort_id: uuid.UUID) -> wire.FileLayout:
    """How a draft's file begins, with what stands above its header, and which row was taken for it."""
    return submissions.layout(db.session(), files(), me().id, cohort_id)


@blueprint.post("/<uuid:cohort_id>/layout")
@login_required
@upload_limit
@transaction
@blueprint.arguments(LayoutRequest, example={"header_row": 3})
@blueprint.response(201, CohortSchema, headers=WHERE_AND_WHEN)
@blueprint.alt_response(409, "CONFLICT")
def read_again(body: LayoutBody, cohort_id: uuid.UUID) -> Answer:
    """Read a draft's file with another sheet or header row.

    The answer is a new draft, which takes the place of this one; nothing is paid.
    """
    layout = Layout(body.get("sheet"), body.get("header_row"))
    with upload_slot():
        cohort = submissions.read_again(
            db.session(), files(), me(), cohort_id, layout, most_rows=settings().max_cohort_rows
        )
    return _with_location(cohort, 201)


@blueprint.post("/<uuid:cohort_id>/cancel")
@login_required
@transaction
@blueprint.response(200, CohortSchema)
def cancel(cohort_id: uuid.UUID) -> Cohort:
    """End a queued or running cohort without results; the whole hold is released."""
    return submissions.cancel(db.session(), files(), me().id, cohort_id)


def _submission(options: dict[str, object]) -> submissions.Submission:
    fields = cast(SubmissionBody, load(CohortRequest(), options))
    name, draft = fields.get("name", "cohort"), fields.get("draft", False)
    layout = Layout(fields.get("sheet"), fields.get("header_row"))
    return submissions.Submission(name, draft, _options(fields), layout)


def _options(body: OptionsBody) -> submissions.Options:
    return submissions.Options(
        model=body.get("model"),
        columns=body.get("columns"),
        mapping=body.get("mapping"),
        units=body.get("units"),
        id_column=body.get("id_column"),
        values=body.get("values"),
        censored=body.get("censored"),
        accept_suggestions=body.get("accept_suggestions", False),
    )


def _accepted(cohort: Cohort) -> Answer:
    return _with_location(cohort, 202, {"Retry-After": "1"})


def _with_location(cohort: Cohort, status: int, headers: dict[str, str] | None = None) -> Answer:
    location = url_for("cohorts.show", cohort_id=cohort.id)
    return cohort, status, {"Location": location, **(headers or {})}
