"""The prediction on one line."""

from typing import Any

import plotly.graph_objects as go
import pytest
from agelens.charts import estimate, estimate_span
from unit.charts.made_up import interval, result


def texts(figure: go.Figure) -> str:
    return " ".join(text for trace in figure.data for text in trace.text or ())


def test_band_prediction_and_age_are_where_their_numbers_are() -> None:
    figure = estimate(result(base=45.3, interval=interval(36.2, 54.4)), chronological_age=52)
    band, ends, prediction, age = figure.data
    assert list(band.x) == list(ends.x) == [36.2, 54.4]
    assert list(prediction.x) == [45.3]
    assert list(age.x) == [52]
    for words in ("36.2", "54.4", "Biological age 45.3", "Your age 52<"):
        assert words in texts(figure)
    assert "90\N{NO-BREAK SPACE}% interval: 36.2 to 54.4 years" in band.hovertemplate


@pytest.mark.parametrize("prediction", [20.0, 45.3, 130.0, 3.2e7])
def test_everything_is_inside_the_axis(prediction: float) -> None:
    wire = result(base=prediction, interval=interval(prediction - 9, prediction + 9))
    figure = estimate(wire, chronological_age=52)
    low, high = figure.layout.xaxis.range
    assert all(low < x < high for trace in figure.data for x in trace.x)


def test_a_line_of_years_spans_twenty_however_narrow_the_interval() -> None:
    low, high = estimate_span(
        result(base=45.3, interval=interval(45.0, 45.6)), chronological_age=45
    )
    assert high - low >= 20 - 1e-9
    low, high = estimate_span(result(unit="SD", base=0.0, prediction=0.1))
    assert high - low >= 4 - 1e-9


def test_words_lean_inwards_at_the_edges() -> None:
    left, right = (estimate(result(base=x), chronological_age=52).data for x in (30.0, 80.0))
    assert [mark.textposition for mark in left] == ["top right", "bottom left"]
    assert [mark.textposition for mark in right] == ["top left", "bottom right"]


def test_two_figures_can_share_a_scale_and_their_words_lean_by_it() -> None:
    younger, older = result(base=30.0), result(base=80.0)
    spans = [estimate_span(wire) for wire in (younger, older)]
    both = (spans[0][0], spans[1][1])
    left, right = (estimate(wire, span=both) for wire in (younger, older))
    assert left.layout.xaxis.range == right.layout.xaxis.range == both
    assert left.data[-1].textposition == "top right"
    assert right.data[-1].textposition == "top left"


def test_without_interval_and_age_there_is_the_prediction_alone() -> None:
    figure = estimate(result(base=45.3))
    assert [list(trace.x) for trace in figure.data] == [[45.3]]


def test_a_clock_with_its_own_unit_is_read_from_its_base_value_not_from_an_age() -> None:
    figure = estimate(result(unit="SD", base=0.0, prediction=2.47), chronological_age=52)
    assert [list(trace.x) for trace in figure.data] == [[2.47], [0.0]]
    assert "Starting point 0.00" in texts(figure)
    assert "the middle" in figure.data[1].hovertemplate
    assert "years" not in figure.to_json()


def test_of_every_shipped_clock_the_prediction_is_marked(shipped_result: dict[str, Any]) -> None:
    figure = estimate(shipped_result, chronological_age=52)
    assert (shipped_result["prediction"],) in [tuple(trace.x) for trace in figure.data]
