"""FHIR R4: what an Observation says, whose it is, and what is left out with a reason."""

import json
import time

import fhir_reports as fhir
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.lab_reports.reading import read_report
from unit.tables.lab_reports.reading_of import one, read, reasons, values


def test_a_checkup_is_read_with_its_units_and_the_person():
    report = read(fhir.checkup())
    assert values(report) == {
        "albumin": (4.4, "g/dL"),
        "creatinine": (0.79, "mg/dL"),
        "glucose": (95.5, "mg/dL"),
        "crp": (1.2, "mg/L"),
        "lymphocytes": (32.1, "%"),
        "mean_cell_volume": (90.2, "fL"),
        "red_cell_width": (12.9, "%"),
        "alkaline_phosphatase": (62, "U/L"),
        "white_cells": (5.8, "10^9/L"),
        "systolic_bp": (128, "mmHg"),
        "diastolic_bp": (82, "mmHg"),
        "sex": ("female", ""),
    }
    assert (report["measured_on"], report["chronological_age"]) == ("2024-03-01", 54.0)
    assert report["warnings"] == ["Only observations are read, not: 1 Condition"]
    left_out = {each["source_text"]: each["reason"] for each in report["not_understood"]}
    assert left_out.keys() == {"21000-5: 42.3 fL", "718-7: 13.9 g/dL", "72514-3: 2 {score}"}
    assert "RDW-CV" in left_out["21000-5: 42.3 fL"]


def test_the_newest_value_is_proposed_and_the_others_are_listed():
    days = ("2023-05-01", "2024-06-01T09:00:00Z", "2024-06-01T10:30:00+02:00", "2019")
    results = [fhir.observation("1751-7", 40 + n, "g/L", day=day) for n, day in enumerate(days)]
    report = read(fhir.bundle(*results))
    assert report["answers"]["albumin"] == 41  # 10:30 in Paris is before 9:00 UTC
    listed = [(each["value"], each["date"], each["proposed"]) for each in report["found"]]
    assert listed == [
        (41, "2024-06-01", True),
        (42, "2024-06-01", False),
        (40, "2023-05-01", False),
        (43, None, False),
    ]
    assert report["measured_on"] == "2024-06-01"
    assert "2019" in report["found"][3]["warnings"][0]


@pytest.mark.parametrize(
    ("number", "value", "ucum", "expected"),
    [
        ("2345-7", 5.3, "mmol/L", (5.3, "mmol/L")),
        ("2160-0", 70, "umol/L", (70, "umol/L")),
        ("4548-4", 38, "mmol/mol{Hb}", (38, "mmol/mol")),
        ("22748-8", 130, "mg/dL", (130, "mg/dL")),
    ],
)
def test_the_unit_decides_over_the_code_and_this_is_said(number, value, ucum, expected):
    report = read(fhir.observation(number, value, ucum))
    assert list(values(report).values()) == [expected]
    assert any(number in warning for warning in report["found"][0]["warnings"])


@pytest.mark.parametrize(
    ("number", "ucum", "expected"),
    [
        ("3091-6", "mg/dL", "mg/dL urea"),
        ("22664-7", "mmol/L", "mmol/L"),
        ("22664-7", "mg/dL", "mg/dL urea"),
        ("72903-8", "g/L", "g/L urea"),
        ("3094-0", "mg/dL", "mg/dL"),
        ("14937-7", "mg/dL", "mg/dL"),
    ],
)
def test_urea_is_told_from_urea_nitrogen_by_its_code(number, ucum, expected):
    value = {"mg/dL": 30, "mmol/L": 5, "g/L": 0.3}[ucum]
    assert one(fhir.observation(number, value, ucum)) == (value, expected)


@pytest.mark.parametrize(
    ("number", "value", "ucum", "advice"),
    [
        ("76486-0", 10, "nmol/L", "give CRP in mg/L"),
        ("76485-2", 10, "mg/L", "give CRP in mg/L"),
        ("1988-5", 10, "nmol/L", "give CRP in mg/L"),
        ("21000-5", 42, "fL", "RDW-CV"),
        ("788-0", 42, "fL", "RDW-CV"),
        ("30384-2", 13, "%", "RDW-CV"),
        ("731-0", 1.9, "10*3/uL", "share of white cells"),
        ("736-9", 1.9, "10*9/L", "share of white cells"),
        ("736-9", 1900, "/uL", "none of %, fraction"),
        ("1751-7", 600, "umol/L", "is none of g/L, g/dL"),
        ("1751-7", 42, "", "42 would fit in"),
        ("2888-6", 42, "g/L", "LOINC 2888-6 is not a code"),
    ],
)
def test_another_quantity_is_refused_with_advice(number, value, ucum, advice):
    report = read(fhir.observation(number, value, ucum))
    assert report["answers"] == {}
    (left_out,) = report["not_understood"]
    assert advice in left_out["reason"]
    assert number in left_out["source_text"]


def test_a_unit_without_a_number_in_it_is_that_of_the_code():
    report = read(fhir.observation("1751-7", 4.2, ""))
    assert values(report) == {"albumin": (4.2, "g/dL")}
    assert "no unit is given" in report["found"][0]["warnings"][0]


def test_two_units_that_differ_are_refused():
    result = fhir.observation("2345-7", 5.3, "mmol/L")
    result["valueQuantity"]["unit"] = "mg/dL"
    assert "two units" in next(iter(reasons(result).values()))


def test_limits_are_proposed_with_a_warning_and_a_number_is_preferred():
    limit = fhir.observation("1988-5", 0.3, "mg/L")
    limit["valueQuantity"]["comparator"] = "<"
    report = read([limit, fhir.observation("1988-5", 0.4, "mg/L")])
    assert report["answers"] == {"crp": 0.4}
    assert report["found"][1]["warnings"] == ["The report says < 0.3 mg/L; the limit is proposed"]
    assert report["found"][1]["source_text"] == "1988-5: <0.3 mg/L"


def test_what_is_in_error_or_absent_is_left_out_with_the_reason():
    absent = fhir.observation("2160-0", 1, "mg/dL", dataAbsentReason={"text": "Haemolysed"})
    del absent["valueQuantity"]
    found = reasons(
        [
            fhir.observation("1751-7", 4.2, "g/dL", status="entered-in-error"),
            fhir.observation("787-2", 90, "fL", status="cancelled"),
            absent,
            fhir.observation("6690-2", None, "10*9/L"),
        ]
    )
    assert found == {
        "1751-7": "was entered in error",
        "787-2": "was cancelled",
        "2160-0": "has no value: Haemolysed",
        "6690-2": "has no value",
    }


def test_a_final_result_is_preferred_to_a_newer_preliminary_one():
    final = fhir.observation("1751-7", 4.2, "g/dL", day="2024-03-01")
    newer = fhir.observation("1751-7", 4.9, "g/dL", day="2024-03-02", status="preliminary")
    assert read([newer, final])["answers"] == {"albumin": 4.2}


def test_names_stand_in_for_codes():
    local = {"coding": [{"system": "urn:lab", "code": "ALB", "display": "Albumin"}]}
    by_text = {"text": "Creatinine [Mass/volume] in Serum or Plasma"}
    urine = {"text": "Glucose [Mass/volume] in Urine"}
    assert one(fhir.observation("", 42, "g/L", code=local)) == (42, "g/L")
    assert one(fhir.observation("", 0.9, "mg/dL", code=by_text)) == (0.9, "mg/dL")
    assert read(fhir.observation("", 90, "mg/dL", code=urine))["answers"] == {}


def test_a_name_with_an_unknown_code_or_of_urine_is_not_believed():
    of_urine = {"coding": [{"system": fhir.LOINC, "code": "1754-1", "display": "Albumin"}]}
    assert "1754-1" in next(iter(reasons(fhir.observation("", 42, "g/L", code=of_urine)).values()))
    named = fhir.observation(
        "", 42, "g/L", code={"text": "Albumin"}, specimen={"display": "Urine, 24 h"}
    )
    assert reasons(named) == {"Albumin": "is of Urine, 24 h, not of blood"}


def test_several_codings_and_systems_are_read():
    several = {
        "coding": [
            {"system": "http://snomed.info/sct", "code": "104485008"},
            {"system": "urn:oid:2.16.840.1.113883.6.1", "code": "1751-7"},
        ]
    }
    assert one(fhir.observation("", 4.2, "g/dL", code=several)) == (4.2, "g/dL")
    both = {"coding": [fhir.code("1751-7")["coding"][0], fhir.code("2160-0")["coding"][0]]}
    assert "two biomarkers" in next(iter(reasons(fhir.observation("", 4, "", code=both)).values()))


def test_values_of_other_types_are_read_or_named():
    text = fhir.observation("1988-5", 0, "", valueString="< 0.6 mg/L")
    whole = fhir.observation("6768-6", 0, "", valueInteger=71)
    ratio = fhir.observation("1751-7", 0, "", valueRatio={})
    for each in (text, whole, ratio):
        del each["valueQuantity"]
    report = read([text, whole, ratio])
    assert values(report) == {"crp": (0.6, "mg/L"), "alkaline_phosphatase": (71, "U/L")}
    assert report["not_understood"][0]["reason"] == "has no number, but a valueRatio"


def test_contained_and_referred_results_are_read_or_named():
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r-1",
        "contained": [{**fhir.observation("787-2", 90, "fL"), "id": "mcv"}],
        "result": [{"reference": "#mcv"}, {"reference": "Observation/elsewhere"}],
        "presentedForm": [{"contentType": "application/pdf", "title": "Befund"}],
    }
    found = read(fhir.bundle(report))
    assert values(found)["mean_cell_volume"] == (90, "fL")
    assert [each["source_text"] for each in found["not_understood"]] == [
        "Observation/elsewhere",
        "Befund",
    ]


def test_pressures_that_cannot_be_are_not_proposed():
    report = read(fhir.blood_pressure(80, 120))
    assert report["answers"] == {}
    assert len(report["found"]) == 2
    assert "were the two swapped?" in report["warnings"][0]


def test_results_of_several_people_are_refused():
    other = fhir.observation("1751-7", 4.2, "g/dL", subject={"reference": "Patient/other"})
    with pytest.raises(InvalidInput, match="2 people"):
        read(fhir.bundle(fhir.observation("787-2", 90, "fL"), other))


def test_one_person_is_recognised_by_each_of_their_addresses():
    addresses = (fhir.PERSON, "Patient/p-1", "https://lab.example/fhir/Patient/p-1/_history/3")
    results = [
        fhir.observation("1751-7", 4.2, "g/dL", subject={"reference": each}) for each in addresses
    ]
    report = read(fhir.bundle(*results))
    assert (report["answers"]["sex"], report["chronological_age"]) == ("female", 54.0)


def test_what_the_patient_does_not_say_is_asked_for():
    who = fhir.patient(gender="unknown", birthDate="1970")
    report = read(fhir.bundle(fhir.observation("1751-7", 4.2, "g/dL"), who=who))
    assert ("sex" in report["answers"], report["chronological_age"]) == (False, None)
    assert len(report["warnings"]) == 2


def test_a_newborn_result_has_no_age():
    who = fhir.patient(birthDate="2030-01-01")
    report = read(fhir.bundle(fhir.observation("1751-7", 4.2, "g/dL"), who=who))
    assert report["chronological_age"] is None
    assert "enter the age" in report["warnings"][0]


def test_lines_of_observations_are_read():
    lines = "\n".join(
        json.dumps(fhir.observation(number, value, unit))
        for number, value, unit in (("1751-7", 4.2, "g/dL"), ("787-2", 90, "fL"))
    )
    assert values(read(lines)) == {"albumin": (4.2, "g/dL"), "mean_cell_volume": (90, "fL")}


def test_a_key_that_is_there_twice_is_refused_and_named():
    once = json.dumps(fhir.observation("1751-7", 4.2, "g/dL"))
    twice = once.replace('"value": 4.2', '"value": 4.2, "value": 5.2')
    for document in (twice, f"[{once}, {twice}]", f"{once}\n{twice}"):
        with pytest.raises(InvalidInput, match="value: is there more than once"):
            read(document)


@pytest.mark.parametrize(
    "document",
    [
        '{"answers": {}}',
        "[]",
        "[1, 2]",
        '{"resourceType": "Bundle"',
        "{}",
        '[{"x": 1}]',
        "[" * 2000,
    ],
)
def test_what_is_no_fhir_is_refused_in_words(document):
    with pytest.raises(InvalidInput, match=r"FHIR R4|valid JSON"):
        read(document)


def test_ten_thousand_observations_are_read_in_bounded_time_and_more_refused():
    kinds = (("2345-7", 98, "mg/dL"), ("736-9", 31, "%"), ("21000-5", 42, "fL"), ("9-1", 1, "x"))
    results = [fhir.observation(*kinds[n % 4], day=f"20{10 + n % 15}-03-01") for n in range(10_000)]
    content = json.dumps(fhir.bundle(*results)).encode()
    began = time.process_time()
    report = read_report(content)
    assert time.process_time() - began < 5
    assert sum(each["times"] for each in report["not_understood"]) == 5_000
    assert len(report["found"]) == 5_000
    with pytest.raises(InvalidInput, match="at most 10000 observations"):
        read([*results, results[0]])
