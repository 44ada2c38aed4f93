"""Predictions of many people against their ages."""

from typing import Any

import pytest
from agelens.charts import age_scatter

POINTS = [
    {"row": 1, "id": "A<1>", "age": 50.0, "prediction": 55.2, "low": 50.1, "high": 60.3},
    {"row": 1200, "id": None, "age": 61.5, "prediction": 58.0, "low": None, "high": None},
]
BANDS = [{"age_from": 50, "age_to": 55, "n": 30, "p10": 45.0, "median": 52.0, "p90": 59.0}]


def scatter(**other: Any) -> dict[str, Any]:
    told = {"unit": "years", "level": 0.9, "rows": 2, "points": POINTS, "bands": []}
    return told | other


def notes(figure: Any) -> str:
    return " ".join(note.text for note in figure.layout.annotations)


def test_points_intervals_and_the_line_of_equal_ages_are_drawn() -> None:
    equal, intervals, people = age_scatter(scatter()).data
    assert (list(equal.x), list(equal.y)) == ([50.0, 61.5], [50.0, 61.5])
    assert list(intervals.x) == [50.0, 50.0, None]
    assert list(intervals.y) == [50.1, 60.3, None]
    assert list(people.y) == [55.2, 58.0]


def test_the_hover_tells_the_row_and_nothing_that_was_measured() -> None:
    people = age_scatter(scatter()).data[-1]
    assert people.customdata[0] == (
        "<b>A&lt;1&gt; (row 1)</b><br>55.2 years at age 50<br>50.1 to 60.3"
    )
    assert people.customdata[1] == "<b>row 1,200</b><br>58.0 years at age 61.5"


def test_of_more_people_than_are_drawn_a_band_and_a_median_tell_the_rest() -> None:
    figure = age_scatter(scatter(rows=5000, bands=BANDS))
    low, high, *_, median = figure.data
    assert (list(low.y), list(high.y), list(median.y)) == ([45.0], [59.0], [52.0])
    assert list(median.x) == [52.5]
    assert "2 of 5,000 people, drawn by lot" in notes(figure)
    assert "80 %" in notes(figure)


def test_another_unit_has_no_line_of_equal_ages() -> None:
    points = [point | {"low": None, "high": None} for point in POINTS]
    figure = age_scatter(scatter(unit="SD", level=None, points=points))
    assert len(figure.data) == 1
    assert "(SD)" in figure.layout.yaxis.title.text
    assert "dashed" not in notes(figure)


def test_without_a_scored_row_it_says_so() -> None:
    figure = age_scatter(scatter(rows=0, points=[]))
    assert not figure.data
    assert "No results to show" in notes(figure)


def test_thousands_of_intervals_are_one_line() -> None:
    points = [POINTS[0] | {"row": row} for row in range(1, 2001)]
    figure = age_scatter(scatter(rows=2000, points=points))
    assert len(figure.data) == 3
    assert figure.data[1].line.width == pytest.approx(1)
