"""The prediction against one biomarker's value."""

from typing import Any

import pytest
from agelens.charts import response
from agelens.clocks.base import Clock
from unit.charts.conftest import scored
from unit.charts.made_up import Wire, interval, result, row


def wires(*predictions: float, sure: bool = True, **other: Any) -> list[Wire]:
    return [
        result(base=p, interval=interval(p - 2, p + 3) if sure else None, **other)
        for p in predictions
    ]


def test_the_line_goes_through_the_predictions_within_their_intervals() -> None:
    figure = response("Albumin", "g/L", [40, 41, 42], wires(50, 49, 47))
    ribbon, line = figure.data
    assert list(line.x) == [40, 41, 42]
    assert list(line.y) == [50, 49, 47]
    assert max(y for y in ribbon.y if y is not None) == 53
    assert min(y for y in ribbon.y if y is not None) == 45
    assert "Albumin: 42 g/L<br><b>47.0 years</b><br>interval 45.0 to 50.0" in line.customdata


def test_the_ribbon_has_a_gap_where_an_interval_lacks() -> None:
    some = [*wires(50, 51), *wires(52, sure=False), *wires(53, 54)]
    ribbon, _ = response("Albumin", "g/L", [1, 2, 3, 4, 5], some).data
    assert {x for x in ribbon.x if x is not None} == {1, 2, 4, 5}


def test_without_intervals_there_is_the_line_alone() -> None:
    assert len(response("Albumin", "g/L", [1, 2], wires(50, 51, sure=False)).data) == 1


def test_the_measured_value_is_marked() -> None:
    figure = response("Albumin", "g/L", [1, 2], wires(50, 51), at=1.5)
    assert [shape.x0 for shape in figure.layout.shapes] == [1.5]
    assert "now" in figure.layout.annotations[0].text
    assert not response("Albumin", "g/L", [1, 2], wires(50, 51)).layout.shapes


def test_a_fraction_of_a_year_does_not_look_like_much() -> None:
    figure = response("Albumin", "g/L", [1, 2], wires(50.0, 50.02, sure=False))
    low, high = figure.layout.yaxis.range
    assert high - low >= 3.9
    assert low < 50 < high


def test_where_the_value_counts_as_a_limit_is_grey_and_told() -> None:
    rows = [row("albumin", 0.0, label="Albumin", clipped=n > 2) for n in range(5)]
    figure = response("Albumin", "g/L", list(range(5)), [result(each) for each in rows])
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(3, 4)]
    assert "Grey: Beyond the training data" in figure.layout.xaxis.title.text
    assert "Beyond the training data" in figure.data[0].customdata[4]
    assert "Beyond" not in figure.data[0].customdata[2]


def test_choices_are_points_that_no_line_joins() -> None:
    (points,) = response("Smoking", "", ["never", "former"], wires(50, 52), at="former").data
    assert points.mode == "markers"
    assert list(points.error_y.array) == [3, 3]
    assert list(points.error_y.arrayminus) == [2, 2]
    assert "Smoking: never" in points.customdata[0]


def test_each_value_needs_a_result() -> None:
    with pytest.raises(ValueError, match="shorter"):
        response("Albumin", "g/L", [1, 2], wires(50))


def test_of_a_shipped_clock_the_line_is_what_the_clock_says(clocks: dict[str, Clock]) -> None:
    values = [110.0, 130.0, 150.0]
    results = [scored(clocks["kaggle-age"], systolic_bp=value) for value in values]
    figure = response("Systolic blood pressure", "mmHg", values, results, at=128)
    assert list(figure.data[-1].y) == [each["prediction"] for each in results]
