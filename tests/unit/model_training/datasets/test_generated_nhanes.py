"""The demo cohorts in the shape of NHANES."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agelens.domain.features import feature
from agelens.domain.registry import biomarkers
from click.testing import CliRunner
from people_files import read_people

from model_training.datasets import nhanes
from model_training.datasets.generated import generate_nhanes
from model_training.datasets.generated.__main__ import main
from model_training.datasets.generated.follow_up import follow_up

PEOPLE = 3000
NHANES_IV = range(1, 7)
# What the clocks of this project read.
NEEDED = [
    "sampleID",
    "year",
    "wave",
    "gender",
    "age",
    "pregnant",
    "height",
    "weight",
    "waist",
    "bmi",
    "albumin",
    "albumin_gL",
    "alp",
    "lnalp",
    "bun",
    "creat",
    "creat_umol",
    "lncreat",
    "lncreat_umol",
    "glucose",
    "glucose_mmol",
    "ttbl",
    "uap",
    "lymph",
    "mcv",
    "rbc",
    "rdw",
    "wbc",
    "crp",
    "lncrp",
    "sbp",
    "dbp",
    "pulse",
    "ggt",
    "hba1c",
    "hdl",
    "totchol",
    "fev_1000",
    "fev",
    "trig",
    "eligstat",
    "status",
    "ucod_leading",
    "permth_int",
    "time",
]


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate_nhanes(tmp_path_factory.mktemp("generated") / "third.parquet", PEOPLE, seed=3)


@pytest.fixture(scope="module")
def fourth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "fourth.parquet"
    return generate_nhanes(path, PEOPLE, seed=4, waves=NHANES_IV)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    third: Path, tmp_path: Path
) -> None:
    same = generate_nhanes(tmp_path / "same.parquet", PEOPLE, seed=3)
    other = generate_nhanes(tmp_path / "other.parquet", PEOPLE, seed=5)
    assert same.read_bytes() == third.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("cohort", ["third", "fourth"])
def test_it_has_every_column_that_the_clocks_read(
    cohort: str, request: pytest.FixtureRequest
) -> None:
    frame = pd.read_parquet(request.getfixturevalue(cohort))
    assert set(NEEDED) <= set(frame.columns)
    assert (frame.dtypes == np.float64).all()


@pytest.mark.parametrize("cohort", ["third", "fourth"])
def test_no_row_is_refused(cohort: str, request: pytest.FixtureRequest) -> None:
    features = [
        feature(key, informative=True)
        for key, entry in biomarkers().items()
        if any(alias.columns == "bioage-r" for alias in entry.aliases)
    ]
    path = request.getfixturevalue(cohort)
    people = read_people(path, features, "bioage-r", needs_age=True)
    assert len(people) == PEOPLE
    assert [each for each in people if each.error] == []


def test_a_csv_file_holds_the_same_people(third: Path, tmp_path: Path) -> None:
    written = generate_nhanes(tmp_path / "third.csv", PEOPLE, seed=3)
    pd.testing.assert_frame_equal(
        pd.read_csv(written), pd.read_parquet(third), check_exact=False, rtol=1e-12
    )


def test_nhanes_iii_is_censored_at_240_months_and_has_its_crp_floor(third: Path) -> None:
    frame = pd.read_parquet(third)
    assert (frame["wave"] == 0).all()
    assert frame["time"].max() == 240 < frame["permth_int"].max()
    late = frame["ucod_leading"].notna() & (frame["permth_int"] > 240)
    assert late.any()
    assert (frame.loc[late, "status"] == 0).all()
    assert (frame["crp"].dropna() == 0.21).mean() > 0.4
    assert frame.loc[frame["gender"] == 1, "pregnant"].isna().any()


def test_status_leaves_out_accidents_influenza_and_other_causes(fourth: Path) -> None:
    frame = pd.read_parquet(fourth)
    dead = frame[frame["ucod_leading"].notna()]
    uncounted = dead["ucod_leading"].isin([4, 8, 10])
    assert 0 < uncounted.mean() < 1
    assert (dead["status"] == np.where(uncounted, 0, 1)).all()


def test_the_surveys_lack_what_they_lack(tmp_path: Path) -> None:
    path = generate_nhanes(tmp_path / "all.parquet", PEOPLE, seed=6, waves=range(11))
    by_wave = pd.read_parquet(path).groupby("wave")
    measured = by_wave[["crp", "ggt", "fev", "status", "time"]].count() > 0
    assert list(measured.index[~measured["crp"]]) == [7, 8]
    assert list(measured.index[~measured["ggt"]]) == [1]
    assert list(measured.index[measured["fev"]]) == [0, 5, 6, 7]
    assert list(measured.index[~measured["status"]]) == [9, 10]
    assert list(measured.index[~measured["time"]]) == [9, 10]
    assert by_wave["age"].max().to_dict() == {0: 90, **dict.fromkeys(range(1, 5), 85)} | (
        dict.fromkeys(range(5, 11), 80)
    )


def test_missing_values_come_as_whole_examinations_and_blood_samples(fourth: Path) -> None:
    frame = pd.read_parquet(fourth)
    blood = frame[["albumin", "alp", "bun", "creat", "glucose"]].isna()
    assert 0.08 < blood.all(axis=1).mean() < 0.2
    assert blood.any(axis=1).mean() < blood.all(axis=1).mean() + 0.08
    not_examined = frame["time"].isna() & frame["permth_int"].notna()
    assert frame.loc[not_examined, ["height", "sbp", "albumin"]].isna().all(axis=None)


def test_units_and_logarithms_agree_with_the_columns_they_come_from(third: Path) -> None:
    frame = pd.read_parquet(third).dropna(subset=["albumin", "creat", "glucose", "crp", "hba1c"])
    person = frame.iloc[0]
    assert person["albumin_gL"] == pytest.approx(10 * person["albumin"])
    assert person["creat_umol"] == pytest.approx(88.4017 * person["creat"])
    assert person["glucose_mmol"] == pytest.approx(0.0555 * person["glucose"])
    assert np.exp(person["lncrp"]) - 1 == pytest.approx(person["crp"])
    assert np.exp(person["lnhba1c"]) - 1 == pytest.approx(person["hba1c"])


def test_after_nhanes_iii_the_logarithm_of_hba1c_is_the_plain_one(fourth: Path) -> None:
    person = pd.read_parquet(fourth).dropna(subset=["hba1c"]).iloc[0]
    assert np.exp(person["lnhba1c"]) == pytest.approx(person["hba1c"])


def test_markers_go_with_age_and_sex_as_in_adults(fourth: Path) -> None:
    frame = pd.read_parquet(fourth)
    by_age = frame.corrwith(frame["age"])
    assert (by_age[["sbp", "bun", "creat", "rdw", "hba1c", "pulse"]] > 0.15).all()
    assert (by_age[["albumin", "lymph", "height"]] < -0.05).all()
    men = frame[frame["gender"] == 1].mean() - frame[frame["gender"] == 2].mean()
    assert (men[["height", "creat", "rbc", "uap", "ggt"]] > 0).all()
    assert men["hdl"] < 0
    assert frame["crp"].corr(frame["bmi"], method="spearman") > 0.25


@pytest.mark.parametrize(
    ("age", "male", "alive_after_ten_years"), [(50, False, 0.94633), (70, True, 0.62278)]
)
def test_people_die_as_gompertz_says(age: float, male: bool, alive_after_ten_years: float) -> None:
    """By hand: exp(-h / 0.085 * (exp(0.85) - 1)) with h = 0.0035 exp(0.085 (age - 50) + 0.45 male)."""
    n = 40_000
    deaths = follow_up(
        np.random.default_rng(1),
        wave=np.ones(n),
        age=np.full(n, age),
        male=np.full(n, male),
        log_hazard=np.zeros(n),
        examined=np.ones(n, dtype=bool),
    )
    known = deaths["eligstat"] == 1
    dead = ~np.isnan(deaths["ucod_leading"][known]) & (deaths["permth_int"][known] < 120)
    assert 1 - dead.mean() == pytest.approx(alive_after_ten_years, abs=0.008)


def test_a_wide_red_cell_distribution_is_deadly_beyond_age(third: Path) -> None:
    cohort = nhanes.load(third)
    width, age = cohort.table.column("red_cell_width"), cohort.age_years
    known = ~np.isnan(width) & ~np.isnan(cohort.died) & (age >= 55) & (age < 75)
    slope, start = np.polyfit(age[known], width[known], 1)
    beyond = width[known] - start - slope * age[known]
    died = cohort.died[known] == 1
    assert beyond[died].mean() > beyond[~died].mean() + 0.1


@pytest.mark.parametrize(("kind", "waves"), [("nhanes3", (0,)), ("nhanes4", NHANES_IV)])
def test_the_command_writes_the_same_file(kind: str, waves: range, tmp_path: Path) -> None:
    out = tmp_path / "people.parquet"
    told = CliRunner().invoke(
        main, ["--kind", kind, "--people", "50", "--seed", "2", "--out", str(out)]
    )
    assert told.exit_code == 0, told.output
    same = generate_nhanes(tmp_path / "same.parquet", 50, seed=2, waves=waves)
    assert out.read_bytes() == same.read_bytes()
