"""The waterfall: what every bar, text and axis says."""

import json
from itertools import accumulate
from typing import Any

import plotly.graph_objects as go
import pytest
from agelens.charts import OLDER, YOUNGER, waterfall
from unit.charts.made_up import Wire, result, row

MINUS = "\N{MINUS SIGN}"


def bars(figure: go.Figure) -> go.Bar:
    (found,) = figure.select_traces({"type": "bar"})
    return found


def ends(figure: go.Figure) -> go.Scatter:
    (found,) = figure.select_traces({"mode": "markers"})
    return found


def labels(figure: go.Figure) -> list[str]:
    return list(figure.layout.yaxis.ticktext)


def amounts(figure: go.Figure) -> list[str]:
    """The column at the right, row by row."""
    return [a.text for a in figure.layout.annotations if a.yref != "paper"]


def notes(figure: go.Figure) -> str:
    return " ".join(a.text for a in figure.layout.annotations if a.yref == "paper")


def many(count: int) -> Wire:
    return result(*(row(f"marker {n}", (-1) ** n * (count - n)) for n in range(count)))


def test_each_bar_starts_where_the_one_above_ended_and_the_last_ends_at_the_prediction() -> None:
    wire = result(row("a", 6.0), row("b", -4.0), row("c", 1.5))
    bar = bars(waterfall(wire))
    assert list(bar.base) == [50.0, 56.0, 52.0]
    assert list(bar.x) == [6.0, -4.0, 1.5]
    assert list(ends(waterfall(wire)).x) == [50.0, 53.5]


def test_of_every_shipped_clock_the_bars_lead_from_the_base_value_to_the_prediction(
    shipped_result: dict[str, Any],
) -> None:
    figure = waterfall(shipped_result)
    bar = bars(figure)
    sums = list(accumulate(bar.x, initial=shipped_result["base_value"]))
    assert list(bar.base) == pytest.approx(sums[:-1])
    assert sums[-1] == pytest.approx(shipped_result["prediction"], abs=1e-6)
    assert list(ends(figure).x) == [shipped_result["base_value"], shipped_result["prediction"]]
    json.loads(figure.to_json())


def test_the_largest_factor_comes_first_whatever_the_order_of_the_result() -> None:
    bar = bars(waterfall(result(row("a", 1.0), row("b", -3.0), row("c", 2.0))))
    assert list(bar.x) == [-3.0, 2.0, 1.0]


def test_older_is_red_younger_is_blue_and_signs_say_it_again() -> None:
    figure = waterfall(result(row("a", 6.04), row("b", -4.0)))
    assert list(bars(figure).marker.color) == [OLDER, YOUNGER]
    assert list(bars(figure).text) == ["+6.0", f"{MINUS}4.0"]
    shown = amounts(figure)
    assert "50.0" in shown[0]
    assert "+6.0" in shown[1]
    assert f"{MINUS}4.0" in shown[2]
    assert "52.0" in shown[3]


def test_what_counts_for_nothing_is_neither_red_nor_blue_and_has_no_sign() -> None:
    figure = waterfall(result(row("a", 0.0), row("b", -0.0), base=40.0))
    assert not {OLDER, YOUNGER} & set(bars(figure).marker.color)
    assert list(bars(figure).text) == ["0.0", "0.0"]
    low, high = figure.layout.xaxis.range
    assert low < 40.0 < high


def test_the_axis_zooms_to_the_values_instead_of_starting_at_zero() -> None:
    low, high = waterfall(result(row("a", 26.0), row("b", -29.0), base=70.0)).layout.xaxis.range
    assert 38 < low < 41
    assert 70 < high < 73


def test_small_effects_do_not_look_large() -> None:
    low, high = waterfall(result(row("a", 0.2), row("b", -0.1), base=70.0)).layout.xaxis.range
    assert high - low >= 20 - 1e-9
    low, high = waterfall(result(row("a", 0.2), unit="SD", base=0.0)).layout.xaxis.range
    assert high - low >= 4 - 1e-9


def test_only_what_was_not_measured_is_hatched_and_a_note_says_so() -> None:
    figure = waterfall(result(row("a", 6.0), row("b", -4.0, imputed=True)))
    assert list(bars(figure).marker.pattern.shape) == ["", "/"]
    assert "not measured" in labels(figure)[2]
    assert "Hatched" in notes(figure)
    assert "Not measured" in bars(figure).customdata[1]
    assert "Hatched" not in notes(waterfall(result(row("a", 6.0))))


def test_what_is_beyond_the_training_data_has_a_sign_a_note_and_words() -> None:
    figure = waterfall(result(row("a", 6.0, clipped=True), row("b", -4.0)))
    assert "A†" in labels(figure)[1]
    assert "†" not in labels(figure)[2]
    assert "† Beyond the training data" in notes(figure)
    assert "Beyond the training data" in bars(figure).customdata[0]


def test_the_factors_beyond_the_most_share_one_bar_that_adds_up() -> None:
    wire = many(30)
    figure = waterfall(wire, most=8)
    rest = [each["years"] for each in wire["contributions"][8:]]
    assert bars(figure).x[-1] == pytest.approx(sum(rest))
    assert len(bars(figure).x) == 9
    assert "Other 22 factors" in labels(figure)[9]
    assert "Marker 8: +22.0 years" in bars(figure).customdata[-1]
    assert "and 10 more" in bars(figure).customdata[-1]


def test_nobody_reads_other_one_factor() -> None:
    figure = waterfall(many(9), most=8)
    assert "Marker 8" in labels(figure)[9]
    assert "Other" not in " ".join(labels(figure))
    assert "Other 2 factors" in labels(waterfall(many(10), most=8))[9]


def test_others_that_were_all_not_measured_are_hatched_and_one_clipped_is_told() -> None:
    rows = [row(str(n), 9.0 - n, imputed=n > 2, clipped=n == 5) for n in range(6)]
    figure = waterfall(result(*rows), most=3)
    assert list(bars(figure).marker.pattern.shape) == ["", "", "", "/"]
    assert "†" in labels(figure)[4]


def test_the_height_fits_the_rows() -> None:
    few, more, most = (waterfall(many(n), most=30).layout.height for n in (1, 10, 30))
    assert (more - few) / 9 == pytest.approx((most - more) / 20)
    assert 30 <= (more - few) / 9 <= 70


def test_the_base_value_and_the_prediction_are_marked_as_such() -> None:
    figure = waterfall(result(row("a", 1.0), base_meaning="the average of everybody"))
    assert "Starting point" in labels(figure)[0]
    assert "Biological age" in labels(figure)[-1]
    assert "the average of everybody" in ends(figure).customdata[0]
    assert len(set(ends(figure).marker.symbol)) == 2


def test_a_starting_point_that_follows_age_says_what_age_and_sex_add() -> None:
    peers = (
        "the mortality-age of an average person of the same age and sex, whose every marker adds what "
        "it adds on average among these people in NHANES IV (1999-2014)"
    )
    started = labels(waterfall(result(base=52.5, base_meaning=peers), chronological_age=58))[0]
    assert "age 58" in started
    assert "\N{MINUS SIGN}5.5" in started
    same = labels(waterfall(result(base_meaning="the middle"), chronological_age=58))[0]
    assert "58" not in same


def test_a_result_without_factors_is_its_base_value() -> None:
    figure = waterfall(result())
    assert len(bars(figure).x) == 0
    assert list(ends(figure).x) == [50.0, 50.0]
    assert len(labels(figure)) == 2


def test_a_clock_with_its_own_unit_never_says_years() -> None:
    figure = waterfall(result(row("a", 0.123), unit="SD", base=0.0))
    assert "years" not in figure.to_json()
    assert "age" not in figure.layout.xaxis.title.text
    assert list(bars(figure).text) == ["+0.12"]
    assert "(higher)" in bars(figure).customdata[0]


def test_long_names_take_two_lines_and_are_whole_in_the_hover() -> None:
    name = "Forced expiratory volume in one second, measured while sitting upright"
    figure = waterfall(result(row("fev1", 1.0, label=name)))
    assert labels(figure)[1].count("<br>") == 2
    assert "…" in labels(figure)[1]
    assert name in bars(figure).customdata[0]


def test_values_can_be_shown_in_the_units_they_were_given_in() -> None:
    wire = result(row("glucose", 1.0), row("hdl", 0.5))
    figure = waterfall(wire, values={"glucose": "95 mg/dL"})
    assert "95 mg/dL" in labels(figure)[1]
    assert "5 mmol/L" in labels(figure)[2]
    assert "95 mg/dL" in bars(figure).customdata[0]


def test_tags_in_a_name_are_text() -> None:
    figure = waterfall(result(row("a", 1.0, label="<b>x</b> & y")))
    assert "&lt;b&gt;x" in labels(figure)[1]
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in bars(figure).customdata[0]


def test_the_reference_range_is_told_where_there_is_one() -> None:
    ranges = [(3.9, 5.6, "3.9 to 5.6"), (None, 120.0, "up to 120"), (0.5, None, "from 0.5")]
    for low, high, words in ranges:
        reference = {"low": low, "high": high, "source": "a book"}
        figure = waterfall(result(row("a", 1.0, reference_range=reference)))
        assert f"Reference: {words} mmol/L" in bars(figure).customdata[0]


def test_huge_values_are_short_and_inside_the_axis() -> None:
    figure = waterfall(result(row("a", 3.2e7), row("b", -1.2e5)))
    assert list(bars(figure).text) == ["+3.2e7", f"{MINUS}1.2e5"]
    assert figure.layout.xaxis.range[1] > 3.2e7
