"""Values stand in the unit in which they were typed."""

import pytest
from unit.dash_app.result.made_up import GLUCOSE, SMOKING, result, row, task

from dash_app import displayed_factors
from dash_app.pages.result.controls import range_of
from dash_app.pages.result.single_changes import nearest_edge
from dash_app.result_view import reference_scale

SCHEMA = {"glucose": GLUCOSE, "smoking_status": SMOKING}


def factor(schema=SCHEMA, contribution=None, **of_task):
    rows = [contribution or row()]
    (found,) = displayed_factors.factors_of(
        task(result=result(contributions=rows), **of_task), schema
    )
    return found


def test_a_value_stands_in_the_unit_that_was_typed():
    found = factor(contribution=row(value=109 * 0.05551), units={"glucose": "mg/dL"})
    assert found.text == "109 mg/dL"


def test_a_data_sets_name_brings_its_unit():
    found = factor(contribution=row(value=109 * 0.05551), answers={"Glucose Level (mg/dL)": 109})
    assert found.text == "109 mg/dL"


def test_without_a_unit_the_canonical_one_stands():
    assert factor().text == "6.1 mmol/L"


def test_a_factor_that_nobody_knows_any_more_keeps_its_own_unit():
    assert factor(schema={}, units={"glucose": "mg/dL"}).text == "6.1 mmol/L"


def test_what_was_not_measured_says_so():
    assert factor(contribution=row(value=None, imputed=True)).text == "not measured"


def test_a_choice_is_its_word():
    choice = row("smoking_status", value="former", unit="", reference_range=None)
    assert factor(contribution=choice).text == "former"


def test_the_ends_of_a_range_have_the_digits_of_the_unit():
    found = factor(units={"glucose": "mg/dL"})
    assert reference_scale.range_text(found) == "70 to 101 mg/dL"


@pytest.mark.parametrize(
    ("value", "where", "edge"),
    [(3.8, "below", 3.9), (3.9, "in range", None), (5.6, "in range", None), (5.7, "above", 5.6)],
)
def test_a_value_lies_below_in_or_above_its_range(value, where, edge):
    assert reference_scale.standing(value, 3.9, 5.6) == where
    assert nearest_edge(factor(contribution=row(value=value))) == edge


def test_an_open_end_is_never_passed():
    assert reference_scale.standing(-5.0, None, 5.6) == "in range"
    assert reference_scale.standing(500.0, 3.9, None) == "in range"
    half = row(reference_range={"low": None, "high": 5.6, "source": ""})
    assert reference_scale.range_text(factor(contribution=half)) == "up to 5.6 mmol/L"


def test_a_factor_without_a_range_has_no_nearest_edge():
    assert nearest_edge(factor(contribution=row(reference_range=None))) is None


def test_a_slider_is_in_the_persons_unit_around_the_persons_value():
    found = range_of(factor(units={"glucose": "mg/dL"}), trained=True)
    assert (found.low, found.high, found.step, found.decimals) == (60, 193, 1, 0)


def test_without_the_versions_training_range_a_slider_goes_over_what_is_plausible():
    found = range_of(factor(), trained=False)
    assert (found.low, found.high, found.decimals) == (1.5, 40.0, 1)


def test_a_slider_does_not_end_at_a_value_beyond_the_training_range():
    found = range_of(factor(contribution=row(value=23.0)), trained=True)
    assert (found.low, found.high) == (3.3, 23.7)


def test_what_is_not_in_the_schema_has_no_slider():
    assert range_of(factor(schema={}), trained=True) is None
