"""A result in the words that all pages share."""

from typing import Any

import pytest
from agelens import charts
from unit.dash_app.result.made_up import result, task

from dash_app import result_format


@pytest.mark.parametrize(
    ("prediction", "unit", "shown"),
    [(52.34, "years", "52.3 years"), (3.111, "SD", "3.11 SD"), (-1.25, "years", "−1.2 years")],
)
def test_a_result_in_its_unit(prediction: float, unit: str, shown: str) -> None:
    found = task(result=result(prediction=prediction, unit=unit))
    assert result_format.prediction(found) == shown


def test_an_interval_where_there_is_one() -> None:
    known: dict[str, Any] = {"low": 44.04, "high": 58.5, "level": 0.9, "method": "made up"}
    assert result_format.interval(task(result=result(interval=known))) == "44.0 to 58.5"
    assert result_format.interval(task(result=result(interval=None))) == ""


def test_the_gap_is_the_one_that_the_service_gives() -> None:
    gap = {"raw": -2.0, "adjusted": None, "percentile": None, "reference": None}
    assert result_format.gap_years(task(result=result(age_gap=gap))) == -2
    assert result_format.gap_years(task(result=result(age_gap=None))) is None


@pytest.mark.parametrize(
    ("change", "colour"),
    [(0.1, "older"), (-0.1, "younger"), (0.0, ""), (0.04, ""), (-0.04, "")],
)
def test_what_is_shown_as_neither_older_nor_younger_has_no_colour(
    change: float, colour: str
) -> None:
    assert result_format.change_class(charts.amount(change)) == colour


def test_as_many_digits_as_are_shown_decide_the_colour() -> None:
    assert result_format.change_class(charts.amount(0.04, "SD")) == "older"
