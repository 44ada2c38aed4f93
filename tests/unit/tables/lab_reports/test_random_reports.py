"""Whatever is sent, a report is read or refused in words; and what is read can be sent on."""

import json

import fhir_reports as fhir
import pytest
from agelens import wire
from agelens.domain.errors import InvalidInput
from agelens.domain.features import feature
from agelens.domain.panel import read_panel
from agelens.domain.registry import biomarkers
from agelens.tables.lab_reports.reading import read_report
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

NAMES = st.sampled_from(
    [
        "resourceType",
        "entry",
        "resource",
        "fullUrl",
        "contained",
        "status",
        "code",
        "coding",
        "system",
        "text",
        "display",
        "subject",
        "reference",
        "effectiveDateTime",
        "effectivePeriod",
        "issued",
        "valueQuantity",
        "value",
        "unit",
        "comparator",
        "component",
        "valueString",
        "valueCodeableConcept",
        "dataAbsentReason",
        "hasMember",
        "result",
        "specimen",
        "id",
        "gender",
        "birthDate",
        "identifier",
        "focus",
        "presentedForm",
    ]
)
WORDS = st.sampled_from(
    [
        "Bundle",
        "Observation",
        "DiagnosticReport",
        "Patient",
        "Specimen",
        "final",
        "1751-7",
        "Albumin",
        "g/dL",
        "<",
        "2024-03-01",
        "female",
        "",
        "\0",
        fhir.LOINC,
        fhir.UCUM,
        "x" * 300,
        "{" * 300,
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text()
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
SHAPE = TypeAdapter(wire.ReportImport)
FEATURES = [feature(key) for key in biomarkers()]


def check(content: bytes) -> None:
    try:
        report = read_report(content)
    except InvalidInput:  # nothing else
        return
    json.dumps(report, allow_nan=False)
    SHAPE.validate_python(report, strict=True)
    panel = read_panel(FEATURES, report["answers"], report["units"])
    assert panel.values.keys() == report["answers"].keys()


@given(JSON)
@example({"resourceType": "Observation", "valueQuantity": {"value": 10**400, "unit": "g/dL"}})
def test_any_json_is_read_or_refused(document: object) -> None:
    check(json.dumps(document).encode())


@given(st.data())
def test_an_observation_of_anything_is_read_or_refused(data: st.DataObject) -> None:
    made = fhir.observation("1751-7", 4.2, "g/dL")
    for name in data.draw(st.lists(st.sampled_from(sorted(made)), max_size=3)):
        made[name] = data.draw(JSON)
    quantity = fhir.quantity(4.2, "g/dL", comparator="<")
    for name in data.draw(st.lists(st.sampled_from(sorted(quantity)), max_size=2)):
        quantity[name] = data.draw(JSON)
        made["valueQuantity"] = quantity
    check(json.dumps(fhir.bundle(made)).encode())


PARTS = st.sampled_from(
    [
        "Albumin",
        "CRP",
        "WBC",
        "Glucose",
        "BP",
        "Sex",
        "Age",
        "DOB",
        "value",
        "name",
        "date",
        "4.2",
        "1,200",
        "<0.5",
        "128/82",
        "10^9/L",
        "g/dL",
        "mg/L",
        "%",
        "H",
        "*",
        "(3-5)",
        "2024-03-01",
        " ",
        "\t",
        ";",
        ",",
        "\n",
        ":",
        '"',
        "(",
        "[",
        "female",
        "\u00e9",
        "\0",
    ]
)


@given(st.lists(PARTS, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize(
    "key", [key for key, each in biomarkers().items() if each.kind == "number"]
)
def test_every_biomarker_in_every_unit_comes_back_as_it_was_written(key: str) -> None:
    entry = biomarkers()[key]
    for unit in entry.units:
        number = float(f"{unit.from_canonical(float(entry.example)):.4g}")
        for line in (f"{entry.label}: {number!r} {unit.name}", f"{key};{number!r};{unit.name}"):
            report = read_report(line.encode())
            assert report["answers"] == {key: pytest.approx(number)}, line
            canonical = entry.units[0]
            read = next(u for u in entry.units if u.name == report["units"][key])
            assert read.to_canonical(number) == pytest.approx(unit.to_canonical(number)), canonical
