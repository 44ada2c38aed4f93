"""Reports through the client: what is sent, and what comes back."""

from pathlib import Path

import httpx
import pytest
from agelens.client import Client
from unit.client.stub import Stub, client_of

ANSWER = {
    "answers": {"albumin": 4.2, "sex": "female"},
    "units": {"albumin": "g/dL"},
    "chronological_age": 54.0,
    "measured_on": "2024-03-01",
    "found": [
        {
            "feature": "albumin",
            "label": "Albumin",
            "value": 4.2,
            "unit": "g/dL",
            "source_text": "Albumin 4.2 g/dL",
            "loinc": None,
            "date": "2024-03-01",
            "proposed": True,
            "warnings": [],
        }
    ],
    "not_understood": [{"source_text": "x 1", "reason": "is not a biomarker", "times": 2}],
    "warnings": ["w"],
}
LINES = "Albumin 4.2 g/dL\n"
FHIR = '{"resourceType": "Bundle"}'


@pytest.fixture
def stub() -> Stub:
    return Stub(httpx.Response(200, json=ANSWER))


@pytest.fixture
def client(stub: Stub) -> Client:
    return client_of(stub)


def test_text_bytes_files_and_mappings_are_sent_as_what_they_are(
    stub: Stub, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text(LINES, encoding="utf-8")
    for source in (LINES, LINES.encode(), file, str(file), FHIR, {"resourceType": "Bundle"}, []):
        client.import_report(source)
    sent = [(each.headers["Content-Type"], each.content.decode()) for each in stub.requests]
    text, fhir = ("text/plain", LINES), ("application/json", FHIR)
    assert sent == [text, text, text, text, fhir, fhir, ("application/json", "[]")]
    assert {(each.method, each.url.path) for each in stub.requests} == {
        ("POST", "/api/assessments/import")
    }
    assert stub.sent_keys() == [None] * 7  # nothing is created


def test_what_was_found_comes_back_as_objects(client: Client) -> None:
    report = client.import_report("Albumin 4.2 g/dL")
    assert report.answers == {"albumin": 4.2, "sex": "female"}
    assert (report.units, report.chronological_age) == ({"albumin": "g/dL"}, 54.0)
    assert str(report.measured) == report.measured_on
    assert (report.found[0].label, report.found[0].proposed) == ("Albumin", True)
    assert report.not_understood[0].times == 2
    assert report.warnings == ("w",)


def test_a_file_that_is_not_there_is_no_report(client: Client, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.import_report(str(tmp_path / "missing.json"))
    with pytest.raises(TypeError, match="a report is a path"):
        client.import_report(5)  # type: ignore[arg-type]
