"""Numbers as people write them, and values in the units that people know."""

from typing import Any

import pytest

from dash_app import number_text

GLUCOSE = {
    "kind": "number",
    "decimals": 1,
    "units": [
        {"unit": "mmol/L", "factor": 1.0, "offset": 0.0, "countries": []},
        {"unit": "mg/dL", "factor": 0.0555, "offset": 0.0, "countries": ["DE", "US"]},
    ],
}
# NGSP % = 0.09148 * IFCC mmol/mol + 2.152 (Hoelzel et al., Clin Chem 2004;50:166)
HBA1C = {
    "kind": "number",
    "decimals": 1,
    "units": [
        {"unit": "%", "factor": 1.0, "offset": 0.0, "countries": []},
        {"unit": "mmol/mol", "factor": 0.09148, "offset": 2.152, "countries": ["GB"]},
    ],
}


def feature(decimals: int | None, *units: tuple[str, float]) -> dict[str, Any]:
    return {
        "kind": "number",
        "decimals": decimals,
        "units": [{"unit": name, "factor": factor, "countries": []} for name, factor in units],
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5.1", 5.1),
        ("5,1", 5.1),
        (" 95 ", 95.0),
        ("0,885", 0.885),
        (",5", 0.5),
        (".5", 0.5),
        ("5,", 5.0),
        ("-0,12", -0.12),
        ("\N{MINUS SIGN}0.12", -0.12),
        ("+3", 3.0),
        ("1e3", 1000.0),
        ("1,5E-3", 0.0015),
        ("1 234,5", 1234.5),
        ("1\N{NO-BREAK SPACE}234.5", 1234.5),
        ("1\N{NARROW NO-BREAK SPACE}234\N{THIN SPACE}567", 1234567.0),
    ],
)
def test_a_number_may_have_a_point_a_comma_or_spaces_between_thousands(
    typed: str, meant: float
) -> None:
    assert number_text.parse_number(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "1.234,5",
        "1,000",
        "\N{MINUS SIGN}5,125",
        "1,234.5",
        "1,234,567",
        "1.234.567",
        "12 34",
        "1 2",
        "1234 567",
        "120/80",
        "5.1 mmol/L",
        "<5",
        "~5",
        "nan",
        "inf",
        "Infinity",
        "1e999",
        "0x10",
        "1_000",
        "\u0665",
        "--5",
        "e5",
        ".",
        ",",
        "-",
    ],
)
def test_what_could_mean_two_numbers_or_none_stays_a_text(typed: str) -> None:
    assert number_text.parse_number(typed) == typed


def test_a_text_loses_only_the_space_around_it() -> None:
    assert number_text.parse_number("  not measured ") == "not measured"


def test_nothing_is_no_number() -> None:
    assert number_text.parse_number("  ") == ""


def test_a_value_is_converted_to_and_from_a_unit_with_an_offset() -> None:
    # 6.5 % is 48 mmol/mol, the diagnostic threshold of WHO 2011
    assert number_text.in_unit(HBA1C, 6.5, "mmol/mol") == pytest.approx(47.5, abs=0.05)
    assert number_text.canonical(HBA1C, 48, "mmol/mol") == pytest.approx(6.543, abs=0.001)
    assert number_text.in_unit_text(HBA1C, 6.5, "mmol/mol") == "48"


@pytest.mark.parametrize("unit", ["mmol/L", "mg/dL"])
@pytest.mark.parametrize("value", [0.0, 5.1, 27.3])
def test_there_and_back_again_is_the_same_value(unit: str, value: float) -> None:
    there = number_text.in_unit(GLUCOSE, value, unit)
    assert number_text.canonical(GLUCOSE, there, unit) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("unit", [None, "", "furlong"])
def test_an_unknown_unit_counts_as_the_canonical_one(unit: str | None) -> None:
    assert number_text.unit_of(GLUCOSE, unit)["unit"] == "mmol/L"


@pytest.mark.parametrize(
    ("country", "unit"), [("DE", "mg/dL"), ("FR", "mmol/L"), (None, "mmol/L"), ("", "mmol/L")]
)
def test_a_country_has_its_usual_unit(country: str | None, unit: str) -> None:
    assert number_text.usual_unit(GLUCOSE, country) == unit


@pytest.mark.parametrize(
    ("canonical_decimals", "factor", "shown"),
    [
        (0, 1.0, 0),
        (0, 10.0, 1),  # albumin: 47 g/L is 4.7 g/dL
        (1, 0.0555, 0),  # glucose: 5.1 mmol/L is 92 mg/dL
        (1, 0.02586, 0),  # cholesterol
        (0, 88.42, 2),  # creatinine: 75 umol/L is 0.85 mg/dL
        (0, 59.48, 2),  # uric acid
        (0, 17.1, 1),  # bilirubin: as reports print it
        (0, 2.54, 1),  # height: half an inch matters
        (0, 30.48, 2),  # feet
        (2, 0.001, 0),  # g/cm2 in mg/cm2
        (3, 0.001, 0),
        (0, 0.001, 0),  # never below none
        (1, 7.50062, 2),
    ],
)
def test_a_larger_unit_is_shown_with_more_decimals(
    canonical_decimals: int, factor: float, shown: int
) -> None:
    entry = feature(canonical_decimals, ("canonical", 1.0), ("other", factor))
    assert number_text.decimals(entry, "canonical") == canonical_decimals
    assert number_text.decimals(entry, "other") == shown


@pytest.mark.parametrize("factor", [1.0, 10.0, 0.0555, 0.02586, 88.42, 17.1, 2.54, 30.48, 0.45359])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_what_is_shown_is_about_as_precise_as_the_canonical_value(
    factor: float, decimals: int
) -> None:
    entry = feature(decimals, ("canonical", 1.0), ("other", factor))
    step = 10.0**-decimals
    for value in (4.2, 47.0, 163.7):
        back = number_text.canonical(
            entry, float(number_text.in_unit_text(entry, value, "other")), "other"
        )
        assert abs(back - value) <= 0.9 * max(step, factor / 2)


def test_decimals_that_no_registry_gave_are_two() -> None:
    assert number_text.decimals(feature(None, ("x", 1.0)), "x") == 2
    assert number_text.decimals({"units": [{"unit": "x", "factor": 1.0}]}, "x") == 2


def test_a_value_is_written_as_one_would_type_it() -> None:
    density = feature(2, ("g/cm2", 1.0))
    assert number_text.in_unit_text(density, -0.125) == "-0.12"
    assert number_text.in_unit_text(density, -0.001) == "0.00"
    assert number_text.in_unit_text(GLUCOSE, 5.1, "mg/dL") == "92"


@pytest.mark.parametrize(
    ("credits", "shown"), [(50, "+50"), (-10, "−10"), (-12345, "−12,345"), (0, "0")]
)
def test_credits_that_came_or_went_have_a_sign(credits: int, shown: str) -> None:
    assert number_text.signed_credits(credits) == shown


@pytest.mark.parametrize(
    ("typed", "credits"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("+50", 50),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1,000", 1000),
        ("1.000", 1000),
        ("12,345,678", 12345678),
        ("1'000", 1000),
        ("50,00", 50),
        ("50.0", 50),
        ("0", 0),
        ("-5", -5),
    ],
)
def test_whole_credits_however_they_are_grouped(typed: str, credits: int) -> None:
    assert number_text.parse_credits(typed) == credits


@pytest.mark.parametrize("typed", ["fifty", "50,5", "1e3", "", "1,00,000", "٥٠", "5" * 30])
def test_anything_else_stays_what_was_typed_for_the_service_to_judge(typed: str) -> None:
    assert number_text.parse_credits(typed) == typed
