"""Pasted lines: names, limits, units, ranges, flags and dates as laboratories print them."""

import time
from datetime import date

import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.lab_reports import dates
from agelens.tables.lab_reports.reading import read_report
from unit.tables.lab_reports.reading_of import one, read, reasons, values


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Albumin 4.2 g/dL", (4.2, "g/dL")),
        ("ALBUMIN, SERUM  4.2 g/dL  3.5 - 5.0", (4.2, "g/dL")),
        ("Albumin 4.2 3.5-5.0 g/dL", (4.2, "g/dL")),
        ("Albumin (BCG) i.S. 42 g/l", None),
        ("Albumin i.S. ...: 42 g/l (35-52)", (42, "g/L")),
        ("S-Albumin 42 g/L", (42, "g/L")),
        ("Albumin [g/dL]: 4.2", (4.2, "g/dL")),
        ("* Albumin 3.1 L g/dL 3.5-5.0", (3.1, "g/dL")),
        ("HbA1c: 5.6 % (4.0-5.6)", (5.6, "%")),
        ("HbA1c (IFCC) 38 mmol/mol Hb <42", (38, "mmol/mol")),
        ("Glucose 105 H 65-99 mg/dL", (105, "mg/dL")),
        ("Glucose, fasting = 5.3 mmol/L", (5.3, "mmol/L")),
        ("Fasting glucose 95 mg/dL HIGH", (95, "mg/dL")),
        ("fP-Glukose 5,3 mmol/l", (5.3, "mmol/L")),
        ("WBC 5.4 x10E3/uL 3.4-10.8", (5.4, "10^9/L")),
        ("WBC (10^9/L) 7.1", (7.1, "10^9/L")),
        ("WBC 10^9/L 7.1", (7.1, "10^9/L")),
        ("Leukozyten 7,1 /nl 4,0 - 10,0", (7.1, "10^9/L")),
        ("Leukozyten\t7,1\t10⁹/L\t4,0 - 10,0", (7.1, "10^9/L")),
        ("White blood cells 7100 cells/uL", (7100, "cells/uL")),
        ("Lymphs 31 %", (31, "%")),
        ("LYM% 31.4", (31.4, "%")),
        ("Cystatin C 0.88 mg/L", (0.88, "mg/L")),
        ("Alk. Phosphatase 71 IU/L (44-121)", (71, "U/L")),
        ("GGT 22 U/L *", (22, "U/L")),
        ("γ-GT 0,45 µkat/l", (0.45, "ukat/L")),
        ("Urea 32 mg/dL", (32, "mg/dL urea")),
        ("Harnstoff 5,1 mmol/l", (5.1, "mmol/L")),
        ("BUN 15 mg/dL", (15, "mg/dL")),
        ("Kreatinin 0,88 mg/dl", (0.88, "mg/dL")),
        ("Глюкоза 5,2 ммоль/л (3,9-6,1)", (5.2, "mmol/L")),
        ("RDW-CV 13.1 % 11.7-15.4", (13.1, "%")),
        ("MCV 91", (91, "fL")),
        ("Triglycerides  1,250.5 mg/dL", (1250.5, "mg/dL")),
        ("Weight 77 kg", (77, "kg")),
        ("Albumin 01 4.4 g/dL 3.8-4.9", (4.4, "g/dL")),
        ("HDL CHOLESTEROL   52    > OR = 40 mg/dL   EN", (52, "mg/dL")),
        ("UREA NITROGEN (BUN)  15   7-25 mg/dL", (15, "mg/dL")),
        ("Erythrozytenverteilungsbreite (RDW-CV) 13,2 %", (13.2, "%")),
        ("Plasma glucose level: 5.1 mmol/L", (5.1, "mmol/L")),
        ("Haemoglobin A1c level - IFCC standardised: 37 mmol/mol", (37, "mmol/mol")),
        ("Harnsäure + 7,4 mg/dl 3,4 - 7,0", (7.4, "mg/dL")),
        ("25-OH Vitamin D 30 ng/mL", (30, "ng/mL")),
        ("Neutrophils 4.2 10^9/L", (4.2, "10^9/L")),
        ("Monocytes (Absolute) 0.5 x10E3/uL", (0.5, "10^9/L")),
        ("MCH 30.1 pg 26.6-33.0", (30.1, "pg")),
        ("ALT (SGPT) 22 IU/L 0-44", (22, "U/L")),
    ],
)
def test_a_line_is_read(line, expected):
    if expected is None:
        assert read(line)["answers"] == {}
    else:
        assert one(line) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Vitamin B12 350 pg/mL", "is not a biomarker"),
        ("Ferritin 30 ng/mL", "is not a biomarker"),
        ("Neutrophils 58 %", "this is a share of white cells"),
        ("Monocytes % 7.1 %", "this is a share of white cells"),
        ("PDW 11.9 fL", "PDW in fL"),
        ("MCHC 33.4 g/dL", "MCHC"),
        ("Hemoglobin 14 g/dL", "is not a biomarker"),
        ("Albumin/Creatinine ratio 4 mg/g", "is not a biomarker"),
        ("Glucose (urine) 5 mmol/L", "is not a biomarker"),
        ("Creatinine, urine 90 mg/dL", "is not a biomarker"),
        ("Lymphocytes 1.86 10^9/L", "an absolute lymphocyte count"),
        ("Lymphs (Absolute) 1.8 x10E3/uL", "an absolute lymphocyte count"),
        ("RDW-SD 42.1 fL", "RDW-CV"),
        ("RDW 42.1 fL", "RDW-CV"),
        ("CRP 12 nmol/L", "give CRP in mg/L"),
        ("WBC 7,100 /uL", "can be read as 7100 or as 7.100"),
        ("BUN 15", "has no unit"),
        ("Albumin 42 mg/mmol", "is none of g/L, g/dL"),
        ("Albumin 42 g/dL", "42 would fit in g/L"),
        ("Glucose 120 min 7.8 mmol/L", "has a second number"),
        ("Plasma glucose 2 hour level: 7.0 mmol/L", "has a second number"),
        ("Albumin 2 4.2 g/dL", "has a second number"),
        ("Glucose 98 High 94 mg/dL", "has a second number"),
        ("Kreatinin im Urin 110 mg/dl", "is not a biomarker"),
        ("EVB (RDW-SD) 42 fL", "RDW-CV"),
        ("NON HDL CHOLESTEROL 133 H <130 mg/dL (calc)", "is not a biomarker"),
        ("Lymphozyten abs. 2,0 /nl 1,1 - 4,5", "an absolute lymphocyte count"),
        ("Total protein 72 g/L", "is not a biomarker"),
    ],
)
def test_a_line_that_is_something_else_is_named_with_the_reason(line, reason):
    assert read(line)["answers"] == {}
    assert reason in reasons(line)[line]


def test_limits_are_proposed_with_a_warning():
    report = read("CRP <0.5 mg/L\nHbA1c > 14 %\n")
    assert report["answers"] == {"crp": 0.5, "hba1c": 14}
    assert "The report says < 0.5 mg/L; the limit is proposed" in report["found"][1]["warnings"]


def test_both_pressures_are_in_one_line():
    for line in (
        "Blood pressure 128/82 mmHg",
        "RR: 128/82",
        "BP 128 / 82 mm Hg",
        "Blutdruck 128/82",
    ):
        assert values(read(line)) == {"systolic_bp": (128, "mmHg"), "diastolic_bp": (82, "mmHg")}


def test_a_whole_report_is_read_with_its_person_and_day():
    report = read(
        """
        CITY LABORATORY      Page 1 of 2
        Patient: Doe, Jane   DOB: 03/14/1970   Sex: F
        Collected: 2024-03-01 08:15    Reported: 2024-03-03
        Printed: 2024-03-04
        COMPREHENSIVE METABOLIC PANEL
        Gender: F  Fasting: Y
        Test            Result   Reference
        Glucose           98 mg/dL     65-99
        eGFR              95 mL/min/1.73
        Albumin          4.4 g/dL     3.8-4.9
        """
    )
    assert values(report) == {
        "glucose": (98, "mg/dL"),
        "albumin": (4.4, "g/dL"),
        "sex": ("female", ""),
    }
    assert (report["measured_on"], report["chronological_age"]) == ("2024-03-01", 54.0)


def test_dates_of_one_report_have_one_order():
    report = read("DOB: 05/12/1962 AGE: 61 Gender: M\nCollected: 11/28/2023\nMCV 90.8 fL")
    assert (report["measured_on"], report["chronological_age"]) == ("2023-11-28", 61.5)
    assert report["answers"]["sex"] == "male"
    report = read("DOB: 05/12/1962\nCollected: 28/11/2023\nMCV 90.8 fL")
    assert report["chronological_age"] == 61.0
    assert read("Age: 61 years\nMCV 90 fL")["chronological_age"] == 61


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-01", "2024-03-01"),
        ("01.03.2024", "2024-03-01"),
        ("1.3.24", "2024-03-01"),
        ("03/25/2024", "2024-03-25"),
        ("25/03/2024", "2024-03-25"),
        ("1 March 2024", "2024-03-01"),
        ("Mar 1, 2024", "2024-03-01"),
        ("1. März 2024", "2024-03-01"),
        ("2024-03-01T08:15:00Z", "2024-03-01"),
        ("03/04/2024", None),
        ("31.02.2024", None),
    ],
)
def test_a_date_is_that_of_its_line_or_of_what_follows(written, day):
    assert read(f"Albumin 42 g/L {written}")["found"][0]["date"] == day
    assert read(f"Collected {written}\nAlbumin 42 g/L")["measured_on"] == day


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Lab report 12 March 2025", "2025-03-12"),
        ("Laboratory report of March 12th, 2025", "2025-03-12"),
        ("Результаты анализов от 12.03.2025", "2025-03-12"),
        ("Collected: 13/03/2025 08:15", "2025-03-13"),
        ("Datum der Abnahme: 12.03.2025", "2025-03-12"),
        ("Дата забора: 12.03.2025", "2025-03-12"),
        ("Дата взятия биоматериала: 12 марта 2025 г. 08:15", "2025-03-12"),
        ("Collection date 2025-03-12", "2025-03-12"),
        ("Date of collection: Mar 12, 2025", "2025-03-12"),
        ("Date of collection: 12th of March 2025", "2025-03-12"),
        ("Reported: 14 March 2025   Collected: 12 March 2025", "2025-03-12"),
        ("Дата забора: 12.03.2025 Дата рождения: 01.02.1970", "2025-03-12"),
        ("Lab report 14 March 2025\nCollected: 12 March 2025", "2025-03-12"),
        ("Дата рождения: 01.02.1970", None),
        ("Date of birth: 1 February 1970", None),
        ("Printed: 14 March 2025", None),
        ("Report date: 14 March 2025", None),
        ("Дата печати: 14.03.2025", None),
        ("Дата выдачи: 14.03.2025", None),
        ("Druckdatum: 14.03.2025", None),
    ],
)
def test_the_day_of_the_blood_draw_is_found_in_the_head_of_a_report(line, day):
    report = read(f"{line}\nAlbumin 42 g/L")
    assert (report["measured_on"], report["possible_days"]) == (day, [])
    assert report["answers"] == {"albumin": 42}


def test_a_day_that_is_only_in_the_heading_is_to_be_checked():
    said = "The date is that of the report: check that the blood was drawn on that day"
    assert said in read("Lab report 12 March 2025\nAlbumin 42 g/L")["warnings"]
    assert said not in read("Collected 12 March 2025\nAlbumin 42 g/L")["warnings"]


@pytest.mark.parametrize("line", ["Collected: 03/04/2025 08:15", "Lab report 03/04/2025"])
@pytest.mark.parametrize(
    ("rest", "country", "days"),
    [
        ("", None, ["2025-04-03", "2025-03-04"]),
        ("", "CA", ["2025-04-03", "2025-03-04"]),  # where both are written
        ("", "US", ["2025-03-04"]),
        ("", "GB", ["2025-04-03"]),
        ("Printed: 03/25/2025\n", None, ["2025-03-04"]),
        ("Printed: 25/03/2025\n", "US", ["2025-04-03"]),  # the report knows better
        ("DOB: 22/01/1970\n", None, ["2025-04-03"]),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_decided_or_asked(line, rest, country, days):
    report = read_report(f"{line}\n{rest}Albumin 42 g/L".encode(), country=country)
    if len(days) == 1:
        assert (report["measured_on"], report["possible_days"]) == (days[0], [])
    else:
        assert (report["measured_on"], report["possible_days"]) == (None, days)
        assert "The date 03/04/2025 can be read in two ways" in report["warnings"][0]


def test_a_day_that_is_still_to_come_is_not_meant(monkeypatch):
    monkeypatch.setattr(dates, "latest", lambda: date(2025, 6, 1))
    report = read("Collected: 03/12/2025\nAlbumin 42 g/L")
    assert (report["measured_on"], report["possible_days"]) == ("2025-03-12", [])


def test_a_column_of_dates_is_asked_about_as_well():
    row = "albumin (g/L),crp (mg/L),date\n42,1,03/04/2025"
    assert read(row)["possible_days"] == ["2025-04-03", "2025-03-04"]
    assert read_report(row.encode(), country="US")["measured_on"] == "2025-03-04"


def test_a_label_within_a_sentence_begins_small():
    said = read("BP 82/128 mmHg")["warnings"][0]
    assert said.startswith("Diastolic blood pressure must be below systolic blood pressure; were")


def test_each_value_keeps_its_own_date():
    report = read("Albumin 40 g/L 2022-01-01\nAlbumin 42 g/L 2024-01-01\nMCV 90 fL 2023-01-01")
    assert report["answers"] == {"albumin": 42, "mean_cell_volume": 90}
    assert report["measured_on"] == "2024-01-01"
    assert "from 2023-01-01 to 2024-01-01" in report["warnings"][0]


def test_german_lines_of_cells_are_read():
    report = read(
        "Untersuchung;Ergebnis;Einheit;Referenz;Bewertung\n"
        "Albumin;42,1;g/l;35 - 52;\n"
        "CRP;< 0,5;mg/l;< 5;\n"
        "Glukose;5,9;mmol/l;3,9-5,6;H\n"
        "MCV;1.200;fL;80-100;H\n"
        "Abnahme: 12.03.2024\n"
    )
    assert values(report) == {
        "albumin": (42.1, "g/L"),
        "crp": (0.5, "mg/L"),
        "glucose": (5.9, "mmol/L"),
    }
    assert report["measured_on"] == "2024-03-12"
    assert "can be read as 1200 or as 1.200" in report["not_understood"][0]["reason"]


def test_one_name_with_two_values_is_said():
    report = read("Albumin 42 g/L\nAlbumin 4.9 g/dL\n")
    assert report["answers"] == {"albumin": 42}
    assert report["warnings"] == ["Albumin has several values; the first one is proposed"]
    assert read("HbA1c 5.6 %\nHbA1c 38 mmol/mol\n")["warnings"] == []


def test_encodings_of_files_are_read():
    text = "Größe 166 cm\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        report = read_report(text.encode(encoding))
        assert report["answers"] == {"height": 166}
        assert bool(report["warnings"]) == (encoding == "cp1252")


@pytest.mark.parametrize("text", ["", "\n \n", "\0" * 100, "a\n" * 6000, "a" * 2**21])
def test_what_is_no_text_of_a_report_is_refused(text):
    with pytest.raises(InvalidInput):
        read(text)


@pytest.mark.parametrize(
    "line",
    [
        "1 " * 490,
        "albumin 1 " * 90,
        "mar 1, " * 140,
        "a" + " " * 990 + "b",
        "(" * 990,
        "1/2/" * 240,
    ],
)
def test_as_much_text_of_odd_lines_as_may_be_is_read_in_bounded_time(line):
    began = time.process_time()
    read("\n".join([line] * 250))
    assert time.process_time() - began < 5


def test_a_long_line_is_named_and_the_others_are_read():
    report = read("x1 " * 1000 + "\nAlbumin 42 g/L")
    assert report["answers"] == {"albumin": 42}
    assert "longer" in report["not_understood"][0]["reason"]
