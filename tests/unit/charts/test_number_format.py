"""Numbers, units and values as people read them."""

import pytest
from agelens.charts import amount, value_text
from agelens.charts.number_format import direction, number, share, values_text, whole
from unit.charts.made_up import row


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (2.1, "+2.1 years"),
        (-1.44, "\N{MINUS SIGN}1.4 years"),
        (0.04, "0.0 years"),
        (-0.04, "0.0 years"),
        (1234.56, "+1,234.6 years"),
        (-2.5e9, "\N{MINUS SIGN}2.5e9 years"),
    ],
)
def test_an_amount_has_a_sign_unless_it_rounds_to_zero(years: float, words: str) -> None:
    assert amount(years) == words


def test_another_unit_than_years_has_a_digit_more() -> None:
    assert amount(0.456, "SD") == "+0.46 SD"
    assert number(-0.001, "SD") == "0.00"


def test_an_age_is_said_as_people_say_it() -> None:
    assert [whole(52), whole(52.0), whole(52.44), whole(100)] == ["52", "52", "52.4", "100"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (145.0, "mmHg", "145 mmHg"),
        (5.44, "mmol/L", "5.44 mmol/L"),
        (12.346, "%", "12.35\N{NO-BREAK SPACE}%"),
        (0.0521, "mg/L", "0.052 mg/L"),
        (0.0, "mg/L", "0 mg/L"),
        (-0.1291, "g/cm²", "\N{MINUS SIGN}0.129 g/cm²"),
        (2132.8, "U/L", "2,133 U/L"),
        (6.2, "10^9/L", "6.2 ×10⁹/L"),
        (72.0, "umol/L", "72 µmol/L"),
        ("former", "", "former"),
        (None, "mg/L", "not measured"),
    ],
)
def test_a_value_is_told_as_a_laboratory_prints_it(
    value: float | str | None, unit: str, words: str
) -> None:
    assert value_text(row("a", 1.0, value=value, unit=unit)) == words


def test_two_values_share_their_unit() -> None:
    low, high = row("a", 1.0, value=128.0, unit="mmHg"), row("a", 1.0, value=190.0, unit="mmHg")
    assert values_text(low, high) == "128 → 190 mmHg"
    assert values_text(low, low) == "128 mmHg"
    assert values_text(low, None) == "128 mmHg → not measured"
    assert values_text(row("a", 1.0, imputed=True), high) == "not measured → 190 mmHg"
    smoked = [row("s", 1.0, value=said, unit="") for said in ("former", "current")]
    assert values_text(*smoked) == "former → current"


def test_only_ages_are_older_or_younger() -> None:
    assert [direction(c, "years") for c in (1, -1, 0)] == ["older", "younger", "no difference"]
    assert [direction(c, "SD") for c in (1, -1)] == ["higher", "lower"]


def test_a_level_is_a_percentage() -> None:
    said = [share(0.9), share(0.95), share(0.999)]
    assert said == [f"{level}\N{NO-BREAK SPACE}%" for level in ("90", "95", "99.9")]
