"""Predictions over time."""

import json
from datetime import UTC, datetime
from typing import Any

import plotly.graph_objects as go
from agelens.charts import trend


def point(when: object, version: str = "1.0.0", **other: Any) -> dict[str, Any]:
    told = {"prediction": 50.0, "low": 45.0, "high": 57.0, "chronological_age": None, "id": "t"}
    return {"when": when, "version": version, **told, **other}


def runs(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.legendgroup == "prediction"]


def test_a_line_joins_the_predictions_of_one_version_only() -> None:
    versions = ["1.0.0", "1.0.0", "1.1.0", "1.1.0", "1.1.0"]
    points = [point(f"2026-0{n + 1}-01", v, prediction=n) for n, v in enumerate(versions)]
    assert [list(run.y) for run in runs(trend(points))] == [[0, 1], [2, 3, 4]]
    assert [run.showlegend for run in runs(trend(points))] == [True, False]


def test_each_change_of_the_version_is_marked_between_the_two_points() -> None:
    dated = {1: "1.0.0", 3: "1.1.0", 5: "1.0.0", 7: "1.0.0"}
    points = [point(f"2026-01-0{day}", version) for day, version in dated.items()]
    figure = trend(points)
    assert [shape.x0 for shape in figure.layout.shapes] == [
        datetime(2026, 1, 2, tzinfo=UTC),
        datetime(2026, 1, 4, tzinfo=UTC),
    ]
    assert ["1.1.0" in note.text for note in figure.layout.annotations] == [True, False]
    assert not trend(points[:1]).layout.shapes


def test_an_interval_is_a_bar_from_low_to_high_where_there_is_one() -> None:
    (run,) = runs(trend([point("2026-01-01"), point("2026-02-01", low=None, high=None)]))
    assert list(run.error_y.array) == [7.0, None]
    assert list(run.error_y.arrayminus) == [5.0, None]


def test_the_chronological_age_is_a_line_of_its_own_where_it_is_known() -> None:
    points = [point("2026-01-01"), point("2026-02-01", chronological_age=52.1)]
    ages = trend(points).data[-1]
    assert list(ages.y) == [52.1]
    assert len(trend(points[:1]).data) == 1


def test_a_point_says_which_result_it_is() -> None:
    (run,) = runs(trend([point("2026-03-09T10:00:00+00:00", id="task-7")]))
    identity, told = run.customdata[0]
    assert identity == "task-7"
    for words in ("50.0 years", "09 March 2026", "interval 45.0 to 57.0", "model 1.0.0"):
        assert words in told


def test_one_point_has_days_around_it() -> None:
    first, last = trend([point("2026-03-09")]).layout.xaxis.range
    assert first < datetime(2026, 3, 1, tzinfo=UTC) < datetime(2026, 3, 16, tzinfo=UTC) < last


def test_datetimes_and_text_of_any_zone_mix() -> None:
    whens = [datetime(2026, 1, 1), "2026-01-02T00:00:00+02:00", datetime(2026, 1, 3, tzinfo=UTC)]  # noqa: DTZ001
    (run,) = runs(trend([point(when) for when in whens]))
    assert list(run.x) == sorted(run.x)
    json.loads(trend([point(when) for when in whens]).to_json())


def test_without_results_it_says_so() -> None:
    figure = trend([])
    assert not figure.data
    assert "No results yet" in figure.layout.annotations[0].text


def test_another_unit_than_years_is_named() -> None:
    figure = trend([point("2026-01-01")], unit="SD")
    assert "(SD)" in figure.layout.yaxis.title.text
    assert "years" not in figure.to_json()
