"""Reports in workbooks, and files that are no reports."""

import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.lab_reports.reading import read_report
from foreign_files import ods, xlsx
from unit.tables.lab_reports.reading_of import values

LIST: list[list[object]] = [
    ["Laboratory Example"],
    ["Collected", "2024-03-01"],
    [],
    ["", "Test", "Result", "Unit", "Range"],
    ["", "Albumin", 44, "g/L", "35-52"],
    ["", "Glucose", 5.9, "mmol/L", "3.9-5.6"],
    ["", "Ferritin", 80, "ug/L", "30-300"],
]


def test_a_list_of_results_is_read_with_its_day_and_units() -> None:
    report = read_report(xlsx(Report=LIST))
    assert values(report) == {"albumin": (44.0, "g/L"), "glucose": (5.9, "mmol/L")}
    assert report["measured_on"] == "2024-03-01"
    (left_out,) = report["not_understood"]
    assert (left_out["written"], left_out["unit"]) == ("80", "ug/L")


def test_a_header_and_one_row_are_read() -> None:
    rows = [["Albumin (g/dL)", "CRP (mg/L)", "Sex"], [4.4, 0.5, "female"]]
    found = values(read_report(ods(rows)))
    assert found == {"albumin": (4.4, "g/dL"), "crp": (0.5, "mg/L"), "sex": ("female", "")}


def test_every_sheet_is_read() -> None:
    more = [["Test", "Result", "Unit"], ["CRP", 1.1, "mg/L"]]
    found = values(read_report(xlsx(Report=LIST, More=more)))
    assert sorted(found) == ["albumin", "crp", "glucose"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (xlsx(Report=[]), "no sheet with rows"),
        (xlsx(Report=LIST)[:900], "workbook"),
        (xlsx(Report=[["x", 1]] * 5_001), "at most 5,000 rows"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "looks like a PDF file; copy the lines"),
        (b"<!doctype html><p>Albumin", "looks like a web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "is no text"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "is no text"),
        (b"PAR1" + bytes(40), "is a parquet file; copy"),
        (b" \r\n", "is empty"),
        (b"", "is empty"),
    ],
)
def test_other_files_are_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_report(content)
    assert message in str(refused.value.problems[0].message)


def test_values_come_as_they_are_written() -> None:
    report = read_report(b"Albumin;4,20;g/dL\nKalium;4,10;mmol/l\nGlucose;5,9;mmol/l\n")
    assert {each["feature"]: each["written"] for each in report["found"]} == {
        "albumin": "4,20",
        "glucose": "5,9",
    }
    (left_out,) = report["not_understood"]
    assert (left_out["written"], left_out["unit"]) == ("4,10", "mmol/l")


@pytest.mark.parametrize(
    ("line", "written", "unit"),
    [
        ("Ferritin 80 ug/L (30-300)", "80", "ug/L"),
        ("Vitamin B12 412 pg/mL", "412", "pg/mL"),
        ("Thrombozyten 250 x10^9/L", "250", "x10^9/L"),
        ("Creatinine 1,200 mg/dL", "1,200", "mg/dL"),
        ("RDW-SD 42.3 fL", "42.3", "fL"),
        ("Visit 3 of the study", "3", "of"),
    ],
)
def test_what_was_not_understood_has_what_looks_like_its_value(
    line: str, written: str, unit: str
) -> None:
    (left_out,) = read_report(f"Albumin 4.2 g/dL\n{line}".encode())["not_understood"]
    assert (left_out["written"], left_out["unit"]) == (written, unit)
