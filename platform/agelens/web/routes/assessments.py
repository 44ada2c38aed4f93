"""/api/assessments: one panel for several clocks, and what a laboratory report says of it."""

import uuid

from flask import request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from agelens import wire
from agelens.domain.errors import FieldProblem, InvalidInput
from agelens.services import assessments
from agelens.services.pagination import Page
from agelens.storage import ACTIVE, Assessment
from agelens.tables.lab_reports.reading import read_report
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, limiter, long_poll_limit, queue
from agelens.web.report_upload_docs import BODIES, TYPES
from agelens.web.request_bodies import MULTIPART, read_body
from agelens.web.request_types import AssessmentBody, CheckBody, PageParams, WaitParams
from agelens.web.routes.tasks import WHERE_AND_WHEN
from agelens.web.schemas.assessments import (
    AssessmentAccepted,
    AssessmentPage,
    AssessmentRequest,
    AssessmentSchema,
    CheckRequest,
    PanelCheck,
    ReportImportSchema,
)
from agelens.web.schemas.base import PageQuery
from agelens.web.schemas.tasks import WaitQuery
from agelens.web.transactions import autocommit, transaction
from agelens.web.uploads import FILE_FIELD, check_parts, upload_slot

blueprint = Blueprint(
    "assessments", __name__, url_prefix="/api/assessments", description="Assessments"
)
import_limit = limiter.limit(rate_limits.UPLOAD, key_func=rate_limits.person)
submit_limit = limiter.limit(rate_limits.SUBMIT, key_func=rate_limits.person)
check_limit = limiter.limit(rate_limits.CHECKS, key_func=rate_limits.person)
CHECK_EXAMPLE = {
    "answers": {
        "sex": "female",
        "albumin": 4.4,
        "creatinine": 0.8,
        "glucose": 95,
        "crp": 0.5,
        "lymphocytes": 32,
        "mean_cell_volume": 90,
        "red_cell_width": 13.1,
        "alkaline_phosphatase": 62,
        "white_cells": 5.6,
    },
    "units": {"albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL"},
    "measured_on": "2026-03-31",
    "chronological_age": 52,
}
EXAMPLE = {**CHECK_EXAMPLE, "models": "ready"}
MOST_REPORT_BYTES = 16 * 1024 * 1024  # 10,000 observations of FHIR as systems export them


@blueprint.post("")
@login_required
@submit_limit
@transaction
@blueprint.arguments(AssessmentRequest, example=EXAMPLE)
@blueprint.response(202, AssessmentAccepted, headers=WHERE_AND_WHEN)
@blueprint.alt_response(402, "PAYMENT_REQUIRED")
@blueprint.alt_response(404, "NOT_FOUND")
def create(body: AssessmentBody) -> tuple[Assessment, int, dict[str, str]]:
    """Have one panel scored by several clocks; the sum of their prices is held, or nothing.

    Each clock is a task, which ends and is charged by itself, and gets those of the answers that it
    takes; what only other active clocks take stays with the assessment. 422 names an answer that no
    clock takes or that cannot be used. It also names what a clock lacks that was asked for by name:
    nothing runs then. Of "ready", clocks that lack something, or do not score people of this age, are
    in `not_run`; 422 if no clock is left.
    """
    assessment = assessments.submit(db.session(), me(), **body)
    location = url_for("assessments.show", assessment_id=assessment.id)
    return assessment, 202, {"Location": location, "Retry-After": "1"}


@blueprint.get("", endpoint="list")
@login_required
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AssessmentPage)
def history(query: PageParams) -> Page:
    """One's assessments with their tasks, the newest `measured_on` first."""
    return assessments.history(db.session(), me(), **query)


@blueprint.get("/<uuid:assessment_id>", endpoint="show")
@login_required
@blueprint.arguments(WaitQuery, location="query")
@blueprint.response(200, AssessmentSchema)
def show(query: WaitParams, assessment_id: uuid.UUID) -> Assessment:
    """An assessment with its tasks; with `wait`, as soon as all are finished or the time is over.

    When very many wait at once, some are answered earlier: look at `status` of the tasks, and ask
    again. It vanishes with the last of its tasks, which are deleted one by one.
    """
    owner_id, session = me().id, db.session()

    def look() -> Assessment:
        assessment = assessments.owned(autocommit(session), owner_id, assessment_id)
        session.commit()  # hands the connection back while others need it
        return assessment

    active = query["wait"] and assessments.active_tasks(session, owner_id, assessment_id)
    if not active:
        return look()
    session.commit()
    with queue().listener.waiting(*active) as waiter:

        def look_on() -> Assessment:
            assessment = look()
            waiter.needs_only(task.id for task in assessment.tasks if task.status in ACTIVE)
            return assessment

        return long_poll_limit().wait(look_on, _is_over, query["wait"], waiter)


def _is_over(assessment: Assessment) -> bool:
    return not any(task.status in ACTIVE for task in assessment.tasks)


@blueprint.post("/check")
@login_required
@check_limit
@blueprint.arguments(CheckRequest, example=CHECK_EXAMPLE)
@blueprint.response(200, PanelCheck)
def check(body: CheckBody) -> dict[str, object]:
    """What each active clock would make of a panel, complete or not: free, and kept nowhere.

    `ready`, or what it `lacks`, and what is wrong with the answers. 422 for an answer that no clock
    takes.
    """
    return assessments.check(db.session(), me(), **body)


@blueprint.post("/import")
@login_required
@import_limit
@blueprint.response(200, ReportImportSchema)
@blueprint.doc(requestBody=BODIES)
def import_report() -> wire.ReportImport:
    """Read one person's laboratory report: free, kept nowhere, and nothing is submitted.

    FHIR R4 (a Bundle, an Observation, or a list of them), pasted lines such as "Albumin 4.2 g/dL",
    CSV of one person, or a workbook with such rows. `answers` and `units` have the newest value of each biomarker, in the unit
    as found: once a person has confirmed them they can be sent to be scored. `found` has every
    value with its source, `not_understood` the rest with the reason. A date such as 03/04/2025 is read by
    the other dates of the report, or else by the country of one's profile; where neither tells,
    `possible_days` has both.
    """
    content, country = _content(), me().country
    db.session.rollback()  # the connection is for others while the report is read
    with upload_slot():
        return read_report(content, country=country)


def _content() -> bytes:
    """The report, of a form's file or the whole body."""
    if request.mimetype == MULTIPART:
        wrong = check_parts((FILE_FIELD,))
        if FILE_FIELD not in request.files:
            wrong.append(
                FieldProblem(f"/{FILE_FIELD}", FILE_FIELD, "a file with the report is needed")
            )
        if wrong:
            raise InvalidInput(wrong)
        content: bytes = request.files[FILE_FIELD].read()
        return content
    if request.mimetype not in TYPES:
        raise UnsupportedMediaType(f"Send {', '.join(TYPES)}, or a form with a file.")
    return read_body(request)
