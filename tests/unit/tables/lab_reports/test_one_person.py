"""CSV of one person: a header and one row, or a line for each value."""

import pytest
from agelens.domain.errors import InvalidInput
from unit.tables.lab_reports.reading_of import read, values

EXPECTED = {
    "albumin": (4.2, "g/dL"),
    "glucose": (95, "mg/dL"),
    "crp": (1.1, "mg/L"),
    "sex": ("female", ""),
}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_header_and_one_row_are_read(mark):
    header = [
        "patient",
        "Age",
        "Sex",
        "Albumin (g/dL)",
        '"Glucose, mg/dL"',
        "CRP [mg/L]",
        "drawn on",
    ]
    row = ["A-1", "52", "F", "4.2", "95", "1.1", "2024-01-02"]
    report = read(f"{mark.join(header)}\n{mark.join(row)}\n")
    assert values(report) == EXPECTED
    assert (report["chronological_age"], report["measured_on"]) == (52, "2024-01-02")
    assert [each["source_text"] for each in report["not_understood"]] == ["patient: A-1"]


def test_registry_keys_are_read_in_canonical_units():
    report = read("sex,albumin,lymphocytes,mean_cell_volume\nmale,44,32,90\n")
    assert values(report) == {
        "sex": ("male", ""),
        "albumin": (44, "g/L"),
        "lymphocytes": (32, "%"),
        "mean_cell_volume": (90, "fL"),
    }


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_lines_of_name_value_and_unit_are_read(mark):
    rows = [
        ("Test", "Result", "Units", "Range", "Date"),
        ("Albumin", "4.2", "g/dL", "3.5-5.0", "2024-03-01"),
        ("Glucose", "95", "mg/dL", "65-99", "2024-03-01"),
        ("CRP", "1.1", "mg/L", "<5", "2024-03-01"),
        ("Sex", "female", "", "", ""),
    ]
    report = read("\n".join(mark.join(row) for row in rows))
    assert values(report) == EXPECTED
    assert report["measured_on"] == "2024-03-01"


def test_decimal_commas_are_read_where_commas_separate_nothing():
    report = read("Albumin (g/dL);CRP (mg/L)\n4,2;1,1\n")
    assert report["answers"] == {"albumin": 4.2, "crp": 1.1}


def test_several_people_are_for_a_cohort():
    with pytest.raises(InvalidInput, match="has 2 rows; send one person's"):
        read("albumin,glucose\n44,5.1\n45,5.2\n")
