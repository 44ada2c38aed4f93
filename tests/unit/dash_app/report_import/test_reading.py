"""A report between a browser and the API, and the rows that a person confirms."""

from typing import Any

import httpx
import pytest
from agelens.client import ReportImport
from agelens.client.decoding import decode
from flask.testing import FlaskClient
from unit.dash_app.web_app import ORIGIN, api, app_with, csrf, log_in, problem
from werkzeug.test import TestResponse

from dash_app.pages.report_import import reading

ALBUMIN = {
    "feature": "albumin", "label": "Albumin", "value": 4.2, "written": "4,20", "unit": "g/dL",
    "source_text": "Albumin 4,20 g/dL", "loinc": "1751-7", "date": "2026-03-31", "proposed": True,
    "warnings": ["no unit is given; it was read in g/dL"],
}  # fmt: skip
REPORT: dict[str, Any] = {
    "answers": {"albumin": 4.2, "sex": "female"},
    "units": {"albumin": "g/dL"},
    "chronological_age": 52.0,
    "measured_on": "2026-03-31",
    "found": [ALBUMIN],
    "not_understood": [
        {
            "source_text": "Ferritin 80 ug/L",
            "reason": "is not a biomarker that AgeLens uses",
            "times": 2,
            "written": "80",
            "unit": "ug/L",
        }
    ],
    "warnings": ["several days"],
}
MARKERS = [
    {"key": "albumin", "label": "Albumin", "kind": "number", "choices": [],
     "units": [{"unit": "g/L"}, {"unit": "g/dL"}]},
    {"key": "sex", "label": "Sex", "kind": "choice", "choices": ["female", "male"], "units": []},
]  # fmt: skip


class Service:
    """An API that reads every report so, and keeps what it was sent."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/assessments/import":
            request.read()
            self.sent.append(request)
            return self.answer
        if request.url.path == "/api/biomarkers":
            return httpx.Response(200, json={"items": MARKERS, "next_cursor": None})
        return api()(request)


def send(browser: FlaskClient, body: bytes = b"Albumin 4,20 g/dL", **headers: str) -> TestResponse:
    token = {"X-CSRFToken": csrf(browser), **ORIGIN, **headers}
    kind = "application/octet-stream"
    return browser.post("/import/read", data=body, content_type=kind, headers=token)


def browser_of(service: Service) -> FlaskClient:
    browser = app_with(service).test_client()
    log_in(browser)
    return browser


@pytest.fixture
def report() -> ReportImport:
    return decode(ReportImport, REPORT)


def test_a_report_goes_through_as_it_is_and_comes_back_as_rows() -> None:
    service = Service(httpx.Response(200, json=REPORT))
    answer = send(browser_of(service))
    assert answer.status_code == 200
    assert service.sent[0].content == b"Albumin 4,20 g/dL"
    found = answer.get_json()
    assert [row["feature"] for row in found["rows"]] == ["sex", "chronological_age", "albumin"]
    assert found["measured_on"] == "2026-03-31"
    assert found["warnings"] == ["Several days"]
    assert found["biomarkers"]["albumin"]["units"][1] == {"value": "g/dL", "label": "g/dL"}
    assert [each["value"] for each in found["biomarkers"]["sex"]["choices"]] == ["female", "male"]


def test_a_row_has_the_value_and_the_unit_of_the_report(report: ReportImport) -> None:
    row = reading.rows(report)[-1]
    assert (row["written"], row["unit"], row["loinc"], row["use"]) == (
        "4,20",
        "g/dL",
        "1751-7",
        True,
    )
    assert row["warnings"] == ["No unit is given; it was read in g/dL"]


def test_what_a_report_says_of_the_person_is_confirmed_as_well(report: ReportImport) -> None:
    sex, age, _ = reading.rows(report)
    assert (sex["written"], sex["quoted"]) == ("female", False)
    assert (age["written"], age["unit"]) == ("52", "years")


def test_an_age_that_is_in_a_line_is_not_there_twice(report: ReportImport) -> None:
    stated = ALBUMIN | {"feature": "chronological_age", "label": "Age", "written": "52"}
    found = decode(ReportImport, REPORT | {"found": [ALBUMIN, stated], "answers": {}})
    assert [row["feature"] for row in reading.rows(found)] == ["albumin", "chronological_age"]


def test_what_was_not_understood_has_its_reason_and_number(report: ReportImport) -> None:
    assert reading.left(report) == [
        {
            "source": "Ferritin 80 ug/L",
            "reason": "Is not a biomarker that AgeLens uses",
            "times": 2,
            "written": "80",
            "unit": "ug/L",
        }
    ]


def test_what_is_wrong_with_a_report_is_a_sentence() -> None:
    wrong = [{"pointer": "/file", "field": "file", "message": "looks like a PDF"}]
    refused = problem(422, code="invalid_input", errors=wrong)
    answer = send(browser_of(Service(refused)))
    assert answer.status_code == 422
    assert answer.get_json() == {"message": "The report looks like a PDF."}


def test_a_report_that_is_too_large_never_reaches_the_api() -> None:
    service = Service(httpx.Response(200, json=REPORT))
    answer = send(browser_of(service), b"x" * (reading.MOST_BYTES + 1))
    assert answer.status_code == 413
    assert "too large" in answer.get_json()["message"]
    assert service.sent == []


def test_nobody_is_served_without_a_login_or_a_token() -> None:
    service = Service(httpx.Response(200, json=REPORT))
    stranger = app_with(service).test_client()
    assert (send(stranger).status_code, send(stranger).get_json()) == (401, {"login": True})
    answer = send(browser_of(service), **{"X-CSRFToken": "none"})
    assert answer.status_code == 400
    assert "Reload" in answer.get_json()["message"]
    assert service.sent == []
