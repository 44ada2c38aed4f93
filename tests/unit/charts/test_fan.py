"""The fan chart, and the verdict that colours its dot."""

from typing import Any

import pytest
from agelens.charts import body_systems, fan, fan_text, peer_verdict, systems_waterfall
from agelens.charts.fan import COLOURS
from agelens.charts.plain_words import INTERVALS, STARTING_POINTS, follows_age
from agelens.clocks.base import Clock
from agelens.languages import in_language
from unit.charts.made_up import gap, interval, result, row

AGES = [float(age) for age in range(20, 86)]
LINES = {"5": -12.0, "25": -7.0, "50": -5.0, "75": -3.0, "95": 4.0}
CURVE = {
    "sex": "female",
    "unit": "years",
    "reference": "a city, same sex",
    "ages": AGES,
    "percentiles": {name: [age + years for age in AGES] for name, years in LINES.items()},
}


def dot(figure: Any) -> Any:
    return figure.data[-1]


def test_the_person_is_a_dot_at_both_ages_with_the_interval_through_it() -> None:
    figure = fan(result(base=52.0, interval=interval(48.0, 56.0)), 50, curve=CURVE)
    assert (list(dot(figure).x), list(dot(figure).y)) == ([50], [52.0])
    whisker = figure.data[-2]
    assert (list(whisker.x), list(whisker.y)) == ([50, 50], [48.0, 56.0])


def test_the_bands_are_the_percentiles_at_every_age_that_is_shown() -> None:
    figure = fan(result(base=52.0), 50, curve=CURVE)
    outer, inner, middle = figure.data[:3]
    ages = list(range(35, 66))
    assert list(middle.x) == ages
    assert list(middle.y) == [age - 5.0 for age in ages]
    assert list(outer.y) == [age - 12.0 for age in ages] + [age + 4.0 for age in reversed(ages)]
    assert list(inner.y) == [age - 7.0 for age in ages] + [age - 3.0 for age in reversed(ages)]


@pytest.mark.parametrize("prediction", [12.0, 45.0, 130.0])
@pytest.mark.parametrize("curve", [CURVE, None])
def test_everything_is_inside_axes_that_span_at_least_twenty_years(
    prediction: float, curve: Any
) -> None:
    figure = fan(
        result(base=prediction, interval=interval(prediction - 9, prediction + 9)), 50, curve=curve
    )
    low, high = figure.layout.yaxis.range
    first, last = figure.layout.xaxis.range
    assert last - first >= 20
    assert high - low >= 20
    seen = [trace for trace in figure.data if trace.line.dash != "dot"]
    assert all(low <= y <= high for trace in seen for y in trace.y)
    assert all(first <= x <= last for trace in seen for x in trace.x)


def test_a_unit_that_is_no_age_has_no_diagonal() -> None:
    assert "dot" in [t.line.dash for t in fan(result(base=52.0), 50, curve=CURVE).data]
    other = CURVE | {"unit": "SD"}
    figure = fan(result(unit="SD", base=40.0), 50, curve=other)
    assert "dot" not in [t.line.dash for t in figure.data]
    assert "SD" in figure.layout.yaxis.title.text


def test_the_chart_is_in_words_too() -> None:
    told = fan_text(result(base=52.0, interval=interval(48.0, 56.0)), 50, CURVE)
    assert told.startswith("At age 50 your result is 52.0 years.")
    assert "half are between 43.0 and 47.0" in told
    assert "the middle one is at 45.0" in told
    assert "48.0 to 56.0" in told
    assert "reference people" not in fan_text(result(base=52.0), 50)


@pytest.mark.parametrize(
    ("prediction", "low", "high", "least", "kind"),
    [
        (52.0, 48.0, 56.0, 3.0, "older"),
        (38.0, 34.0, 42.0, 3.0, "younger"),
        (46.0, 44.0, 48.0, 0.5, "unclear"),  # the typical 45 is inside
        (52.0, 48.0, 56.0, 7.1, "unclear"),  # measured twice it may differ as much
        (52.0, 48.0, 56.0, None, "older"),
    ],
)
def test_a_verdict_is_grey_where_it_may_be_chance(
    prediction: float, low: float, high: float, least: float | None, kind: str
) -> None:
    told = result(base=prediction, interval=interval(low, high))
    found = peer_verdict(told, 50, curve=CURVE, minimum_detectable_change=least)
    assert found is not None
    assert (found.kind, found.typical) == (kind, 45.0)
    assert dot(fan(told, 50, curve=CURVE, verdict=found)).marker.color == COLOURS[kind]
    assert ("may be chance" in found.reason) == (kind == "unclear")


def test_the_middle_of_the_fan_is_typical_also_between_birthdays() -> None:
    for age, typical in ((50.0, 45.0), (50.25, 45.25), (85.5, 80.0)):
        found = peer_verdict(result(base=60.0), age, curve=CURVE)
        assert found is not None
        assert found.typical == pytest.approx(typical)


def test_beyond_the_reference_ages_the_own_age_is_compared_with() -> None:
    found = peer_verdict(result(base=95.0), 90, curve=CURVE)
    assert found is not None
    assert found.headline == "5.0 years older than your age of 90"


def test_without_a_curve_the_adjusted_gap_says_what_is_typical() -> None:
    told = result(base=52.0, age_gap=gap(2.0, 7.0, 90.0) | {"reference": "a city, same sex"})
    found = peer_verdict(told, 50)
    assert found is not None
    assert found.headline == "7.0 years older than people of your age and sex on this clock"
    both = told | {"age_gap": told["age_gap"] | {"reference": "a city, both sexes"}}
    found = peer_verdict(both, 50)
    assert found is not None
    assert "sex" not in found.headline


def test_nobody_to_compare_with_is_no_verdict() -> None:
    assert peer_verdict(result(base=52.0), None, curve=CURVE) is None
    assert peer_verdict(result(unit="SD", base=3.0), 50) is None


def test_body_systems_hold_every_factor_once_and_add_up() -> None:
    told = result(row("a", 3.0), row("b", -1.0), row("c", -4.0), row("d", 0.5, imputed=True))
    groups = {"a": "Metabolism", "b": "Metabolism", "c": "Body"}
    systems = body_systems(told, groups)
    assert [(s.name, s.change, len(s.rows)) for s in systems] == [
        ("Body", -4.0, 1), ("Metabolism", 2.0, 2), ("Other", 0.5, 1),
    ]  # fmt: skip
    figure = systems_waterfall(told, groups)
    bars = next(trace for trace in figure.data if trace.type == "bar")
    assert sum(bars.x) == pytest.approx(told["prediction"] - told["base_value"])
    assert list(bars.marker.pattern.shape) == ["", "", "/"]


def test_every_shipped_clock_says_its_start_and_range_in_plain_words(
    clocks: dict[str, Clock],
) -> None:
    for clock in clocks.values():
        manifest = clock.manifest
        assert manifest.base_meaning in STARTING_POINTS, manifest.name
        assert manifest.interval_method.removeprefix("none: ") in INTERVALS, manifest.name
        if manifest.name in ("phenoage", "mortality-age", "kdm"):
            with in_language("ru"):
                assert follows_age(result(base_meaning=manifest.base_meaning))
