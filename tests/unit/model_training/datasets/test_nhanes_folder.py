"""A folder of NHANES public files, written here with another library than reads them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agelens.domain.errors import InvalidInput
from nhanes_files import files_of, mortality_line, write_mortality, write_survey, write_transport

from model_training.datasets import nhanes
from model_training.datasets.nhanes_folder import read_folder

SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "nhanes4_dev.parquet"


def refusal(folder: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        nhanes.load(folder)
    assert [problem.field for problem in caught.value.problems] == ["data"]
    return caught.value.detail


def first_person(cohort: nhanes.StudyPopulation) -> dict[str, float]:
    return {key: float(column[0]) for key, column in cohort.table.columns.items()}


@pytest.mark.parametrize("wave", range(1, 11))
def test_every_survey_s_markers_arrive_in_canonical_units(wave: int, tmp_path: Path) -> None:
    """By hand from the values of tests/nhanes_files.py: mg/dL times each marker's factor."""
    cohort = nhanes.load(write_survey(tmp_path, wave))
    expected = {
        "sex": 1,
        "height": 176.3,
        "weight": 82.5,
        "waist": 99.0,
        "bmi": 26.54,
        "systolic_bp": 123.0,
        "diastolic_bp": 74.0,
        "albumin": 44.0,
        "alkaline_phosphatase": 66.0,
        "urea_nitrogen": 12.0,
        "creatinine": {1: 1.16, 4: 0.962}.get(wave, 1.0) * 88.4017,
        "glucose": 92 * 0.0555,
        "bilirubin": 0.7 * 17.104,
        "uric_acid": 6.1 * 59.48,
        "ggt": float("nan") if wave == 1 else 22.0,
        "lymphocytes": 29.5,
        "mean_cell_volume": 89.7,
        "red_cells": 4.91,
        "red_cell_width": 12.6,
        "white_cells": 6.2,
        "crp": float("nan") if wave in (7, 8) else 2.1,
        "hba1c": 5.4,
        "total_cholesterol": 188 * 0.02586,
        "hdl": 49 * 0.02586,
        "triglycerides": 101 * 0.01129,
        "fev1": 3.55 if wave in (5, 6, 7) else float("nan"),
    }
    assert first_person(cohort) == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert cohort.age_years.tolist() == [44, 63]
    assert cohort.wave.tolist() == [wave, wave]


def test_zeros_are_zeros_and_a_pressure_of_nothing_is_missing(tmp_path: Path) -> None:
    cohort = nhanes.load(write_survey(tmp_path, 5))
    assert cohort.table.column("bilirubin")[1] == 0.0
    assert np.isnan(cohort.table.column("diastolic_bp")[1])
    assert cohort.table.column("systolic_bp")[1] == 140.0


def test_a_single_blow_counts_where_no_bronchodilator_was_given(tmp_path: Path) -> None:
    cohort = nhanes.load(write_survey(tmp_path, 6))
    assert cohort.table.column("fev1")[1] == pytest.approx(2.1)


def test_children_are_left_out_and_surveys_stand_one_after_another(tmp_path: Path) -> None:
    for wave in (10, 1, 6):
        write_survey(tmp_path / f"survey{wave}", wave)
    cohort = nhanes.load(tmp_path)
    assert cohort.wave.tolist() == [1, 1, 6, 6, 10, 10]
    assert cohort.age_years.min() >= 20


def test_file_names_may_be_in_small_letters(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    expected = first_person(nhanes.load(folder))
    for path in list(folder.iterdir()):
        path.rename(path.with_name(path.name.lower()))
    assert first_person(nhanes.load(folder)) == pytest.approx(expected, nan_ok=True)


def test_who_is_pregnant_is_taken_from_the_demography(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 3)
    demography = {"RIAGENDR": [2, 2, 2, 1], "RIDAGEYR": [30] * 4, "RIDEXPRG": [1, 2, 3, None]}
    frame = pd.DataFrame({"SEQN": [21005, 21006, 21007, 21008], **demography}, dtype="float64")
    write_transport(folder / "DEMO_C.XPT", frame)
    assert nhanes.load(folder).pregnant.tolist() == [1, 0, 0, 0]


def test_follow_up_comes_from_the_mortality_file_of_the_survey(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 2)
    lines = [
        mortality_line(9966, 1, "1", "10", "150", "149"),
        mortality_line(9967, 1, "0", "", "214", "213"),
        mortality_line(9968, 2, ".", ".", ".", "."),
    ]
    write_mortality(folder, 2, 2019, lines)
    cohort = nhanes.load(folder)
    assert cohort.time_months.tolist() == [149, 213]
    assert cohort.status.tolist() == [0, 0]
    assert cohort.died.tolist() == [1, 0]


def test_a_death_without_a_stated_cause_is_a_death(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 1)
    lines = [
        mortality_line(1, 1, "1", ".", "88", "86"),
        mortality_line(2, 3, ".", ".", ".", "."),
    ]
    write_mortality(folder, 1, 2015, lines)
    cohort = nhanes.load(folder)
    assert cohort.died[0] == cohort.status[0] == 1
    assert np.isnan([cohort.died[1], cohort.status[1], cohort.time_months[1]]).all()


def test_without_mortality_files_nobody_is_followed(tmp_path: Path) -> None:
    cohort = nhanes.load(write_survey(tmp_path, 8))
    assert np.isnan([cohort.time_months, cohort.status, cohort.died]).all()


def test_units_and_logarithms_follow_as_in_the_r_package(tmp_path: Path) -> None:
    frame, _ = read_folder(write_survey(tmp_path, 9))
    person = frame.iloc[0]
    assert person["sampleID"] == 201583732
    assert person["year"] == 2015
    assert person["crp"] == pytest.approx(0.21)
    assert person["lncrp"] == pytest.approx(np.log(1.21))
    assert person["lnhba1c"] == pytest.approx(np.log(5.4))
    assert person["pulse"] == 49


def test_the_hash_is_of_the_files_read_and_changes_with_them(tmp_path: Path) -> None:
    folder = write_survey(tmp_path / "one", 7)
    before = nhanes.load(folder).sha256
    (folder / "notes.txt").write_text("mine")
    assert nhanes.load(folder).sha256 == before
    variables = {**files_of(7)["GHB_G"], "LBXGH": (5.5, 6.3, 5.0)}
    seqn = [62161, 62162, 62163]
    write_transport(folder / "GHB_G.XPT", pd.DataFrame({"SEQN": seqn, **variables}, dtype=float))
    assert nhanes.load(folder).sha256 != before


@pytest.mark.parametrize(
    ("wave", "stem"), [(1, "LAB25"), (2, "L40_B"), (3, "L13_C"), (6, "CRP_F"), (10, "HSCRP_J")]
)
def test_an_absent_file_is_named_with_its_survey_and_where_to_get_it(
    wave: int, stem: str, tmp_path: Path
) -> None:
    said = refusal(write_survey(tmp_path, wave, leave_out=[stem]))
    year = 1997 + 2 * wave
    assert f"{year}-{year + 1} lacks the files: {stem}.XPT" in said
    assert "National Center for Health Statistics" in said


def test_spirometry_triglycerides_and_the_second_ggt_may_be_absent(tmp_path: Path) -> None:
    write_survey(tmp_path / "b", 2, leave_out=["L40_2_B", "L13AM_B"])
    write_survey(tmp_path / "e", 5, leave_out=["SPX_E"])
    cohort = nhanes.load(tmp_path)
    assert np.isnan(cohort.table.column("ggt")).tolist() == [True, True, False, False]
    assert np.isnan(cohort.table.column("fev1")).all()


def test_an_absent_variable_is_named_with_its_file(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    frame = pd.DataFrame({"SEQN": [31127.0], "LBXCRPX": [0.2]})
    write_transport(folder / "CRP_D.XPT", frame)
    assert "CRP_D.XPT lacks the variables: LBXCRP" in refusal(folder)


def test_a_page_saved_under_the_name_of_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    (folder / "BMX_D.XPT").write_text("<!DOCTYPE html><html>Page not found</html>" * 20)
    assert "BMX_D.XPT is no readable SAS transport file" in refusal(folder)


@pytest.mark.parametrize("kept", [0, 60, 700, 1701])
def test_a_file_that_was_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    path = folder / "CBC_D.XPT"
    path.write_bytes(path.read_bytes()[:kept])
    assert "CBC_D.XPT is no readable SAS transport file" in refusal(folder)


def test_a_person_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    frame = pd.DataFrame({"SEQN": [31127.0, 31127.0], "LBXGH": [5.0, 6.0]})
    write_transport(folder / "GHB_D.XPT", frame)
    assert "GHB_D.XPT does not name each person once" in refusal(folder)


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    write_survey(tmp_path / "a", 4)
    write_survey(tmp_path / "b", 4)
    assert "is there twice" in refusal(tmp_path)


@pytest.mark.parametrize("stem", ["P_DEMO", "DEMO_L"])
def test_a_survey_that_is_not_known_is_refused_and_not_guessed(stem: str, tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 10)
    write_transport(folder / f"{stem}.XPT", pd.DataFrame({"SEQN": [1.0], "RIAGENDR": [1.0]}))
    assert f"{stem}.XPT is of a survey that is not known here" in refusal(folder)


def test_nhanes_iii_s_own_files_lead_to_the_r_package_s_frame(tmp_path: Path) -> None:
    (tmp_path / "adult.dat").write_text("00003" + " " * 80)
    assert "use NHANES3.rda of the R package BioAge" in refusal(tmp_path)


def test_a_mortality_file_of_other_people_is_refused(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    write_mortality(folder, 4, 2019, [mortality_line(1, 1, "0", "", "10", "9")])
    assert "NHANES_2005_2006_MORT_2019_PUBLIC.dat is of other people" in refusal(folder)


def test_a_folder_of_children_is_refused(tmp_path: Path) -> None:
    folder = write_survey(tmp_path, 4)
    frame = pd.DataFrame(
        {"SEQN": [31127.0], "RIAGENDR": [1.0], "RIDAGEYR": [9.0], "RIDEXPRG": [2.0]}
    )
    write_transport(folder / "DEMO_D.XPT", frame)
    assert "nobody of 20 years or more" in refusal(folder)


def test_an_empty_folder_says_which_files_it_wants(tmp_path: Path) -> None:
    said = refusal(tmp_path)
    assert "has no NHANES files" in said
    assert "DEMO.XPT" in said


@pytest.fixture(scope="module")
def fourth() -> pd.DataFrame:
    """The real frame of NHANES IV."""
    if not SHARED.is_file():
        pytest.skip(f"SKIPPED FOR LACK OF DATA: {SHARED.name} is not in ../shared/data")
    return pd.read_parquet(SHARED)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("column", "wave", "factor", "offset", "step"),
    [
        ("creat", 1, 1.013, 0.147, 0.1),
        ("creat", 2, 1.0, 0.0, 0.1),
        ("creat", 4, 0.978, -0.016, 0.01),
        ("crp", 9, 0.1, 0.0, 0.01),
        ("crp", 10, 0.1, 0.0, 0.01),
    ],
)
def test_conversions_lead_the_r_package_s_values_back_to_the_steps_of_the_instrument(
    fourth: pd.DataFrame, column: str, wave: int, factor: float, offset: float, step: float
) -> None:
    values = fourth.loc[fourth["wave"] == wave, column].dropna().to_numpy()
    steps = (values - offset) / factor / step
    on_a_step = np.abs(steps - steps.round()) < 1e-6
    assert on_a_step.mean() > 0.999


def test_weights_and_ethnicity_come_from_the_demography_where_it_has_them(tmp_path: Path) -> None:
    """The weights of 1999-2002 are those of four years, so they count twice."""
    people = {"RIAGENDR": [1, 2], "RIDAGEYR": [30, 40], "RIDEXPRG": [None, 2]}
    for wave, stem, number in ((2, "DEMO_B", 9966), (3, "DEMO_C", 21005)):
        folder = write_survey(tmp_path / stem, wave)
        design = {"RIDRETH1": [1, 4], "WTMEC2YR": [5.0, 7.0], "WTMEC4YR": [2.0, 3.0]}
        frame = pd.DataFrame({"SEQN": [number, number + 1], **people, **design}, dtype="float64")
        write_transport(folder / f"{stem}.XPT", frame)
    cohort = nhanes.load(tmp_path)
    assert cohort.weight.tolist() == [4, 6, 5, 7]
    assert cohort.ethnicity.tolist() == [3, 2, 3, 2]
    assert np.isnan(nhanes.load(write_survey(tmp_path / "plain", 5)).weight).all()
