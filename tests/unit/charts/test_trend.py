"""Clocks' results by the day of measurement."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from agelens.charts import change_in_short, noise_verdict, series, trend
from agelens.charts.trend import SERIES
from unit.charts.test_style import DARK, WHITE, contrast


def change(of: float, real: bool | None, since: str = "t0", limit: float | None = 4.0) -> Any:
    limit = None if real is None else limit
    told = {"change": of, "real": real, "minimum_detectable_change": limit, "reason": None}
    return {"since": since, **told}


def point(day: str, prediction: float = 50.0, **other: Any) -> dict[str, Any]:
    told = {
        "task_id": f"task-{day}", "assessment_id": None, "created_at": f"{day}T10:00:00+00:00",
        "version": "1.0.0", "chronological_age": None, "change": None,
        "interval": {"low": prediction - 5, "high": prediction + 7, "level": 0.9, "method": "m"},
    }  # fmt: skip
    return {"measured_on": day, "prediction": prediction, **told, **other}


def clock(*points: dict[str, Any], model: str = "phenoage", unit: str = "years") -> dict[str, Any]:
    return {"model": model, "unit": unit, "points": list(points), "overall": None}


def dots(figure: go.Figure, model: str = "phenoage") -> go.Scatter:
    (found,) = [t for t in figure.data if t.meta == model and t.mode == "markers"]
    return found


def lines(figure: go.Figure, model: str = "phenoage") -> list[go.Scatter]:
    return [t for t in figure.data if t.meta == model and t.mode == "lines"]


def steps(line: go.Scatter) -> list[tuple[str, str]]:
    """The days that a line joins."""
    assert line.x[2::3] == (None,) * (len(line.x) // 3)
    return list(zip(line.x[0::3], line.x[1::3], strict=True))


def test_a_change_within_noise_is_grey_and_a_larger_one_has_the_colour_of_its_clock() -> None:
    figure = trend(
        [
            clock(
                point("2023-01-01", 50),
                point("2024-01-01", 51, change=change(1, False)),
                point("2025-01-01", 58, change=change(7, True)),
                point("2026-01-01", 57, change=change(-1, None)),
            )
        ]
    )
    real, noise, unknown = lines(figure)
    assert steps(real) == [("2024-01-01", "2025-01-01")]
    assert steps(noise) == [("2023-01-01", "2024-01-01")]
    assert steps(unknown) == [("2025-01-01", "2026-01-01")]
    assert real.line.color == series(0).colour == dots(figure).marker.color
    assert noise.line.color == "#868e96"
    assert unknown.line.dash == "dot"


def test_no_line_joins_two_versions_and_the_change_is_marked_between_them() -> None:
    versions = {"2026-01-01": "1.0.0", "2026-03-01": "1.1.0", "2026-05-01": "1.1.0"}
    points = [point(day, version=v, change=change(0, False)) for day, v in versions.items()]
    figure = trend([clock(*points)])
    assert [steps(line) for line in lines(figure)] == [[("2026-03-01", "2026-05-01")]]
    (mark,) = figure.layout.shapes
    assert mark.x0 == "2026-01-30"
    assert "version 1.1.0" in figure.layout.annotations[0].text


def test_several_clocks_differ_by_colour_and_by_shape() -> None:
    two = [clock(point("2026-01-01"), model=name) for name in ("phenoage", "kdm")]
    figure = trend(two, names={"kdm": "Klemera-Doubal"}, places={"phenoage": 3, "kdm": 1})
    one, other = dots(figure), dots(figure, "kdm")
    assert (one.marker.color, one.marker.symbol) == SERIES[3][:2]
    assert (other.marker.color, other.marker.symbol) == SERIES[1][:2]
    assert "Klemera-Doubal: 50.0 years" in other.customdata[0][1]
    assert len({style.colour for style in SERIES}) == len({s.symbol for s in SERIES}) == len(SERIES)
    assert series(len(SERIES)) == series(0)


@pytest.mark.parametrize("page", [WHITE, DARK])
def test_every_clock_stands_out_on_white_and_on_dark(page: str) -> None:
    assert min(contrast(style.colour, page) for style in SERIES) >= 3


def test_the_interval_is_drawn_where_there_is_one() -> None:
    found = dots(trend([clock(point("2026-01-01"), point("2026-02-01", interval=None))]))
    assert list(found.error_y.array) == [7.0, None]
    assert list(found.error_y.arrayminus) == [5.0, None]


def test_ones_own_age_is_a_line_of_its_own_once_a_day() -> None:
    days = ("2026-02-01", "2025-02-01")
    clocks = [
        clock(*(point(day, chronological_age=age) for day, age in zip(days, (52, 51), strict=True)), model=name)
        for name in ("phenoage", "kdm")
    ]  # fmt: skip
    ages = trend(clocks).data[0]
    assert (list(ages.x), list(ages.y)) == (["2025-02-01", "2026-02-01"], [51, 52])
    assert ages.meta is None
    without = trend([clock(point("2026-01-01"), point("2026-02-01", chronological_age="much"))])
    assert all(trace.meta for trace in without.data)


def test_a_point_says_which_result_it_is_and_how_it_changed() -> None:
    points = [
        point("2025-03-09", task_id="t0"),
        point("2026-03-09", 51.2, change=change(1.2, False)),
    ]
    identity, told = dots(trend([clock(*points)])).customdata[1]
    assert identity == "task-2026-03-09"
    for words in ("51.2 years", "9 Mar 2026", "interval 46.2 to 58.2", "version 1.0.0"):
        assert words in told
    assert "+1.2 years since 9 Mar 2025: within noise (up to 4.0 years)" in told


def test_a_single_day_has_room_for_last_years_result_and_no_line() -> None:
    figure = trend([clock(point("2026-03-09"))])
    assert lines(figure) == []
    first, last = figure.layout.xaxis.range
    assert first < "2025-03-09" < "2026-03-09" < last


@pytest.mark.parametrize(
    ("low", "high", "least"), [(50.0, 50.1, 20.0), (40.0, 70.0, 30.0), (20.0, 90.0, 70.0)]
)
def test_the_axis_spans_twenty_years_at_least(low: float, high: float, least: float) -> None:
    points = [point("2025-01-01", low, interval=None), point("2026-01-01", high, interval=None)]
    bottom, top = trend([clock(*points)]).layout.yaxis.range
    assert bottom < low < high < top
    assert top - bottom >= least


def test_only_what_is_shown_at_first_counts_for_the_axis() -> None:
    clocks = [clock(point("2026-01-01", 50)), clock(point("2026-01-01", 20), model="kdm")]
    figure = trend(clocks, shown=["phenoage"])
    assert [dots(figure, name).visible for name in ("phenoage", "kdm")] == [True, False]
    assert figure.layout.yaxis.range[0] > 30
    assert figure.layout.meta[0]["ends"] == {"phenoage": [45, 57], "kdm": [15, 27]}
    json.loads(figure.to_json())


def test_without_results_it_says_so() -> None:
    for nothing in ([], [clock()]):
        figure = trend(nothing)
        assert not figure.data
        assert "No results yet" in figure.layout.annotations[0].text


def test_another_unit_than_years_is_named_and_has_no_age() -> None:
    figure = trend([clock(point("2026-01-01", chronological_age=50), unit="SD")], unit="SD")
    assert "(SD)" in figure.layout.yaxis.title.text
    assert "years" not in figure.to_json()
    assert len(figure.data) == 1


def test_noise_in_two_or_three_words() -> None:
    words = {real: noise_verdict(real) for real in (True, False, None)}
    assert words == {True: "More than noise", False: "Within noise", None: "Noise not known"}


def test_a_change_in_a_line() -> None:
    assert change_in_short(change(7, True), "years", "1 May 2025") == (
        "+7.0 years since 1 May 2025: more than noise (up to 4.0 years)"
    )
    assert change_in_short(change(-0.5, None), "SD", "1 May 2025") == "−0.50 SD since 1 May 2025"
