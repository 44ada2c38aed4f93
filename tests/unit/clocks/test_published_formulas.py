"""phenoage-ln-crp, gold-bioage and light-bioage against their formulas, computed by hand."""

import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.notes import note_of
from agelens.clocks.references import references_of
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers
from forged_bundles import parameters_of, shipped_clock
from shapley_by_definition import shapley
from shared_files import shared_file

from model_training.datasets import nhanes

AGE = 52
PERSON = {
    "albumin": 44, "creatinine": 70, "glucose": 5.1, "crp": 1.2, "lymphocytes": 32,
    "mean_cell_volume": 90, "red_cell_width": 12.9, "alkaline_phosphatase": 62,
    "white_cells": 5.8, "ggt": 25,
}  # fmt: skip
NAMES = ("phenoage-ln-crp", "gold-bioage", "light-bioage")
CRP_COEFFICIENT, YEARS = 0.09536762, 0.090165
# From PhenoAge 109 on published columns hold what rounding left of the survival, off by 0.123 at most
DIGITS_LOST = 109.0


def phenoage(x, ln_crp):
    """The paper's formula in closed form."""
    predictor = (
        -19.90667 - 0.03359355 * x["albumin"] + 0.009506491 * x["creatinine"]
        + 0.1953192 * x["glucose"] + CRP_COEFFICIENT * ln_crp - 0.01199984 * x["lymphocytes"]
        + 0.02676401 * x["mean_cell_volume"] + 0.3306156 * x["red_cell_width"]
        + 0.001868778 * x["alkaline_phosphatase"] + 0.05542406 * x["white_cells"]
        + 0.08035356 * x["age"]
    )  # fmt: skip
    hazard = 1.51714 * math.exp(predictor) / 0.007692696
    return 141.50225 + math.log(0.0055305 * hazard) / YEARS


def gold(x):
    return (
        x["age"] + 5.3832 * x["creatinine"] / 88.4017 + 1.4168 * x["glucose"]
        + 0.4206 * x["mean_cell_volume"] + 3.3162 * x["red_cell_width"]
        - 5.0793 * x["albumin"] / 10 + 0.0385 * x["alkaline_phosphatase"]
        - 0.1899 * x["lymphocytes"] + 0.9120 * x["white_cells"] + 0.1007 * x["ggt"] - 78.6519
    )  # fmt: skip


def light(x):
    inflammation = 4.1689 * math.log(1 + x["crp"])
    creatinine = 9.0873 * x["creatinine"] / 88.4017
    return x["age"] + creatinine + 1.7311 * x["glucose"] + inflammation - 20.1395


FORMULAS = {
    "phenoage-ln-crp": lambda x: phenoage(x, math.log(max(x["crp"] / 10, 0.01))),
    "gold-bioage": gold,
    "light-bioage": light,
}


def result_of(name, **changes):
    clock = shipped_clock(name)
    read = {f.key for f in clock.manifest.features}
    answers = {key: value for key, value in {**PERSON, **changes}.items() if key in read}
    return predict(clock, read_panel_for(clock, answers, None, AGE))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_published_formula_and_adds_up(name):
    result = result_of(name)

    assert result["prediction"] == pytest.approx(FORMULAS[name]({**PERSON, "age": AGE}), abs=1e-9)
    years = sum(row["years"] for row in result["contributions"])
    assert result["base_value"] + years == pytest.approx(result["prediction"], abs=1e-9)
    assert result["interval"] is None
    assert result["age_gap"]["percentile"] is not None


def test_the_two_forms_of_phenoage_differ_by_the_logarithm_of_crp_alone():
    bioage, paper = result_of("phenoage"), result_of("phenoage-ln-crp")

    assert bioage["prediction"] == pytest.approx(44.789, abs=5e-4)
    by = CRP_COEFFICIENT * (math.log(1.12) - math.log(0.12)) / YEARS
    assert bioage["prediction"] - paper["prediction"] == pytest.approx(by, abs=1e-9)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["nhanes3.parquet", "nhanes4_dev.parquet"])
def test_ln_crp_is_every_published_row_with_the_other_logarithm(name):
    cohort = nhanes.load(shared_file(name))
    published, crp = cohort.published["phenoage0"], cohort.table.column("crp") / 10
    fine = ~np.isnan(published) & (crp >= 0.01)
    scores = shipped_clock("phenoage-ln-crp").score(cohort.table)
    expected = published + CRP_COEFFICIENT * (np.log(crp) - np.log1p(crp)) / YEARS

    assert fine.sum() > 8000
    apart = np.abs(scores.prediction - expected)
    exact = fine & (published < DIGITS_LOST)
    assert apart[exact].max() <= 1e-9
    assert (fine & ~exact).sum() < 40
    assert apart[fine].max() < 1e-4
    total = scores.base_value + scores.contributions.sum(axis=1)
    assert np.abs(total - scores.prediction)[fine].max() < 1e-9


@pytest.mark.shared_data
def test_light_bioage_says_where_little_crp_ranks_among_either_survey():
    cohort = nhanes.load(shared_file("nhanes4_dev.parquet"))
    clock = shipped_clock("light-bioage")
    (later,) = references_of(clock.manifest)
    gaps = clock.score(cohort.table).prediction - cohort.age_years
    sexes = [("female", "male")[int(place)] for place in cohort.table.column("sex")]
    ranks = [
        (
            clock.reference.percentile(gaps[row], age, sexes[row]),
            later.rank(gaps[row], age, sexes[row]),
        )
        for row in np.flatnonzero((cohort.table.column("crp") < 2.1) & ~np.isnan(gaps))
        for age in [float(cohort.age_years[row])]
    ]
    both = [
        (first, second["percentile"]) for first, second in ranks if second and first is not None
    ]

    assert len(both) == 13135
    assert np.mean(both, axis=0).round().tolist() == [19, 31]
    assert "is 19 there, and 31 among NHANES IV itself" in note_of("light-bioage")


@pytest.mark.parametrize("crp", [0, 0.05])
def test_less_crp_than_the_least_counts_as_that_and_it_is_said(crp):
    result, least = result_of("phenoage-ln-crp", crp=crp), result_of("phenoage-ln-crp", crp=0.1)

    assert result["prediction"] == least["prediction"]
    assert result["clipped"] == ["crp"]
    assert "crp is beyond the training data and counts as its limit" in result["warnings"]
    assert least["clipped"] == []


@pytest.mark.parametrize("name", NAMES)
def test_contributions_are_the_shapley_values_of_the_stated_game(name):
    clock, document = shipped_clock(name), parameters_of(name)
    first, bend, square = np.array(document["peers"]["coefficients"])
    columns = {key: np.array([float(value)]) for key, value in PERSON.items()}
    scores = clock.score(Table(columns, np.array([float(AGE)])))
    own = np.array([transform.of(columns[transform.feature])[0] for transform in clock.transforms])
    peers = first + bend * AGE + square * AGE**2
    per_unit = np.array([entry["coefficient"] for entry in document["markers"]])
    per_unit = per_unit / document["constants"].get("per_year", 1)
    rest = scores.prediction[0] - own @ per_unit

    def value(members):
        return rest + np.where([i in members for i in range(len(own))], own, peers) @ per_unit

    assert scores.base_value[0] == pytest.approx(value(frozenset()), abs=1e-9)
    np.testing.assert_allclose(scores.contributions[0], shapley(len(own), value), atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_marker_is_needed(name):
    clock = shipped_clock(name)
    for marker in clock.markers:
        answers = {key: PERSON[key] for key in clock.markers if key != marker}
        with pytest.raises(InvalidAnswers, match=marker):
            read_panel_for(clock, answers, None, AGE)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["gold-bioage", "light-bioage"])
@pytest.mark.parametrize("file", ["nhanes3.parquet", "nhanes4_dev.parquet"])
def test_everybody_of_nhanes_gets_the_formula_and_it_adds_up(name, file):
    cohort = nhanes.load(shared_file(file))
    scores = shipped_clock(name).score(cohort.table)
    scored = np.flatnonzero(np.isfinite(scores.prediction))

    assert len(scored) > 11000
    for row in scored[::50]:
        person = {key: column[row] for key, column in cohort.table.columns.items()}
        expected = FORMULAS[name]({**person, "age": cohort.age_years[row]})
        assert scores.prediction[row] == pytest.approx(expected, abs=1e-9)
    total = scores.base_value + scores.contributions.sum(axis=1)
    assert np.abs(total - scores.prediction)[scored].max() < 1e-9


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "n", "c"), [("gold-bioage", 13750, 0.8566), ("light-bioage", 19484, 0.838), ("phenoage-ln-crp", 19484, 0.847)])  # fmt: skip
def test_the_concordance_of_the_card_is_that_of_the_validation_file(name, n, c):
    shared_file("nhanes4_dev.parquet")
    mortality = shipped_clock(name).manifest.metrics["mortality"]
    assert (mortality["n_people"], mortality["harrell_c"]) == (n, pytest.approx(c, abs=5e-5))
