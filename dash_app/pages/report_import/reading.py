"""POST /import/read: a report goes through to the API, and comes back as rows for a person to confirm."""

from collections.abc import Sequence
from typing import TypedDict

from agelens import charts
from agelens.charts.number_format import plain
from agelens.client import ApiError, ClientError, InvalidInput, ReportImport, Unauthenticated
from agelens.client.reports import REPORT_FILE_EXTENSIONS
from agelens.languages import N_, _
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge

from dash_app import api_client, file_slots, problems, sessions
from dash_app.number_text import Feature

__all__ = ["MOST_BYTES", "REPORT_FILE_EXTENSIONS", "init_app", "read"]

AGE, SEX = "chronological_age", "sex"
MOST_BYTES = 16 * 1024 * 1024  # what the API takes
UPLOAD_FIELD = "file"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
STALE = N_("This page was open for too long. Reload it and try again.")
TOO_LARGE = N_("The file is too large. A report may have 16 MB, its text 256 kB.")


class Unit(TypedDict):
    """A unit's name, and how it is printed."""

    value: str
    label: str


class Marker(TypedDict):
    """What a value can be assigned to."""

    label: str
    units: list[Unit]
    choices: list[Unit]


class Row(TypedDict):
    """A value that was found; `use` is whether it is proposed, `quoted` whether `source` is the report's."""

    feature: str
    written: str
    unit: str
    source: str
    loinc: str | None
    date: str | None
    use: bool
    warnings: list[str]
    quoted: bool


class Left(TypedDict):
    """A part that was not understood."""

    source: str
    reason: str
    times: int
    written: str
    unit: str


def init_app(server: Flask) -> None:
    """Add the address."""
    csrf: CSRFProtect = server.extensions["csrf"]
    csrf.exempt(read)  # it asks for the token itself: afterwards the limit would be that of pages
    server.add_url_rule("/import/read", "import_read", read, methods=["POST"])


def read() -> ResponseReturnValue:
    """What is in the body, a report in any form; nothing of it is kept."""
    request.max_content_length = request.environ["agelens.max_body_bytes"] = MOST_BYTES
    if sessions.person() is None:
        return {"login": True}, 401
    if (request.content_length or 0) > MOST_BYTES:
        return {"message": _(TOO_LARGE)}, 413
    if request.mimetype in FORMS:  # the token would be looked for in them
        return {"message": _("Send the file itself, not a form.")}, 415
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return {"message": _(STALE)}, 400
    try:
        with file_slots.slot(), api_client.client() as client:
            report = client.import_report(request.get_data())
            return {**_shaped(report), "biomarkers": markers(client.biomarkers())}
    except RequestEntityTooLarge:  # of a body that did not say its length
        return {"message": _(TOO_LARGE)}, 413
    except Unauthenticated:
        return {"login": True}, 401
    except file_slots.BusyError:
        return {"message": _(file_slots.BUSY)}, 503
    except ClientError as error:
        return {"message": message(error)}, error.status if isinstance(error, ApiError) else 503


def message(error: ClientError) -> str:
    """What is wrong with a report, as a sentence."""
    if isinstance(error, InvalidInput) and all(
        each.field == UPLOAD_FIELD for each in error.problems
    ):
        messages = "; ".join(each.message for each in error.problems)
        return (
            _("The report {problem}.", problem=messages)
            if messages
            else problems.error_message(error)
        )
    return problems.error_message(error)


def markers(features: Sequence[Feature]) -> dict[str, Marker]:
    """Everything that a value can be, by key, in the registry's order."""
    years: Unit = {"value": "years", "label": _("years")}
    markers_by_key: dict[str, Marker] = {AGE: {"label": _("Age"), "units": [years], "choices": []}}
    for feature in features:
        units = [each["unit"] for each in feature["units"]]
        markers_by_key[feature["key"]] = {
            "label": feature["label"],
            "units": [{"value": unit, "label": charts.printed(unit)} for unit in units],
            "choices": [
                {"value": each, "label": charts.choice(each)} for each in feature["choices"]
            ],
        }
    return markers_by_key


def _shaped(report: ReportImport) -> dict[str, object]:
    return {
        "rows": rows(report),
        "left": left(report),
        "warnings": [sentence(each) for each in report.warnings],
        "measured_on": report.measured_on,
        "possible_days": list(report.possible_days),
    }


def rows(report: ReportImport) -> list[Row]:
    """Each value that was found, also what a report says of the person."""
    rows_read: list[Row] = [
        {
            "feature": each.feature,
            "written": each.written or str(each.value),
            "unit": each.unit,
            "source": each.source_text,
            "loinc": each.loinc,
            "date": each.date,
            "use": each.proposed,
            "warnings": [sentence(warning) for warning in each.warnings],
            "quoted": True,
        }
        for each in report.found
    ]
    used_features = {row["feature"] for row in rows_read if row["use"]}
    if report.chronological_age is not None and AGE not in used_features:
        age = plain(report.chronological_age)
        rows_read.insert(0, _of_person(AGE, age, "years", _("From the birth date in the report")))
    if SEX in report.answers and SEX not in used_features:
        sex = str(report.answers[SEX])
        rows_read.insert(0, _of_person(SEX, sex, "", _("The patient in the report")))
    return rows_read


def _of_person(feature: str, value: str, unit: str, source: str) -> Row:
    return {
        "feature": feature, "written": value, "unit": unit, "source": source,
        "loinc": None, "date": None, "use": True, "warnings": [], "quoted": False,
    }  # fmt: skip


def left(report: ReportImport) -> list[Left]:
    """What was not understood, with the reason."""
    return [
        {
            "source": each.source_text,
            "reason": sentence(each.reason),
            "times": each.times,
            "written": each.written,
            "unit": each.unit,
        }
        for each in report.not_understood
    ]


def sentence(text: str) -> str:
    """A message that begins with a capital letter."""
    return text[:1].upper() + text[1:]
