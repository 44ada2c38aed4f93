"""/api/assessments: what a laboratory report says, before anything is scored."""

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from agelens import wire
from agelens.domain.errors import FieldProblem, InvalidInput
from agelens.tables.reports.reading import read_report
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required
from agelens.web.extensions import db, limiter
from agelens.web.report_upload_docs import BODIES, TYPES
from agelens.web.request_bodies import MULTIPART, read_body
from agelens.web.schemas.assessments import ReportImportSchema
from agelens.web.uploads import FILE, check_parts, upload_slot

blueprint = Blueprint(
    "assessments", __name__, url_prefix="/api/assessments", description="Assessments"
)
import_limit = limiter.limit(rate_limits.UPLOAD, key_func=rate_limits.person)
MOST_REPORT_BYTES = 16 * 1024 * 1024  # 10,000 observations of FHIR as systems export them


@blueprint.post("/import")
@login_required
@import_limit
@blueprint.response(200, ReportImportSchema)
@blueprint.doc(requestBody=BODIES)
def import_report() -> wire.ReportImport:
    """Read one person's laboratory report: free, kept nowhere, and nothing is submitted.

    FHIR R4 (a Bundle, an Observation, or a list of them), pasted lines such as "Albumin 4.2 g/dL",
    or CSV of one person. `answers` and `units` have the newest value of each biomarker, in the unit
    as found: once a person has confirmed them they can be sent to be scored. `found` has every
    value with its source, `not_understood` the rest with the reason.
    """
    content = _content()
    db.session.rollback()  # the connection is for others while the report is read
    with upload_slot():
        return read_report(content)


def _content() -> bytes:
    """The report, of a form's file or the whole body."""
    if request.mimetype == MULTIPART:
        wrong = check_parts((FILE,))
        if FILE not in request.files:
            wrong.append(FieldProblem(f"/{FILE}", FILE, "a file with the report is needed"))
        if wrong:
            raise InvalidInput(wrong)
        content: bytes = request.files[FILE].read()
        return content
    if request.mimetype not in TYPES:
        raise UnsupportedMediaType(f"Send {', '.join(TYPES)}, or a form with a file.")
    return read_body(request)
