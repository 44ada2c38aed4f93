"""The demo cohort in the shape of the Kaggle file."""

import csv
from pathlib import Path

import numpy as np
import pytest
from agelens.clocks.base import encoded
from agelens.domain.features import feature
from agelens.domain.registry import biomarkers
from click.testing import CliRunner
from people_files import read_people

from model_training.datasets.generated import generate_kaggle
from model_training.datasets.generated.__main__ import main

PEOPLE = 1500


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate_kaggle(tmp_path_factory.mktemp("generated") / "people.csv", PEOPLE, seed=7)


def cells(data: Path) -> list[dict[str, str]]:
    with data.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def kaggle_panels(data: Path) -> list[object]:
    features = [
        feature(key, informative=True)
        for key, entry in biomarkers().items()
        if any(alias.columns == "kaggle" for alias in entry.aliases)
    ]
    return read_people(data, features, "kaggle", needs_age=True)


def numbers(data: Path, name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in cells(data)])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    data: Path, tmp_path: Path
) -> None:
    same = generate_kaggle(tmp_path / "same.csv", PEOPLE, seed=7)
    other = generate_kaggle(tmp_path / "other.csv", PEOPLE, seed=8)
    assert same.read_bytes() == data.read_bytes() != other.read_bytes()


def test_every_row_is_read_as_a_complete_panel(data: Path) -> None:
    panels = kaggle_panels(data)
    assert len(panels) == PEOPLE
    for panel in panels:
        assert panel.error is None
        assert len(panel.values) == 26
        assert panel.chronological_age is not None


def test_the_text_none_is_among_the_categories_as_in_the_data(data: Path) -> None:
    for column in ("Alcohol Consumption", "Chronic Diseases", "Medication Use", "Family History"):
        assert "None" in {row[column] for row in cells(data)}


def test_blood_pressure_is_one_cell_of_two_numbers(data: Path) -> None:
    pairs = [row["Blood Pressure (s/d)"].split("/") for row in cells(data)]
    assert all(int(systolic) > 0 and int(diastolic) > 0 for systolic, diastolic in pairs)


def test_bmi_follows_exactly_from_height_and_weight(data: Path) -> None:
    for row in cells(data):
        metres = float(row["Height (cm)"]) / 100
        assert float(row["BMI"]) == float(row["Weight (kg)"]) / metres**2


def test_vision_is_recorded_from_its_floor_on_only(data: Path) -> None:
    vision, age = numbers(data, "Vision Sharpness"), numbers(data, "Age (years)")
    assert vision.min() == 0.2
    assert (vision[age > 80] == 0.2).mean() > 0.3 > 0.01 > (vision[age < 50] == 0.2).mean()


def test_some_bone_densities_are_negative_as_in_the_data(data: Path) -> None:
    bone = numbers(data, "Bone Density (g/cm²)")
    assert 0 < (bone < 0).mean() < 0.05


def test_a_line_through_a_marker_leaves_its_stated_noise(data: Path) -> None:
    age, bone = numbers(data, "Age (years)"), numbers(data, "Bone Density (g/cm²)")
    slope, start = np.polyfit(age, bone, 1)
    assert slope == pytest.approx(-0.02, abs=0.001)
    assert np.std(bone - start - slope * age) == pytest.approx(0.15, rel=0.06)


def test_the_download_s_own_id_column_can_be_had_and_changes_nothing_else(
    data: Path, tmp_path: Path
) -> None:
    with_id = generate_kaggle(tmp_path / "id.csv", PEOPLE, seed=7, with_id=True)
    rows = cells(with_id)
    assert [row.pop("ID") for row in rows] == [str(n) for n in range(1, PEOPLE + 1)]
    assert rows == cells(data)


def test_an_age_can_be_learnt_from_it(data: Path) -> None:
    """Least squares on eight markers beats the guess of the mean age more than twofold."""
    keys = ("bone_density", "vision_sharpness", "hearing_ability", "systolic_bp", "diastolic_bp")
    panels = [panel for panel in kaggle_panels(data) if panel.error is None]
    age = np.array([panel.chronological_age for panel in panels], dtype=float)
    columns = [encoded(feature(key), [p.values.get(key) for p in panels]) for key in keys]
    design = np.stack([np.ones(len(age)), *columns], axis=1)
    learnt = np.linalg.lstsq(design[::2], age[::2], rcond=None)[0]
    error = np.abs(design[1::2] @ learnt - age[1::2]).mean()
    assert error < 0.5 * np.abs(age[1::2] - age[::2].mean()).mean()


def test_the_command_writes_the_same_file(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder" / "people.csv"
    arguments = ["--kind", "kaggle", "--people", str(PEOPLE), "--seed", "7", "--out", str(out)]
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.output
    assert "1,500 made-up people" in told.output
    assert out.read_bytes() == data.read_bytes()
