"""What the page says of a result, and of a task that has none yet."""

import json
from datetime import UTC, datetime, timedelta

import plotly.io
import pytest
from unit.dash_app.assessment.made_up import clock
from unit.dash_app.result.made_up import GLUCOSE, result, row, task

from dash_app import displayed_factors
from dash_app.pages.assessment.clocks import picker
from dash_app.pages.landing import clocks
from dash_app.pages.result import (
    actions,
    comparison,
    estimate,
    factors,
    method_and_version,
    progress,
    what_if,
)


def text(component):
    """Everything that can be read of a component."""
    found = []

    def walk(node):
        if isinstance(node, str | int | float):
            found.append(str(node))
        elif isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            walk(node.get("props", {}).get("children"))

    walk(json.loads(plotly.io.json.to_json_plotly(component)))
    return " ".join(found)


def test_what_has_to_be_said_of_a_clock_stands_where_it_is_named():
    made = task(result=result())
    assert "Two forms." in text(estimate.head(made, clock(note="Two forms.")))
    assert "Two forms." in text(clocks.section([clock(note="Two forms."), clock()]))
    assert "Two forms." in text(picker([clock(note="Two forms.")], clock()))
    assert "Two forms." not in text(estimate.head(made, clock()))


def test_the_interval_is_told_with_its_level():
    assert (
        estimate.interval_text(task())
        == "The 90\N{NO-BREAK SPACE}% interval is 45.0 to 59.0 years."
    )


def test_another_unit_than_years_has_two_digits_and_a_real_minus():
    wide = {"low": -0.456, "high": 1.234, "level": 0.95, "method": "made up"}
    told = estimate.interval_text(task(result=result(unit="SD", interval=wide)))
    assert told.endswith("interval is \N{MINUS SIGN}0.46 to 1.23 SD.")
    entry = {"feature": "crp", "label": "CRP", "width_now": 1.69, "width_expected": 1.234}
    narrower = text(estimate.narrowing(result(unit="SD", narrowing=[entry])))
    assert "from 1.69 to about 1.23 SD wide" in narrower


@pytest.mark.parametrize("years", [0.01, -0.01])
def test_what_is_shown_as_nothing_is_neither_older_nor_younger(years):
    of = task(result=result(contributions=[row(years=years)]))
    table = factors.table(displayed_factors.factors_of(of, {}), "years", "All factors")
    told = text(table)
    assert "0.0 years no change" in told
    assert "older" not in told
    assert "younger" not in told
    assert 'className":"older' not in plotly.io.json.to_json_plotly(table)


def test_an_age_that_is_met_is_told_as_the_same():
    gap = {"raw": 0.01, "adjusted": None, "percentile": None, "reference": None}
    told = text(comparison.comparison_section(task(result=result(age_gap=gap)), {}))
    assert "the same as your age of 50" in told


def test_a_clock_without_an_interval_says_why():
    none = result(interval=None, interval_reason="none: nothing is estimated")
    assert (
        estimate.interval_text(task(result=none))
        == "This clock gives no interval: nothing is estimated."
    )


def test_what_would_narrow_the_interval_is_named_unless_it_hardly_would():
    entries = [
        {"feature": "crp", "label": "CRP", "width_now": 14.0, "width_expected": 12.0},
        {"feature": "bmi", "label": "BMI", "width_now": 14.0, "width_expected": 13.99},
    ]
    told = text(estimate.narrowing(result(narrowing=entries)))
    assert "CRP: from 14.0 to about 12.0 years wide" in told
    assert "BMI" not in told


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_narrows_when_nothing_is_missing(nothing):
    assert estimate.narrowing(result(narrowing=nothing)) == []


def test_an_older_service_says_nothing_about_narrowing():
    older = result()
    del older["narrowing"]
    assert estimate.narrowing(older) == []


def test_without_an_age_there_is_nothing_to_compare_with():
    of = task(chronological_age=None, result=result(age_gap=None))
    assert "No age was entered" in text(comparison.comparison_section(of, {}))


def test_a_clock_that_measures_no_age_has_no_gap():
    of = task(result=result(unit="SD", age_gap=None))
    assert "does not measure age" in text(comparison.comparison_section(of, {}))


def test_an_incomplete_panel_is_not_ranked_and_what_lacks_is_named():
    gap = {"raw": 2.0, "adjusted": None, "percentile": None, "reference": "some people"}
    of = task(result=result(age_gap=gap, missing=["glucose"]))
    told = text(comparison.comparison_section(of, {"glucose": GLUCOSE}))
    assert "yours lacks Blood glucose" in told
    assert "+2.0 years" in told


def test_who_is_pregnant_or_ill_is_told_why_there_is_no_rank():
    gap = {"raw": 2.0, "adjusted": 1.0, "percentile": None, "reference": "some people"}
    of = task(result=result(age_gap=gap), context=["pregnant"])
    told = text(comparison.comparison_section(of, {}))
    assert "No rank: pregnancy and acute illness change biomarkers" in told
    assert "people of your age" not in told


def test_a_gap_below_the_middle_is_told_from_the_younger_side():
    gap = {"raw": -2.0, "adjusted": -1.0, "percentile": 20.0, "reference": "some people"}
    told = text(comparison.comparison_section(task(result=result(age_gap=gap)), {}))
    assert "younger for your age than 80\N{NO-BREAK SPACE}%" in told


def test_a_rank_with_markers_missing_has_its_range():
    gap = {"raw": 2.0, "adjusted": 1.0, "percentile": 55.0, "reference": "some people"}
    ranged = gap | {"percentile_range": [40.0, 71.0]}
    told = text(comparison.comparison_section(task(result=result(age_gap=ranged)), {}))
    assert "between the 40th and the 71st, as markers are missing" in told
    told = text(comparison.comparison_section(task(result=result(age_gap=gap)), {}))
    assert "as markers are missing" not in told


def test_a_risk_stands_below_the_number_where_the_clock_gives_one():
    derived = {"risk_10y": 0.061, "risk_10y_low": 0.05, "risk_10y_high": 0.08}
    told = text(estimate.result_card(task(result=result(derived=derived))))
    assert "About 6 of 100 people like this die within ten years" in told
    assert "die within ten years" not in text(estimate.result_card(task()))


def test_the_check_of_the_explanation_states_what_was_found():
    assert "to within 3e-14" in factors.checked(result())
    assert "exactly" in factors.checked(result(additivity_gap=0.0))


def test_warnings_name_biomarkers_as_people_do():
    of = task(result=result(warnings=["glucose is beyond the training data"], missing=["bmi"]))
    told = text(method_and_version.warnings(of, {"glucose": GLUCOSE}))
    assert "Blood glucose is beyond the training data." in told
    assert "Not measured: bmi." in told
    aged = task(result=result(warnings=["chronological_age is beyond 20 to 85, and so on"]))
    told = text(method_and_version.warnings(aged, {}))
    assert "Your age is beyond 20 to 85, and so on." in told


def test_the_average_gap_is_of_ones_sex_only_where_the_sex_was_known():
    def told(reference):
        gap = {"raw": -2.0, "adjusted": -1.0, "percentile": 20.0, "reference": reference}
        return text(comparison.comparison_section(task(result=result(age_gap=gap)), {}))

    assert "for your age and sex" in told("NHANES III, same sex, within 5 years")
    other = told("NHANES III, both sexes, within 5 years")
    assert "the average gap for your age" in other
    assert "for your age and sex" not in other


def test_the_rank_among_other_people_stands_below_the_reference_group():
    other = {"reference": "a town, 2020", "version": "t-1", "sha256": "a", "percentile": 51.6}
    ranked = {"raw": -2.0, "adjusted": -1.0, "percentile": 37.0, "reference": "a city"}
    told = text(
        comparison.comparison_section(task(result=result(age_gap=ranked | {"others": [other]})), {})
    )
    assert "Reference group: a city." in told
    assert (
        "Among people of a town, 2020, your rank is the 52nd of 100, counted from the youngest."
        in told
    )


def test_the_method_says_which_code_computed_it_and_how_to_cite_the_clock():
    model = clock(citation="Made up (a-clock 1.0.0), AgeLens 1, bundle aa.")
    identity = result()["model"] | {"code_version": "0.4.0"}
    told = text(method_and_version.model_and_data(task(result=result(model=identity)), model))
    assert "Computed by AgeLens 0.4.0" in told
    assert "How to cite Made up (a-clock 1.0.0), AgeLens 1, bundle aa." in told
    assert "How to cite" not in text(method_and_version.model_and_data(task(), None))


def test_without_warnings_there_is_no_such_part():
    assert method_and_version.warnings(task(), {}) is None


def test_a_factor_that_was_assumed_and_one_beyond_the_data_are_marked_in_words():
    rows = [row(value=None, imputed=True), row("bmi", 1.0, clipped=True)]
    of = task(result=result(contributions=rows))
    told = text(factors.drivers_section(of, displayed_factors.factors_of(of, {})))
    assert "not measured; a value was assumed" in told
    assert "beyond the training data; counted at its limit" in told


def test_factors_beyond_the_largest_are_folded_away():
    rows = [row(f"f{n}", n + 1.0, label=f"Factor {n}") for n in range(25)]
    of = task(result=result(contributions=rows))
    told = text(factors.drivers_section(of, displayed_factors.factors_of(of, {})))
    assert "17 other factors" in told
    assert all(f"Factor {n}" in told for n in range(25))


def waiting(status, seconds):
    since = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    return task(status=status, created_at=since, started_at=since, finished_at=None, result=None)


def test_a_fresh_task_is_told_that_it_is_quick():
    assert "about a second" in text(progress.status_text(waiting("queued", 1)))


def test_after_a_while_a_queued_task_is_told_that_no_worker_is_free():
    told = text(progress.status_text(waiting("queued", 75)))
    assert "No worker is free right now" in told
    assert "1 minute" in told


def test_a_slow_worker_is_admitted():
    assert "longer than usual" in text(progress.status_text(waiting("running", 60)))


def test_a_failed_task_says_why_and_that_it_was_free():
    error = {"code": "scoring_failed", "message": "The parts do not add up."}
    of = task(status="failed", result=None, error=error, charged=0)
    told = text(progress.ended(of))
    assert "No result" in told
    assert "The parts do not add up." in told
    assert "You were not charged." in told
    assert f"href='/new?like={of.id}'" in str(progress.ended(of))


@pytest.mark.parametrize(
    ("newest_first", "href"),
    [
        (["c", "b", "a"], "/compare?a=a&b=b"),
        (["c", "b"], "/compare?a=b&b=c"),
        (["b"], "/compare?b=b"),
        (["x"], "/compare?b=b"),
    ],
)
def test_a_result_is_compared_with_its_neighbour_in_time(newest_first, href):
    assert actions.neighbour("b", newest_first)[0] == href


def test_the_sliders_say_when_a_new_prediction_is_needed():
    found = displayed_factors.factors_of(task(result=result()), {"glucose": GLUCOSE})
    said = text(what_if.what_if_section(task(result=result()), None, found))
    assert "up to half of your values" in said
    assert "start a new prediction" in said
