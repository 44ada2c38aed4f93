"""Summaries of many people as figures."""

from typing import Any

import plotly.graph_objects as go
import pytest
from agelens.charts import OLDER, YOUNGER, distribution, gap_by_age, top_factors

GROUPS = [
    {"sex": "female", "age_from": 50, "age_to": 60, "n": 400, "mean": 1.5, "sd": 10.0},
    {"sex": "male", "age_from": 50, "age_to": 60, "n": 100, "mean": -2.0, "sd": 5.0},
    {"sex": "male", "age_from": 80, "age_to": None, "n": 1, "mean": 0.5, "sd": None},
]


def summary(**other: Any) -> dict[str, Any]:
    """Of a thousand people."""
    told = {
        "rows": 1010,
        "scored": 1000,
        "failed": 10,
        "warned": 3,
        "unit": "years",
        "prediction": {
            "mean": 53.0, "sd": 9.0, "min": 21.0, "p5": 35.2, "p25": 46.0,
            "median": 52.6, "p75": 59.0, "p95": 70.1, "max": 88.0,
        },
        "histogram": {"start": 20.0, "width": 5.0, "counts": [1, 999, 1000]},
        "age_gap": {"mean": 0.1, "sd": 7.0, "groups": GROUPS},
        "top_factors": [
            {"feature": "crp", "label": "C-reactive protein", "mean_absolute": 2.5, "mean": 0.4},
            {"feature": "hdl", "label": "HDL <good>", "mean_absolute": 1.25, "mean": -0.9},
        ],
        "errors": [],
        "missing": [],
    }  # fmt: skip
    return told | other


NOBODY = summary(
    scored=0, prediction=None, histogram=None, age_gap=None, top_factors=[], unit="years"
)


def notes(figure: go.Figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations)


def test_each_bar_of_the_distribution_covers_its_part_of_the_scale() -> None:
    (bars,) = distribution(summary()).data
    assert list(bars.x) == [22.5, 27.5, 32.5]
    assert bars.width == 5.0
    assert list(bars.y) == [1, 999, 1000]
    assert bars.customdata[0] == "<b>1 person</b><br>20.0 to 25.0 years"
    assert "1,000 people" in bars.customdata[2]


def test_the_median_and_the_middle_of_the_people_are_marked_and_told() -> None:
    figure = distribution(summary())
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(35.2, 70.1), (52.6, 52.6)]
    assert "median 52.6" in notes(figure)
    assert "35.2 to 70.1" in notes(figure)


def test_another_unit_than_years_is_named_and_has_two_decimals() -> None:
    told = summary(unit="SD")
    assert "(SD)" in distribution(told).layout.xaxis.title.text
    assert "median 52.60" in notes(distribution(told))
    assert "Effect (SD)" in top_factors(told).layout.xaxis.title.text
    assert "years" not in top_factors(told).to_json()


def test_factors_that_move_nobody_are_left_out() -> None:
    still = {"feature": "age", "label": "Never measured", "mean_absolute": 0.0, "mean": 0.0}
    moving = summary()["top_factors"]
    told = summary(top_factors=[*moving, still])
    assert top_factors(told).to_json() == top_factors(summary()).to_json()
    assert "No factor has an effect" in notes(top_factors(summary(top_factors=[still])))
    assert "No results to show" in notes(top_factors(NOBODY))


def test_women_and_men_stand_side_by_side_in_their_age_group() -> None:
    female, female_sign, male, male_sign = gap_by_age(summary()).data
    for means, sign, name in ((female, female_sign, "Female"), (male, male_sign, "Male")):
        assert name in sign.name
        assert sign.marker.symbol == means.marker.symbol
        assert sign.marker.color not in (OLDER, YOUNGER)
    assert female.marker.symbol != male.marker.symbol
    assert female.x[0] == pytest.approx(-0.14)
    assert list(male.x) == pytest.approx([0.14, 1.14])
    assert list(male.y) == [-2.0, 0.5]


def test_older_than_their_age_is_red_and_younger_is_blue() -> None:
    female, _, male, _ = gap_by_age(summary()).data
    assert list(female.marker.color) == [OLDER]
    assert list(male.marker.color) == [YOUNGER, OLDER]
    assert list(top_factors(summary()).data[1].marker.color) == [OLDER, YOUNGER]


def test_the_bar_at_a_mean_is_its_95_percent_interval_and_one_person_has_none() -> None:
    female, _, male, _ = gap_by_age(summary()).data
    assert list(female.error_y.array) == pytest.approx([0.98])
    assert male.error_y.array[0] == pytest.approx(0.98)
    assert male.error_y.array[1] is None
    assert "95 % interval of the mean +0.5 to +2.5" in female.customdata[0]
    assert "interval" not in male.customdata[1]


def test_age_groups_are_named_by_the_ages_in_them() -> None:
    ages = gap_by_age(summary()).layout.xaxis.ticktext
    assert ["50–59" in ages[0], "80 and over" in ages[1]] == [True, True]
    young = GROUPS[0] | {"age_from": None, "age_to": 20}
    told = summary(age_gap={"mean": 0, "sd": 1, "groups": [*GROUPS, young]})
    assert "under 20" in gap_by_age(told).layout.xaxis.ticktext[0]


def test_people_whose_sex_is_not_known_are_a_group_of_their_own() -> None:
    told = summary(age_gap={"mean": 0, "sd": 1, "groups": [GROUPS[0] | {"sex": None}]})
    everybody, sign = gap_by_age(told).data
    assert len(everybody.y) == 1
    assert "All" in sign.name


def test_factors_have_a_bar_of_their_mean_size_and_a_mark_at_the_mean() -> None:
    bars, marks = top_factors(summary()).data
    assert list(bars.x) == [2.5, 1.25]
    assert list(marks.x) == [0.4, -0.9]
    labels = top_factors(summary()).layout.yaxis.ticktext
    assert "C-reactive" in labels[0]
    assert "&lt;good&gt;" in labels[1]
    assert "mean effect \N{MINUS SIGN}0.9" in bars.customdata[1]


def test_only_the_largest_factors_are_shown() -> None:
    many = [
        {"feature": str(n), "label": f"f{n}", "mean_absolute": 9.0 - n, "mean": 0.0}
        for n in range(9)
    ]
    figure = top_factors(summary(top_factors=many), most=3)
    assert list(figure.data[0].x) == [9.0, 8.0, 7.0]
    assert len(figure.layout.yaxis.ticktext) == 3


@pytest.mark.parametrize("chart", [distribution, gap_by_age, top_factors])
def test_without_anybody_scored_the_figure_says_so(chart: Any) -> None:
    figure = chart(NOBODY)
    assert not figure.data
    assert "No results to show" in notes(figure)


def test_without_ages_the_gaps_say_so() -> None:
    figure = gap_by_age(summary(age_gap=None))
    assert not figure.data
    assert "No ages were given" in notes(figure)
