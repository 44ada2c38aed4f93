"""The difference of two results, factor by factor."""

from itertools import accumulate
from typing import Any

import pytest
from agelens.charts import comparison
from unit.charts.made_up import result, row
from unit.charts.test_waterfall import bars, ends, labels, notes


def test_the_differences_lead_from_one_prediction_to_the_other() -> None:
    before = result(row("a", 1.0), row("b", 2.0), row("gone", 0.5))
    after = result(row("a", 4.0), row("b", 1.0), row("new", -0.25))
    figure = comparison(before, after)
    assert list(bars(figure).x) == [3.0, -1.0, -0.5, -0.25]
    assert list(bars(figure).base) == [53.5, 56.5, 55.5, 55.0]
    assert list(ends(figure).x) == [53.5, 54.75]


def test_the_differences_of_two_tests_add_up(
    two_tests: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    before, after = two_tests
    for most in (1, 8, 30):
        bar = bars(comparison(before, after, most=most))
        sums = list(accumulate(bar.x, initial=before["prediction"]))
        assert list(bar.base) == pytest.approx(sums[:-1])
        assert sums[-1] == pytest.approx(after["prediction"], abs=1e-5)
    assert "/" in bars(comparison(before, after)).marker.pattern.shape


def test_a_change_of_the_base_is_a_step_of_its_own_and_the_first() -> None:
    figure = comparison(result(row("a", 1.0)), result(row("a", 4.0), base=48.0))
    assert list(bars(figure).x) == [-2.0, 3.0]
    assert "Starting point" in labels(figure)[1]
    assert "50.0 → 48.0" in labels(figure)[1]


def test_what_did_not_change_has_no_bar() -> None:
    figure = comparison(result(row("a", 1.0), row("b", 2.0)), result(row("a", 1.0), row("b", 3.0)))
    assert list(bars(figure).x) == [1.0]
    assert len(bars(comparison(result(), result())).x) == 0


def test_values_are_told_before_and_after() -> None:
    before, after = result(row("a", 1.0, value=4.0)), result(row("a", 2.0, imputed=True))
    figure = comparison(before, after)
    assert "4 mmol/L → not measured" in labels(figure)[1]
    assert "4 mmol/L → not measured" in bars(figure).customdata[0]


def test_small_changes_share_a_bar() -> None:
    before = result(*(row(str(n), 0.0) for n in range(12)))
    after = result(*(row(str(n), float(12 - n)) for n in range(12)))
    figure = comparison(before, after, most=3)
    assert list(bars(figure).x) == [12.0, 11.0, 10.0, 45.0]
    assert "Other 9 factors" in labels(figure)[4]


def test_a_note_says_when_the_models_differ() -> None:
    newer = result(model=result()["model"] | {"version": "1.1.0"})
    assert "1.0.0 → made-up" in notes(comparison(result(), newer))
    assert not notes(comparison(result(), result()))


def test_different_units_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="years cannot be compared with SD"):
        comparison(result(), result(unit="SD"))


def test_a_newer_version_of_the_clock_is_the_first_step() -> None:
    before, after = result(row("a", 1.0)), result(row("a", 4.0))
    version = {"change": 0.5, "before": "1.0.0", "after": "2.0.0"}
    figure = comparison(before, after, version=version, predictions=(50.5, 54.0))
    assert list(bars(figure).x) == [0.5, 3.0]
    assert list(bars(figure).base) == [50.5, 51.0]
    assert list(ends(figure).x) == [50.5, 54.0]
    assert "1.0.0 → 2.0.0" in labels(figure)[1]
