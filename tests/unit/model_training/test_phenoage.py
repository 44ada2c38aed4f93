import numpy as np
import pytest
from agelens.clocks.base import Table

from model_training.datasets.generated import generate_nhanes
from model_training.datasets.nhanes import load
from model_training.nhanes_training import complete
from model_training.peers import means_by_age
from model_training.recipe_training import parameters
from model_training.recipes.phenoage import RECIPE


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Made-up people of NHANES III who have PhenoAge's markers."""
    cohort = load(generate_nhanes(tmp_path_factory.mktemp("data") / "iii.parquet", 800, seed=5))
    return cohort.rows(complete(cohort, RECIPE.transforms))


def test_the_peers_are_parabolas_in_age_by_least_squares(people):
    peers = means_by_age(people, RECIPE.transforms)
    ages = np.array([25.0, 50.0, 80.0])

    albumin = np.polyfit(people.age_years, people.table.column("albumin"), 2)
    ln_crp = np.polyfit(people.age_years, np.log1p(people.table.column("crp") / 10), 2)
    values = peers.averages(ages)
    np.testing.assert_allclose(values[:, 0], np.polyval(albumin, ages), rtol=1e-9)
    np.testing.assert_allclose(values[:, 3], np.polyval(ln_crp, ages), rtol=1e-9)
    assert peers.ages == (people.age_years.min(), people.age_years.max())


def test_who_lacks_a_marker_is_no_peer(people):
    columns = dict(people.table.columns)
    columns["crp"] = np.where(np.arange(len(people)) < 10, np.nan, columns["crp"])
    with_gaps = people.__class__(**{**vars(people), "table": Table(columns, people.age_years)})

    kept = complete(with_gaps, RECIPE.transforms)
    assert kept.tolist() == [False] * 10 + [True] * (len(people) - 10)


def test_the_published_constants_are_in_the_bundle_as_they_stand_in_the_paper(people):
    document = parameters(RECIPE, means_by_age(people, RECIPE.transforms))

    assert document["constants"]["per_year"] == 0.090165
    assert document["constants"]["years"] == 141.50225
    coefficients = {entry["feature"]: entry["coefficient"] for entry in document["markers"]}
    assert coefficients == {
        "albumin": -0.03359355, "creatinine": 0.009506491, "glucose": 0.1953192,
        "crp": 0.09536762, "lymphocytes": -0.01199984, "mean_cell_volume": 0.02676401,
        "red_cell_width": 0.3306156, "alkaline_phosphatase": 0.001868778,
        "white_cells": 0.05542406,
    }  # fmt: skip
