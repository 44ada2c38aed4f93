import numpy as np
import pandas as pd
import pytest
from shared_files import shared_file

from model_training.datasets.generated import generate_nhanes
from model_training.datasets.nhanes import load
from model_training.nhanes_training import load_nhanes_3
from model_training.recipes import dysregulation

# Clinical ranges under the names and in the units of the R package: of men (1), of women (2).
RANGES = {
    "albumin": {1: (3.5, 5), 2: (3.5, 5)},
    "creat": {1: (0.8, 1.3), 2: (0.6, 1.1)},
    "glucose": {1: (60, 100), 2: (60, 100)},
    "crp": {1: (0, 2), 2: (0, 2)},
    "lymph": {1: (20, 40), 2: (20, 40)},
    "mcv": {1: (82, 102), 2: (78, 101)},
    "rdw": {1: (11.5, 14.5), 2: (11.5, 14.5)},
    "alp": {1: (45, 115), 2: (37, 98)},
    "wbc": {1: (4.5, 11), 2: (4.5, 11)},
}
MARKERS = ["albumin_gL", "creat_umol", "glucose_mmol", "lncrp", "lymph", "mcv", "rdw", "alp", "wbc"]


def healthy_rows(frame):
    """The reference people, chosen with pandas from the frame itself."""
    chosen = frame["age"].between(20, 30) & (frame["bmi"] < 30) & ~(frame["pregnant"] == 1)
    for name, by_sex in RANGES.items():
        for sex, (low, high) in by_sex.items():
            chosen &= (frame["gender"] != sex) | frame[name].between(low, high)
    return chosen & frame["gender"].notna()


def check_against_the_frame(path):
    frame, cohort = pd.read_parquet(path), load_nhanes_3(path)
    chosen = healthy_rows(frame)
    assert dysregulation.healthy(cohort).tolist() == chosen.tolist()

    learned = dysregulation.fit(cohort.rows(dysregulation.healthy(cohort)))
    for choice, code in (("female", 2), ("male", 1)):
        own = frame.loc[chosen & (frame["gender"] == code), MARKERS]
        np.testing.assert_allclose(learned[choice]["mean"], own.mean(), rtol=1e-9)
        np.testing.assert_allclose(learned[choice]["covariance"], own.cov(), rtol=1e-7, atol=1e-10)
        assert learned[choice]["n_people"] == len(own)


def test_mean_and_covariance_are_of_young_healthy_people_by_sex(tmp_path):
    check_against_the_frame(generate_nhanes(tmp_path / "iii.parquet", 2500, seed=8))


@pytest.mark.shared_data
def test_on_nhanes_3_mean_and_covariance_are_of_the_same_people_as_by_pandas():
    check_against_the_frame(shared_file("nhanes3.parquet"))


@pytest.mark.parametrize(
    ("column", "value"),
    [("age", 31.0), ("bmi", 30.0), ("bmi", np.nan), ("pregnant", 1.0), ("albumin_gL", 51.0),
     ("creat_umol", 120.0), ("wbc", 11.1), ("rdw", np.nan), ("gender", np.nan)],
)  # fmt: skip
def test_who_is_not_young_and_healthy_is_left_out(tmp_path, column, value):
    frame = pd.read_parquet(generate_nhanes(tmp_path / "iii.parquet", 800, seed=9))
    person = frame[healthy_rows(frame)].iloc[[0]]
    people = pd.concat([person, person.assign(**{column: value})])
    people.to_parquet(tmp_path / "two.parquet")

    assert dysregulation.healthy(load(tmp_path / "two.parquet")).tolist() == [True, False]


def test_a_value_at_the_end_of_a_range_is_inside_in_whatever_unit_it_came(tmp_path):
    frame = pd.read_parquet(generate_nhanes(tmp_path / "iii.parquet", 800, seed=9))
    person = frame[healthy_rows(frame) & (frame["gender"] == 1)].iloc[[0]]
    at_the_end = person.assign(creat_umol=1.3 * 88.4017, glucose_mmol=100 * 0.0555, alp=115.0)
    at_the_end.to_parquet(tmp_path / "one.parquet")

    assert dysregulation.healthy(load(tmp_path / "one.parquet")).tolist() == [True]
