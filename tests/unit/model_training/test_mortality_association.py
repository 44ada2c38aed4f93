import numpy as np
import pytest
from agelens.domain.errors import InvalidInput

from model_training.datasets.generated import generate_nhanes
from model_training.datasets.nhanes import load
from model_training.mortality_association import (
    PHENOAGE_MARKERS,
    association,
    follow_up,
    followed,
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """Made-up people of all surveys."""
    path = tmp_path_factory.mktemp("data") / "all.parquet"
    return load(generate_nhanes(path, 3000, seed=10, waves=range(11)))


def test_compared_are_people_of_surveys_1_to_6_with_all_markers_and_follow_up(cohort):
    people = cohort.rows(followed(cohort))

    assert set(people.wave) == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
    assert (people.time_months > 0).all()
    assert not any(np.isnan(people.table.column(key)).any() for key in PHENOAGE_MARKERS)
    assert 0 < people.died.sum() < len(people)


def test_a_file_without_such_people_is_refused(cohort):
    with pytest.raises(InvalidInput, match="surveys 1 to 6"):
        followed(cohort.rows(cohort.wave == 0))


def test_a_number_that_knows_who_dies_first_is_concordant_and_one_that_tells_nothing_is_not(cohort):
    people = follow_up(cohort.rows(followed(cohort)))
    rng = np.random.default_rng(11)
    knows = np.where(people.died == 1, -people.time_months, -1e4)
    nothing = rng.normal(size=len(people))

    assert association(people, knows, nothing).harrell_c > 0.99
    associated = association(people, nothing, nothing)
    assert associated.harrell_c == pytest.approx(0.5, abs=0.06)
    low, high = associated.hazard_ratio_per_sd[1:]
    assert low < 1 < high


def test_the_hazard_ratio_is_per_sd_whatever_the_unit(cohort):
    people = follow_up(cohort.rows(followed(cohort)))
    ill = people.died + np.random.default_rng(12).normal(size=len(people))

    once = association(people, ill, ill).hazard_ratio_per_sd
    tenfold = association(people, ill, 10 * ill).hazard_ratio_per_sd
    assert once == pytest.approx(tenfold)
    assert once[1] > 1
