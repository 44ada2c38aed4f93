import json

import numpy as np
import pytest
from agelens.clocks.bundles import read_bundle, shipped
from scipy import stats
from shared_files import shared_file

from model_training.datasets.generated import generate_nhanes
from model_training.datasets.nhanes import load
from model_training.nhanes_training import load_nhanes_3
from model_training.recipes import kdm


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Made-up people of NHANES III of whom the clock learns."""
    cohort = load(generate_nhanes(tmp_path_factory.mktemp("data") / "iii.parquet", 2500, seed=6))
    return cohort.rows(kdm.learned_from(cohort))


def values_of(people, sex):
    of_sex = people.table.column("sex") == sex
    columns = [people.table.column(r.feature)[of_sex] for r in kdm.TRANSFORMS]
    columns[6] = np.log1p(columns[6] / 10)
    return np.column_stack(columns), people.age_years[of_sex]


def by_the_paper(values, age):
    """Lines by scipy on available cases; s_BA squared from complete rows, as Klemera and Doubal say."""
    lines, r = [], []
    for column in values.T:
        known = ~np.isnan(column)
        fit = stats.linregress(age[known], column[known])
        left = column[known] - fit.intercept - fit.slope * age[known]
        lines.append((fit.intercept, fit.slope, np.sqrt((left**2).sum() / (known.sum() - 2))))
        r.append(abs(fit.rvalue))
    q, k, s = np.array(lines).T
    r = np.array(r)
    whole = ~np.isnan(values).any(axis=1)
    estimate = ((values[whole] - q) * k / s**2).sum(axis=1) / ((k / s) ** 2).sum()
    difference = estimate - age[whole]
    # the paper's characteristic correlation, from the markers' own correlations
    weight = np.sqrt(r**2 / (1 - r**2))
    r_char = (r * weight).sum() / weight.sum()
    variance = np.var(difference, ddof=1)
    share = (1 - r_char**2) / r_char**2
    return q, k, s, variance - share * (age.max() - age.min()) ** 2 / (12 * len(q))


@pytest.mark.parametrize(("place", "sex"), [(0, "female"), (1, "male")])
def test_lines_are_of_available_cases_and_the_variance_is_of_complete_rows(people, place, sex):
    values, age = values_of(people, place)
    learned = kdm.fit(people)[sex]

    assert np.isnan(values).any()
    q, k, s, variance = by_the_paper(values, age)
    np.testing.assert_allclose(learned["intercept"], q, rtol=1e-9)
    np.testing.assert_allclose(learned["slope"], k, rtol=1e-9)
    np.testing.assert_allclose(learned["sd"], s, rtol=1e-9)
    # r / sqrt(1 - r²) and |slope| / SD differ by the spread of each marker's own cases only
    assert learned["variance"] == pytest.approx(variance, rel=2e-2)


def test_men_who_were_not_asked_whether_they_are_pregnant_are_learned_from(tmp_path):
    cohort = load(generate_nhanes(tmp_path / "iii.parquet", 1500, seed=7))
    learned = kdm.learned_from(cohort)

    of_age = (cohort.age_years >= 30) & (cohort.age_years <= 75)
    not_asked = np.isnan(cohort.pregnant) & of_age
    assert not_asked.any()
    assert learned[not_asked].all()
    assert not learned[cohort.pregnant == 1].any()
    assert not learned[~of_age].any()


def test_predictions_of_the_reference_are_of_lines_fitted_to_others(people):
    predicted = kdm.out_of_fold(people)
    learned = kdm.fit(people)
    values, age = values_of(people, 1)
    own = learned["male"]
    ratio = np.array(own["slope"]) / np.array(own["sd"]) ** 2
    total = (np.array(own["slope"]) * ratio).sum() + 1 / own["variance"]
    in_sample = ((values - own["intercept"]) @ ratio + age / own["variance"]) / total

    men = predicted[people.table.column("sex") == 1]
    assert np.isnan(men).tolist() == np.isnan(in_sample).tolist()
    apart = np.abs(men - in_sample)[~np.isnan(men)]
    assert 0 < apart.max() < 3
    assert np.corrcoef(men[~np.isnan(men)], in_sample[~np.isnan(men)])[0, 1] > 0.995


@pytest.mark.shared_data
def test_on_nhanes_3_the_variance_is_the_known_one_and_missing_pregnancy_changes_nothing():
    everybody = load_nhanes_3(shared_file("nhanes3.parquet"))
    people = everybody.rows(kdm.learned_from(everybody))
    strict = people.rows(people.pregnant == 0)

    learned = kdm.fit(people)
    assert learned["male"]["variance"] == pytest.approx(76.93, abs=0.005)
    assert learned["female"]["variance"] == pytest.approx(66.00, abs=0.005)
    assert len(strict) < len(people)
    assert kdm.fit(strict) == learned  # who was not asked was not examined either


@pytest.mark.shared_data
def test_the_stated_correlation_between_markers_is_that_of_the_training_people():
    everybody = load_nhanes_3(shared_file("nhanes3.parquet"))
    people = everybody.rows(kdm.learned_from(everybody))
    found = []
    for place in (0, 1):
        values, age = values_of(people, place)
        whole = ~np.isnan(values).any(axis=1)
        left = [
            column - np.polyval(np.polyfit(age[whole], column, 1), age[whole])
            for column in values[whole].T
        ]
        found.append(np.abs(np.corrcoef(left))[np.triu_indices(9, 1)])

    stated = read_bundle(shipped("kdm"))["card.md"].decode()
    assert f"correlate by {np.mean(found):.2f} on average" in stated
    assert json.loads(read_bundle(shipped("kdm"))["parameters.json"])["may_miss"] == 2
