"""What is said of a result, wherever it is drawn."""

import plotly.io
import pytest
from agelens import languages
from agelens.client import Measurement
from unit.dash_app.assessment.made_up import clock
from unit.dash_app.result.made_up import GLUCOSE, result, row, task
from unit.dash_app.result.readable import text

from dash_app import displayed_factors, result_view
from dash_app.result_view import certainty, comparison, estimate, factors, method_and_version

AGES = [float(age) for age in range(20, 86)]
LINES = {"5": -12.0, "25": -7.0, "50": -5.0, "75": -3.0, "95": 4.0}


def varying(least):
    """A clock whose answers for the same person differ by up to so many years."""
    return clock(measurement=Measurement(1.0, least, ()))


def curve(sex="female", **other):
    """Women of every age look five years younger than they are."""
    lines = {name: [age + years for age in AGES] for name, years in LINES.items()}
    found = {
        "sex": sex, "unit": "years", "ages": AGES, "percentiles": lines,
        "reference": "a city, same sex",
    }  # fmt: skip
    return found | other


def card(of, model=None, curve=None):
    return text(estimate.result_card(of, result_view.compared(of, model, curve)))


def compared_section(of, schema=(), curve=None):
    found = result_view.compared(of, None, curve)
    return text(comparison.comparison_section(of, dict(schema), found))


def drivers(of, schema=()):
    return factors.drivers_section(of, displayed_factors.factors_of(of, dict(schema)))


def test_the_verdict_is_against_people_of_the_same_age_and_sex():
    """At 50 this woman's 52 is two years above her age and seven above what is typical of women."""
    of = task(result=result(interval=None))
    told = card(of, curve=curve())
    assert "7.0 years older than women of your age on this clock" in told
    assert "Typical for women of 50 is 45.0 years." in told
    assert "2.0 years older" not in told
    assert "result-verdict older" in str(
        estimate.result_card(of, result_view.compared(of, None, curve()))
    )


def test_what_may_be_chance_is_grey_and_says_why():
    inside = task(result=result())  # 45 to 59 holds the typical 45
    told = str(estimate.result_card(inside, result_view.compared(inside, None, curve())))
    assert "result-verdict unclear" in told
    assert "That may be chance: your likely range, 45.0 to 59.0, includes the 45.0" in told
    of = task(result=result(interval=None))
    told = card(of, varying(7.5), curve())
    assert "measured twice, the same person's results differ by up to 7.5 years" in told
    assert "Typical for women" in card(of, varying(3.0), curve())


def test_without_a_sex_nobody_is_called_a_woman_or_a_man():
    gap = {"raw": 2.0, "adjusted": 1.5, "percentile": 70.0, "reference": "a city, same sex"}
    of = task(result=result(age_gap=gap))  # as it was stored by a version that claimed it
    both = curve(None, reference="a city, both sexes")
    told = card(of, curve=both) + compared_section(of, curve=both)
    assert "70th of 100 people of your age" in told
    assert "Reference group: a city, both sexes." in told
    assert not {"women", "men", "same sex"} & set(told.split())
    assert "same sex" not in told
    assert "age and sex" not in told


def test_without_reference_people_the_own_age_is_compared_with():
    gap = {"raw": 2.0, "adjusted": None, "percentile": None, "reference": None}
    of = task(result=result(age_gap=gap, interval=None))
    assert "2.0 years older than your age of 50" in card(of)
    assert "no reference group" in compared_section(of)
    same = task(result=result(prediction=50.01, age_gap=gap, interval=None))
    assert "The same as your age of 50" in card(same)


def test_without_an_age_there_is_nothing_to_compare_with():
    of = task(chronological_age=None, result=result(age_gap=None))
    assert "No age was entered" in compared_section(of)
    assert "No age was entered" in card(of)


def test_a_rank_with_markers_missing_is_a_range():
    gap = {"raw": 2.0, "adjusted": 1.0, "percentile": 55.0, "reference": "some people"}
    ranged = gap | {"percentile_range": [40.0, 71.0]}
    told = card(task(result=result(age_gap=ranged)), curve=curve())
    assert "40th to 71st of 100 women of your age, as values are missing" in told
    told = card(task(result=result(age_gap=gap)), curve=curve())
    assert "55th of 100 women of your age" in told
    assert "as values are missing" not in told


def test_an_answer_that_is_no_age_is_ranked_by_itself():
    rank = {"reference": "a city", "version": "1", "sha256": "a", "percentile": 19.4}
    of = task(result=result(unit="SD", age_gap=None, rank=rank, prediction=3.2, interval=None))
    lines = {name: [4.0 + years / 10 for _ in AGES] for name, years in LINES.items()}
    told = card(of, curve=curve(unit="SD", percentiles=lines))
    assert "19th of 100 women of your age" in told
    assert "(counted from the lowest)" in told
    assert "0.30 SD lower than women of your age" in told
    assert "does not measure age" in compared_section(of, curve=curve(percentiles=lines))


def test_a_clock_of_synthetic_people_is_called_a_demonstration():
    assert "Demonstration: synthetic data" in text(estimate.head(task(), clock(demonstration=True)))
    assert "Demonstration" not in text(estimate.head(task(), clock()))


def test_what_has_to_be_said_of_a_clock_stands_below_its_title():
    assert "Two forms." in text(estimate.head(task(), clock(note="Two forms.")))
    assert "Two forms." not in text(estimate.head(task(), clock()))


def test_the_range_is_told_with_its_level_and_its_meaning():
    told = certainty.interval_text(task())
    assert told.startswith("The 90\N{NO-BREAK SPACE}% range is 45.0 to 59.0 years.")
    assert told.endswith("made up")  # a method that nobody has put in plain words is quoted


def test_another_unit_than_years_has_two_digits_and_a_real_minus():
    wide = {"low": -0.456, "high": 1.234, "level": 0.95, "method": ""}
    told = certainty.interval_text(task(result=result(unit="SD", interval=wide)))
    assert told.endswith("range is \N{MINUS SIGN}0.46 to 1.23 SD.")
    entry = {"feature": "crp", "label": "CRP", "width_now": 1.69, "width_expected": 1.234}
    narrower = text(certainty.narrowing(result(unit="SD", narrowing=[entry])))
    assert "from 1.69 to about 1.23 SD wide" in narrower


@pytest.mark.parametrize("years", [0.01, -0.01])
def test_what_is_shown_as_nothing_is_neither_older_nor_younger(years):
    of = task(result=result(contributions=[row(years=years)]))
    table = factors.table(displayed_factors.factors_of(of, {}), of.wire, "All factors", 1.0)
    told = text(table)
    assert "0.0 years" in told
    assert "no change" in told
    assert "older" not in told
    assert "younger" not in told
    assert 'className":"older' not in plotly.io.json.to_json_plotly(table)


def test_a_clock_without_an_interval_says_why():
    none = result(interval=None, interval_reason="none: nothing is estimated")
    assert (
        certainty.interval_text(task(result=none))
        == "This clock gives no likely range. nothing is estimated"
    )


def test_what_would_narrow_the_interval_is_named_unless_it_hardly_would():
    entries = [
        {"feature": "crp", "label": "CRP", "width_now": 14.0, "width_expected": 12.0},
        {"feature": "bmi", "label": "BMI", "width_now": 14.0, "width_expected": 13.99},
    ]
    told = text(certainty.narrowing(result(narrowing=entries)))
    assert "CRP: from 14.0 to about 12.0 years wide" in told
    assert "BMI" not in told


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_narrows_when_nothing_is_missing(nothing):
    assert certainty.narrowing(result(narrowing=nothing)) == []


def test_an_older_service_says_nothing_about_narrowing():
    older = result()
    del older["narrowing"]
    assert certainty.narrowing(older) == []


def test_an_incomplete_panel_is_not_ranked_and_what_lacks_is_named():
    gap = {"raw": 2.0, "adjusted": None, "percentile": None, "reference": "some people"}
    of = task(result=result(age_gap=gap, missing=["glucose"]))
    assert "yours lacks Blood glucose" in compared_section(of, {"glucose": GLUCOSE}.items())


def test_who_is_pregnant_or_ill_is_told_why_there_is_no_rank():
    gap = {"raw": 2.0, "adjusted": 1.0, "percentile": None, "reference": "some people"}
    of = task(result=result(age_gap=gap), context=["pregnant"])
    told = compared_section(of)
    assert "No rank: pregnancy and acute illness change biomarkers" in told
    assert "people of your age" not in told


def test_what_age_and_sex_explain_of_the_difference_is_said():
    told = compared_section(task(result=result()), curve=curve())
    assert "differs from your age of 50 by +2.0 years" in told
    assert "of your age and sex, by \N{MINUS SIGN}5.0 years." in told


def test_a_risk_stands_below_the_number_where_the_clock_gives_one():
    derived = {"risk_10y": 0.061, "risk_10y_low": 0.05, "risk_10y_high": 0.08}
    told = card(task(result=result(derived=derived)))
    assert "About 6 of 100 people like this die within ten years" in told
    assert "die within ten years" not in card(task())


def test_the_check_of_the_explanation_states_what_was_found():
    assert "exactly" not in factors.checked(result())
    assert "exactly" in factors.checked(result(additivity_gap=0.0))


def test_warnings_name_biomarkers_as_people_do():
    warnings = ["glucose is beyond the training data", "compare it with total_glucose too"]
    of = task(result=result(warnings=warnings, missing=["bmi"]))
    schema = {"glucose": GLUCOSE, "total_glucose": GLUCOSE | {"label": "All glucose"}}
    told = text(method_and_version.warnings(of, schema))
    assert "Blood glucose is beyond the training data." in told
    assert "with All glucose too" in told
    assert "Not measured: Bmi." in told
    aged = task(result=result(warnings=["chronological_age is beyond 20 to 85, and so on"]))
    told = text(method_and_version.warnings(aged, {}))
    assert "Your age is beyond 20 to 85, and so on." in told


def test_the_rank_among_other_people_stands_below_the_reference_group():
    other = {"reference": "a town, 2020", "version": "t-1", "sha256": "a", "percentile": 51.6}
    ranked = {"raw": -2.0, "adjusted": -1.0, "percentile": 37.0, "reference": "a city"}
    told = compared_section(
        task(result=result(age_gap=ranked | {"others": [other]})), curve=curve()
    )
    assert "Reference group: a city, same sex." in told
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
    assert "How to cite Made" not in text(method_and_version.model_and_data(task(), None))


def test_without_warnings_there_is_no_such_part():
    assert method_and_version.warnings(task(), {}) is None


def test_a_factor_that_was_assumed_and_one_beyond_the_data_are_marked_in_words():
    rows = [row(value=None, imputed=True), row("bmi", 1.0, clipped=True)]
    told = text(drivers(task(result=result(contributions=rows))))
    assert "not measured a value was assumed" in " ".join(told.split())
    assert "beyond the training data; counted at its limit" in told


def test_every_factor_is_there_under_its_body_system():
    rows = [row(f"f{n}", n - 12.0, label=f"Factor {n}") for n in range(25)]
    schema = {f"f{n}": GLUCOSE | {"group": "Metabolism" if n < 20 else "Body"} for n in range(24)}
    told = text(drivers(task(result=result(contributions=rows)), schema))
    assert all(f"Factor {n} " in f"{told} " for n in range(25))
    # f0..f19 are -12 to 7, f20..f23 are 8 to 11, f24 is of no system
    assert "Metabolism 20 factors · 20 out of range \N{MINUS SIGN}50.0 years" in told
    assert "Body 4 factors · 4 out of range +38.0 years" in told
    assert told.index("Metabolism") < told.index("Body") < told.index("Other 1 factor")
    assert "All 25 factors in one chart" in told


def test_a_value_in_range_that_adds_years_is_explained_in_a_line():
    fine = row(value=5.0, years=1.25)
    told = text(drivers(task(result=result(contributions=[fine])), {"glucose": GLUCOSE}))
    assert "✓ in range" in " ".join(told.split())
    assert "In range, yet it adds 1.2 years" in told
    for other in (row(value=5.0, years=0.2), row(value=5.0, years=-2.0), row(value=6.1, years=2.0)):
        told = text(drivers(task(result=result(contributions=[other])), {"glucose": GLUCOSE}))
        assert "In range, yet" not in told


def test_a_result_can_be_drawn_in_every_language():
    for language in languages.LANGUAGES:
        with languages.in_language(language):
            drawn = text(result_view.draw(task(), clock(), {"glucose": GLUCOSE}, curve=curve()))
        assert "{" not in drawn
