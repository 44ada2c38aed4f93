"""The shipped mortality-age on people of NHANES IV, against the figures it has to reach."""

import numpy as np
import pandas as pd
import pytest
from agelens.clocks.bundles import find_clock
from scored_files import scored
from shared_files import shared_file

from model_training.survival.auc import auc_at
from model_training.survival.concordance import concordance
from model_training.survival.cox import CoxModel
from model_training.survival.strata import age_sex_strata

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def people():
    """The rows of the protocol, straight from the file, with the score of `agelens score`."""
    path = shared_file("nhanes4_dev.parquet")
    frame = pd.read_parquet(path)
    answers = scored(path, find_clock("mortality-age"), "bioage-r")
    frame["mortality_age"] = answers["prediction"].to_pandas()
    frame["died"] = frame["ucod_leading"].notna().astype(float)
    frame["male"] = (frame["gender"] == 1).astype(float)
    return frame[frame["phenoage0"].notna() & frame["wave"].between(1, 6) & (frame["time"] > 0)]


def arrays(people, *columns):
    return [people[column].to_numpy(dtype=float) for column in columns]


@pytest.mark.shared_data
def test_everybody_of_the_protocol_has_a_number(people):
    assert len(people) == 19_484
    assert people["mortality_age"].notna().all()


@pytest.mark.shared_data
def test_it_orders_deaths_better_than_phenoage_by_the_margin(people):
    time, died, ours, theirs = arrays(people, "time", "died", "mortality_age", "phenoage0")
    assert concordance(time, died, theirs) == pytest.approx(0.847, abs=5e-4)
    assert concordance(time, died, ours) >= 0.855
    assert concordance(time, died, ours) - concordance(time, died, theirs) >= 0.008


@pytest.mark.shared_data
def test_it_orders_deaths_among_people_of_the_same_age_and_sex(people):
    time, died, ours, age, male = arrays(people, "time", "died", "mortality_age", "age", "male")
    assert concordance(time, died, ours, age_sex_strata(age, male)) >= 0.660


@pytest.mark.shared_data
def test_ten_year_deaths_are_told_from_survivors(people):
    time, died, ours = arrays(people, "time", "died", "mortality_age")
    assert auc_at(time, died, ours, censoring="known") >= 0.884


@pytest.mark.shared_data
def test_the_hazard_ratio_per_sd_of_advance_is_reached(people):
    time, died, ours, age, male = arrays(people, "time", "died", "mortality_age", "age", "male")
    advance = ours - age
    covariates = np.stack([advance / advance.std(), age, male], axis=1)
    assert CoxModel(time, died, covariates).fit().hazard_ratio()[0] >= 1.8
