"""POST /api/assessments/import: a report becomes a proposed panel; nothing is kept, paid or submitted."""

import io
import json
from collections.abc import Callable
from typing import Any

import fhir_reports as fhir
import httpx
import pytest
from agelens.client import Client, InvalidInput
from agelens.settings import Settings
from agelens.storage import LedgerEntry, Task
from flask import Flask
from foreign_files import xlsx
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from integration.conftest import PersonFactory
from integration.people import Person, new_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

PATH = "/api/assessments/import"
LINES = "Albumin 4.2 g/dL (3.5-5.0)\nCRP <0.5 mg/L\nFerritin 80 ug/L\n"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["resourceType", "entry", "resource", "code"]), inner)
    ),
    max_leaves=12,
)


def send(who: Person, content: bytes | str, kind: str, **more: Any) -> TestResponse:
    return who.post(PATH, data=content, content_type=kind, **more)


def in_a_form(who: Person, content: bytes, name: str) -> TestResponse:
    form = {"file": (io.BytesIO(content), name)}
    return who.post(PATH, data=form, content_type="multipart/form-data")


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "text/plain; charset=utf-8"])
def test_lines_are_read(person: PersonFactory, kind: str) -> None:
    answer = send(person(), LINES, kind)
    assert answer.status_code == 200
    assert answer.json["answers"] == {"albumin": 4.2, "crp": 0.5}
    assert answer.json["units"] == {"albumin": "g/dL", "crp": "mg/L"}
    assert [each["source_text"] for each in answer.json["not_understood"]] == ["Ferritin 80 ug/L"]


def test_the_profiles_country_tells_which_number_of_a_date_is_the_month(
    person: PersonFactory,
) -> None:
    one = person()
    text = f"Collected: 03/04/2025\n{LINES}"
    found = send(one, text, "text/plain").json
    assert (found["measured_on"], found["possible_days"]) == (None, ["2025-04-03", "2025-03-04"])
    for country, day in (("US", "2025-03-04"), ("DE", "2025-04-03")):
        assert one.patch("/api/auth/me/profile", {"country": country}).status_code == 200
        found = send(one, text, "text/plain").json
        assert (found["measured_on"], found["possible_days"]) == (day, [])


@pytest.mark.parametrize("kind", ["application/json", "application/fhir+json"])
def test_a_bundle_is_read(person: PersonFactory, kind: str) -> None:
    answer = send(person(), json.dumps(fhir.checkup()), kind)
    assert answer.status_code == 200
    assert answer.json["answers"]["albumin"] == 4.4
    assert answer.json["chronological_age"] == 54.0


def test_a_file_of_a_form_is_read(person: PersonFactory) -> None:
    one = person()
    content = json.dumps(fhir.checkup()).encode()
    for name in ("report.json", "report.txt", "report"):  # what is in it decides
        assert in_a_form(one, content, name).json["answers"]["albumin"] == 4.4
    assert in_a_form(one, LINES.encode(), "report.csv").json["answers"]["crp"] == 0.5


@pytest.mark.parametrize("name", ["report.xlsx", "report.csv"])
def test_a_workbook_is_read_whatever_it_is_called(person: PersonFactory, name: str) -> None:
    content = xlsx(Report=[["Albumin", 44, "g/L"], ["CRP", 1.1, "mg/L"]])
    assert in_a_form(person(), content, name).json["units"] == {"albumin": "g/L", "crp": "mg/L"}


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG" + bytes(200)])
def test_a_file_that_is_no_report_is_refused_in_words(
    person: PersonFactory, content: bytes
) -> None:
    answer = in_a_form(person(), content, "report.pdf")
    assert answer.status_code == 422
    assert "copy the lines" in answer.json["errors"][0]["message"]


def test_what_is_proposed_can_be_scored_and_nothing_was_before(
    person: PersonFactory, sessions: sessionmaker[Session], run_jobs: Callable[[], None]
) -> None:
    one = person(50)

    def kept() -> list[int]:
        with sessions() as session:
            return [
                session.scalar(select(func.count()).select_from(t)) for t in (LedgerEntry, Task)
            ]

    before = kept()
    found = send(one, json.dumps(fhir.checkup()), "application/json").json
    assert kept() == before
    blood = [key for key in found["answers"] if key not in ("systolic_bp", "diastolic_bp", "sex")]
    sent = {
        "model": "phenoage",
        "answers": {key: found["answers"][key] for key in blood},
        "units": {key: found["units"][key] for key in blood},
        "chronological_age": found["chronological_age"],
    }
    task = one.post("/api/tasks/predict", sent).json["task_id"]
    run_jobs()
    answer = one.get(f"/api/tasks/{task}").json
    assert answer["status"] == "succeeded"
    canonical = {each["feature"]: each["value"] for each in answer["result"]["contributions"]}
    assert canonical["albumin"] == pytest.approx(44)
    assert canonical["glucose"] == pytest.approx(95.5 * 0.0555)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("", "text/plain", 422),
        ("{}", "application/json", 422),
        ('{"resourceType": ', "application/json", 422),
        ("[" * 5000, "application/json", 422),
        (LINES, "application/xml", 415),
        (LINES, "", 415),
        (b"x" * (2 * 1024 * 1024), "text/plain", 422),
        (b"x" * (17 * 1024 * 1024), "text/plain", 413),
        ("[" + "{}," * 3_000_000 + "{}]", "application/json", 422),
    ],
)
def test_what_is_no_report_is_refused_in_words(
    person: PersonFactory, content: bytes | str, kind: str, status: int
) -> None:
    answer = send(person(), content, kind)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"]


def test_a_form_without_a_file_is_refused_by_its_field(person: PersonFactory) -> None:
    answer = person().post(PATH, data={"other": "x"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/file"


def test_a_stranger_is_told_to_log_in(person: PersonFactory, http: Any) -> None:
    assert http.post(PATH, data=LINES, content_type="text/plain").status_code == 401


def test_one_imports_so_often_with_whatever_token(
    person: PersonFactory,
    settings: Settings,
    make_app: Callable[[Settings], Flask],
) -> None:
    limited = make_app(settings.model_copy(update={"rate_limits": "on"})).test_client()
    one = person()
    one.http = limited
    statuses = {send(one, "MCV 90 fL", "text/plain").status_code for _ in range(121)}
    one.log_in()
    assert statuses == {200, 429}
    again = send(one, "MCV 90 fL", "text/plain")
    assert (again.status_code, "Retry-After" in again.headers) == (429, True)


# as in tests/unit, whose profile these do not have: no lucky draw makes a red run
SAME_EACH_TIME = examples(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def somebody(settings: Settings, make_app: Callable[[Settings], Flask]) -> Person:
    """Asks more often than one may."""
    unlimited = make_app(settings.model_copy(update={"rate_limits": "off"}))
    return Person(unlimited.test_client(), new_email()).register().log_in()


@SAME_EACH_TIME
@given(JSON)
def test_no_json_is_an_error_of_the_server(somebody: Person, document: object) -> None:
    answer = send(somebody, json.dumps(document), "application/json")
    assert answer.status_code in (200, 400, 422)


@SAME_EACH_TIME
@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_no_text_is_an_error_of_the_server(somebody: Person, content: bytes) -> None:
    assert send(somebody, content, "text/plain").status_code in (200, 422)
    assert in_a_form(somebody, content, "a.txt").status_code in (200, 422)


def test_the_client_reads_files_text_and_mappings(
    app: Flask, person: PersonFactory, tmp_path: Any
) -> None:
    transport = httpx.WSGITransport(app=app)
    with Client("http://agelens.test", person().token, transport=transport) as client:
        path = tmp_path / "report.json"
        path.write_text(json.dumps(fhir.checkup()), encoding="utf-8")
        reports = [client.import_report(each) for each in (path, str(path), fhir.checkup())]
        assert all(each == reports[0] for each in reports)
        assert reports[0].answers["albumin"] == 4.4
        assert reports[0].found[0].proposed
        book = tmp_path / "report.xlsx"
        book.write_bytes(xlsx(Report=[["Test", "Result", "Unit"], ["Albumin", 44, "g/L"]]))
        (found,) = client.import_report(str(book)).found
        assert (found.feature, found.value, found.written, found.unit) == (
            "albumin",
            44,
            "44",
            "g/L",
        )
        lines = client.import_report(LINES)
        assert (lines.answers, lines.units["crp"]) == ({"albumin": 4.2, "crp": 0.5}, "mg/L")
        assert lines.not_understood[0].source_text == "Ferritin 80 ug/L"
        with pytest.raises(InvalidInput, match="FHIR R4"):
            client.import_report({"answers": {}})
