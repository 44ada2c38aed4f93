"""Ranges of ranks with markers missing, of clocks that keep closer to the middle the less they know."""

import numpy as np
import pytest
from agelens.clocks.age_likelihoods import posterior
from agelens.clocks.applicability import RANKED_BY_RANGE, RANKED_COMPLETE
from agelens.clocks.base import Table
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.context import ACUTELY_ILL, WARNINGS
from shipped_clocks import shipped_clock


def example(name, *without):
    clock = shipped_clock(name)
    answers = {f.key: f.example for f in clock.manifest.features if f.key not in without}
    return clock, answers


def table_of_one(clock, answers, age):
    choices = {f.key: f.choices for f in clock.manifest.features}
    columns = {
        key: np.array([float(choices[key].index(value)) if choices[key] else float(value)])
        for key, value in answers.items()
    }
    return Table(columns, np.array([age]))


@pytest.mark.parametrize(("name", "missing"), [("kdm", "fev1"), ("kaggle-age", "hearing_ability")])
def test_an_incomplete_panel_has_a_range_of_ranks_and_no_rank(name, missing):
    clock, answers = example(name, missing)
    gap = predict(clock, read_panel_for(clock, answers, {}, 50))["age_gap"]
    assert (gap["percentile"], gap["adjusted"]) == (None, None)
    low, high = gap["percentile_range"]
    assert 1 <= low < high <= 99
    complete = predict(clock, read_panel_for(clock, example(name)[1], {}, 50))["age_gap"]
    assert complete["percentile_range"] is None
    ill = predict(clock, read_panel_for(clock, answers, {}, 50, context=["acutely_ill"]))
    assert ill["age_gap"]["percentile_range"] is None


@pytest.mark.parametrize(("name", "missing"), [("kdm", "fev1"), ("kaggle-age", "hearing_ability")])
def test_the_warning_agrees_with_the_range_beside_it(name, missing):
    clock, answers = example(name, missing)
    told = predict(clock, read_panel_for(clock, answers, {}, 50))
    assert told["age_gap"]["percentile_range"]
    assert RANKED_BY_RANGE in told["warnings"]
    assert RANKED_COMPLETE not in told["warnings"]


@pytest.mark.parametrize(("name", "missing"), [("kdm", "fev1"), ("mortality-age", "glucose")])
def test_who_is_not_ranked_for_an_illness_is_told_of_no_rank(name, missing):
    clock, answers = example(name, missing)
    ill = predict(clock, read_panel_for(clock, answers, {}, 50, context=["acutely_ill"]))
    assert ill["age_gap"]["percentile"] is ill["age_gap"]["percentile_range"] is None
    ranks = [warning for warning in ill["warnings"] if "rank" in warning]
    assert ranks == [WARNINGS[ACUTELY_ILL]]


def test_nothing_missing_leaves_no_range():
    for name in ("kdm", "kaggle-age"):
        clock, answers = example(name)
        person = table_of_one(clock, answers, 50.0)
        low, high = clock.completed_range(person)
        assert low == pytest.approx(high, abs=1e-9)
        assert low == pytest.approx(clock.score(person).prediction[0], abs=1e-6)


def test_kdms_range_is_that_of_the_sums_over_markers():
    """s_BA and the lines of the paper: variance 1 / P of the measured - 1 / P of all."""
    clock, answers = example("kdm", "fev1", "hba1c")
    person = table_of_one(clock, answers, 50.0)
    lines, sex = clock.lines, int(person.column("sex")[0])
    total = known = 1 / lines.variance[sex]
    for place, marker in enumerate(clock.markers):
        each = (lines.slope[sex, place] / lines.sd[sex, place]) ** 2
        total += each
        known += each if marker not in ("fev1", "hba1c") else 0.0
    low, high = clock.completed_range(person)
    assert (low + high) / 2 == pytest.approx(clock.score(person).prediction[0])
    assert (high - low) / 2 == pytest.approx(1.6448536 * (1 / known - 1 / total) ** 0.5, rel=1e-6)


def test_a_posteriors_range_is_that_of_people_drawn_at_random():
    """By drawing an age from the posterior, the missing values at that age, and scoring the whole."""
    missing = ("hearing_ability", "smoking_status")
    clock, answers = example("kaggle-age", *missing)
    person = table_of_one(clock, answers, 50.0)
    parameters, rng = clock.parameters, np.random.default_rng(0)
    (weights,) = posterior(parameters.likelihoods(person))
    ages = rng.choice(len(parameters.ages), 6000, p=weights / weights.sum())
    columns = {key: np.repeat(values, len(ages)) for key, values in person.columns.items()}
    hearing = next(m for m in parameters.linear if m.feature == "hearing_ability")
    mean = hearing.intercept + hearing.slope * parameters.ages[ages]
    columns["hearing_ability"] = mean + hearing.sd * rng.normal(size=len(ages))
    smoking = next(m for m in parameters.choices if m.feature == "smoking_status")
    columns["smoking_status"] = np.array(
        [rng.choice(len(smoking.probabilities), p=smoking.probabilities[:, a]) for a in ages], float
    )
    drawn = clock.score(Table(columns, np.full(len(ages), 50.0))).prediction
    expected = np.quantile(drawn, [0.05, 0.95])
    assert clock.completed_range(person) == pytest.approx(tuple(expected), abs=0.5)
    assert drawn.mean() == pytest.approx(clock.score(person).prediction[0], abs=0.15)
