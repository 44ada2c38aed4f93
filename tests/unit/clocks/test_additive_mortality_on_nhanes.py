"""The shipped additive mortality clocks on the people of NHANES, every row of both files."""

import json

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest
from additive_by_hand import base, contributions
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle
from scored_files import scored
from shapley_by_definition import shapley
from shared_files import shared_file

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]

ADDITIVE = [
    directory
    for directory in SHIPPED
    if json.loads((directory / "manifest.json").read_text())["kind"] == "additive-mortality"
]
FILES = ["nhanes3.parquet", "nhanes4_dev.parquet"]


@pytest.fixture(params=ADDITIVE, ids=lambda d: d.name, scope="module")
def directory(request):
    return request.param


@pytest.fixture(params=FILES, scope="module")
def answers(request, directory):
    """The rows of a file with what the clock answers, errors too."""
    path = shared_file(request.param)
    table = scored(path, load_clock(read_bundle(directory)), "bioage-r")
    published = pd.read_parquet(path, columns=["phenoage0", "age"])
    assert table.num_rows == len(published)
    return table, published


def numbers(table, name):
    return table[name].to_numpy(zero_copy_only=False)


def test_every_explanation_adds_up(answers):
    table, _ = answers
    parts = [name for name in table.column_names if name.startswith("contribution:")]
    total = numbers(table, "base_value") + sum(np.nan_to_num(numbers(table, p)) for p in parts)
    prediction = numbers(table, "prediction")
    good = np.isfinite(prediction)
    assert good.sum() > 15_000
    assert np.abs(total - prediction)[good].max() < 1e-9
    assert (good | pc.is_valid(table["error"]).to_numpy()).all()


def test_whoever_has_a_phenoage_has_a_number_at_the_ages_that_it_answers_for(answers):
    table, published = answers
    wanted = published["phenoage0"].notna() & published["age"].between(20, 90)
    assert wanted.sum() > 8000
    assert np.isfinite(numbers(table, "prediction")[wanted.to_numpy()]).all()


def test_contributions_of_people_are_shapley_values_by_brute_force(directory):
    path = shared_file("nhanes4_dev.parquet")
    clock = load_clock(read_bundle(directory))
    parameters = json.loads((directory / "parameters.json").read_text())
    markers = [marker["feature"] for marker in parameters["markers"]]
    rng = np.random.default_rng(3)
    for people in people_of(path, clock, rng.choice(30_000, 400, replace=False)):
        known, age, male, told = people
        years, _ = contributions(parameters, known, age, male)
        start = base(parameters, age, male)
        players = rng.choice(len(markers), size=8, replace=False)

        def value(members, start=start, years=years, players=players):
            return start + sum(years[players[p]] for p in members)

        np.testing.assert_allclose(told[players], shapley(8, value), rtol=0, atol=1e-9)


def people_of(path, clock, rows):
    """Up to 20 of the people with a number: answers, age, sex, contributions."""
    from model_training.datasets import nhanes

    cohort = nhanes.load(path).rows(rows)
    scores = clock.score(cohort.table)
    for row in np.flatnonzero(np.isfinite(scores.prediction))[:20]:
        values = {key: float(cohort.table.column(key)[row]) for key in scores.features}
        known = {key: value for key, value in values.items() if not np.isnan(value)}
        age, male = cohort.table.chronological_age[row], cohort.table.column("sex")[row]
        yield known, float(age), float(male), scores.contributions[row]
