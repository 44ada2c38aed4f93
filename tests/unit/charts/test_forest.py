"""The answers of several clocks to one panel, a row each."""

from typing import Any

import plotly.graph_objects as go
import pytest
from agelens.charts import CONFIG, OLDER, YOUNGER, forest
from agelens.charts.style import NEUTRAL
from agelens.clocks.base import Clock
from unit.charts.conftest import scored
from unit.charts.made_up import gap, interval, result

OLD = result(base=60.0, interval=interval(56, 64), age_gap=gap(8.0, 8.0, 90.0))
SURE = result(base=45.0, age_gap=gap(-7.0, -4.0, 20.0))
UNSURE = result(base=50.0, interval=interval(40, 60), age_gap=gap(-2.0, -2.0, 40.0))
OTHER = result(base=0.0, prediction=2.5, unit="SD", rank={"percentile": 12.0})


def drawn(figure: go.Figure, axis: str = "x") -> list[Any]:
    return [trace for trace in figure.data if (trace.xaxis or "x") == axis]


def points(figure: go.Figure, axis: str = "x") -> list[tuple[float, int, str]]:
    """Where each clock's diamond is, on which row, in which colour."""
    (trace,) = [each for each in drawn(figure, axis) if each.marker.symbol == "diamond"]
    return list(zip(trace.x, trace.y, trace.marker.color, strict=True))


def words(figure: go.Figure) -> str:
    return " ".join(each.text for each in figure.layout.annotations)


def test_each_clock_has_a_row_with_its_point_and_its_interval() -> None:
    figure = forest({"A": OLD, "B": SURE}, chronological_age=52)
    assert [(x, y) for x, y, _ in points(figure)] == [(60.0, 0), (45.0, 1)]
    (line,) = [each for each in drawn(figure) if each.mode == "lines"]
    assert (line.x, line.y) == ((56, 64, None), (0, 0, None))
    for text in ("<b>A</b>", "<b>60.0</b>", "56.0 to 64.0", "Your age 52"):
        assert text in words(figure)


def test_colours_say_older_younger_or_maybe_chance() -> None:
    figure = forest({"A": OLD, "B": SURE, "C": UNSURE}, chronological_age=52)
    assert [shade for _, _, shade in points(figure)] == [OLDER, YOUNGER, NEUTRAL]
    lines = [each for each in drawn(figure) if each.mode == "lines"]
    assert [each.line.color for each in lines] == [OLDER, NEUTRAL]


def test_the_age_is_a_line_that_spares_the_words_and_what_is_usual_a_mark_on_each_row() -> None:
    figure = forest({"B": SURE, "D": result(base=53.0)}, chronological_age=52)
    lines = figure.layout.shapes
    assert [(each.x0, each.x1) for each in lines] == [(52, 52), (52, 52)]
    written = [each.y for each in figure.layout.annotations if each.yref == "y"]
    assert all(line.y0 <= place < line.y1 for place, line in enumerate(lines))
    assert all(
        lines[round(y + 0.3)].y0 >= y > lines[round(y + 0.3) - 1].y1 for y in written if y > 0
    )
    usual = [each for each in drawn(figure) if each.marker.symbol == "line-ns-open"]
    assert [(each.x[0], each.y[0]) for each in usual] == [(49.0, 0)]  # D has no such people
    assert "usual for people like you" in figure.layout.xaxis.title.text


def test_the_axis_spans_at_least_twenty_years() -> None:
    low, high = forest({"A": result(base=52.5)}, chronological_age=52).layout.xaxis.range
    assert high - low >= 20
    assert low < 52 < 52.5 < high


def test_a_clock_of_another_unit_is_below_by_its_percentile() -> None:
    figure = forest({"A": OLD, "Other": OTHER}, chronological_age=52)
    assert [x for x, _, _ in points(figure, "x2")] == [12.0]
    assert "2.50" in words(figure)
    assert "12th of 100" in words(figure)
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


def test_without_a_percentile_there_is_the_number_alone() -> None:
    figure = forest({"Other": result(base=0.0, prediction=2.5, unit="SD")})
    assert "2.50" in words(figure)
    assert points(figure, "x2") == []
    assert figure.layout.xaxis2.visible is False


def test_without_an_age_nobody_is_older_or_younger() -> None:
    figure = forest({"A": result(base=53.0)})
    assert figure.layout.shapes == ()
    assert points(figure)[0][2] not in (OLDER, YOUNGER)


def test_the_age_is_taken_from_the_results_where_none_is_said() -> None:
    line, *_ = forest({"A": OLD}).layout.shapes
    assert line.x0 == 52.0


def test_titles_have_two_short_lines_and_no_markup() -> None:
    titles = {
        "Phenotypic age (Levine 2018)": SURE,
        "A <b>very</b> long title of somebody's clock": OLD,
    }
    text = words(forest(titles, chronological_age=52))
    assert "<b>Phenotypic age</b>" in text
    assert "A &lt;b&gt;very&lt;/b&gt; long" in text
    assert "title of somebody's" in text.replace("&#x27;", "'")


def test_nothing_to_show_is_said() -> None:
    assert "No results yet" in words(forest({}))


@pytest.mark.parametrize("n", [1, 3, 9])
def test_a_row_is_as_high_whatever_their_number(n: int) -> None:
    figure = forest({str(place): OLD for place in range(n)}, chronological_age=52)
    low, high = figure.layout.yaxis.domain
    assert (high - low) * figure.layout.height == pytest.approx(60 * n)
    assert CONFIG["displayModeBar"] is False


def test_every_shipped_clock_has_a_row(clocks: dict[str, Clock]) -> None:
    results = {name: scored(clock) for name, clock in clocks.items()}
    figure = forest(results, chronological_age=52)
    places = [x for axis in ("x", "x2") for x, _, _ in points(figure, axis)]
    ages = [each["prediction"] for each in results.values() if each["unit"] == "years"]
    assert places[: len(ages)] == pytest.approx(ages)
    assert len(places) == len(results)
    low, high = figure.layout.xaxis.range
    assert all(low < age < high for age in ages)
