import pytest
from agelens.domain.units import Unit, find_unit, unit_key, with_unit

FAHRENHEIT = Unit("°F", 5 / 9, -160 / 9, ("US",))
GLUCOSE = (Unit("mmol/L"), Unit("mg/dL", 0.0555))


@pytest.mark.parametrize(("fahrenheit", "celsius"), [(32, 0), (212, 100), (-40, -40)])
def test_a_unit_with_an_offset_converts_both_ways(fahrenheit: float, celsius: float) -> None:
    """Water freezes at 32 °F and boils at 212; at 40 below, the scales meet."""
    assert FAHRENHEIT.to_canonical(fahrenheit) == pytest.approx(celsius, abs=1e-12)
    assert FAHRENHEIT.from_canonical(celsius) == pytest.approx(fahrenheit)


def test_a_unit_is_canonical_and_of_no_country_unless_said_otherwise() -> None:
    unit = Unit("mmol/L")
    assert (unit.to_canonical(5.5), unit.from_canonical(5.5)) == (5.5, 5.5)
    assert unit.describe() == {"unit": "mmol/L", "factor": 1.0, "offset": 0.0, "countries": []}


def test_a_unit_is_described_with_what_a_client_needs_to_convert() -> None:
    assert Unit("°F", 0.5, -16.0, ("US", "LR")).describe() == {
        "unit": "°F",
        "factor": 0.5,
        "offset": -16.0,
        "countries": ["US", "LR"],
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\N{MICRO SIGN}mol/L", "umol/L"),
        ("\N{GREEK SMALL LETTER MU}mol/L", "UMOL/L"),
        ("g/cm²", "g/cm2"),
        (" mg / dL ", "mg/dl"),
    ],
)
def test_spellings_of_one_unit_are_comparable(one: str, other: str) -> None:
    assert unit_key(one) == unit_key(other)


def test_different_units_are_not_comparable() -> None:
    assert len({unit_key(name) for name in ("mg/L", "mg/dL", "ug/L", "g/L")}) == 4


def test_a_unit_is_found_by_any_spelling_and_only_among_the_accepted() -> None:
    assert find_unit(GLUCOSE, "MG/DL") is GLUCOSE[1]
    assert find_unit(GLUCOSE, "mmol/l") is GLUCOSE[0]
    assert find_unit(GLUCOSE, "g/L") is None
    assert find_unit((), "mmol/L") is None


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        (5.0, "mmol/L", "5 mmol/L"),
        (0.1 + 0.2, "g/L", "0.3 g/L"),
        (1234567.0, "", "1.23457e+06"),
        (40.0, "", "40"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: float, unit: str, written: str) -> None:
    assert with_unit(number, unit) == written
