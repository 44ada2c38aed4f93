import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.clocks.scoring import predict
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import read_panel
from kaggle_people import make_people, write_csv

from model_training import evaluation, kaggle_age
from model_training.candidates import CANDIDATES, matrix
from model_training.evaluation import Protocol
from model_training.folds import rows_of
from model_training.datasets.kaggle import kaggle_features, load

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "kaggle_train.csv"
PEOPLE = make_people(400, seed=11)
QUICK = Protocol(repeats=1, folds=3, seed=1)


@pytest.fixture
def quick(monkeypatch):
    """One repeat and one quick candidate: the whole path in a second."""
    monkeypatch.setattr(kaggle_age, "PROTOCOL", QUICK)
    only = {"numeric ridge": CANDIDATES["numeric ridge"]}
    monkeypatch.setattr(evaluation, "CANDIDATES", only)


@pytest.fixture(scope="module")
def kaggle():
    """The real training file."""
    if not SHARED.is_file():
        pytest.skip(f"SKIPPED FOR LACK OF DATA: {SHARED.name} is not in ../shared/data")
    return load(SHARED)


def test_none_is_a_category_blood_pressure_is_two_numbers_and_units_are_canonical(tmp_path):
    person = {
        **PEOPLE[0],
        "Chronic Diseases": "None",
        "Blood Pressure (s/d)": "141/92",
        "Blood Glucose Level (mg/dL)": 100,
    }
    data = load(write_csv(tmp_path / "train.csv", [person, *PEOPLE[1:]]))

    assert data.table.column("chronic_diseases")[0] == 0
    assert (data.table.column("systolic_bp")[0], data.table.column("diastolic_bp")[0]) == (141, 92)
    assert data.table.column("glucose")[0] == pytest.approx(5.55)
    assert data.age[0] == PEOPLE[0]["Age (years)"]


def test_copies_with_an_id_column_give_the_same_data(tmp_path):
    plain = load(write_csv(tmp_path / "plain.csv", PEOPLE))
    with_id = load(
        write_csv(tmp_path / "id.csv", ({"ID": i, **person} for i, person in enumerate(PEOPLE)))
    )

    for key, column in plain.table.columns.items():
        np.testing.assert_array_equal(column, with_id.table.column(key))


def test_a_file_that_lacks_a_column_or_people_is_refused(tmp_path):
    lacking = [{k: v for k, v in person.items() if k != "Diet"} for person in PEOPLE]

    with pytest.raises(InvalidInput, match="lacks the columns: Diet"):
        load(write_csv(tmp_path / "lacking.csv", lacking))
    with pytest.raises(InvalidInput, match="200 people"):
        load(write_csv(tmp_path / "few.csv", PEOPLE[:20]))
    with pytest.raises(InvalidInput, match="row 1"):
        load(write_csv(tmp_path / "bad.csv", [{**PEOPLE[0], "BMI": "thin"}, *PEOPLE[1:]]))


def test_training_writes_a_bundle_that_loads_predicts_and_ends_in_the_table(tmp_path, quick):
    said = []
    kaggle_age.train(write_csv(tmp_path / "train.csv", PEOPLE), tmp_path / "out", said.append)

    clock = load_clock(read_bundle(tmp_path / "out"))
    panel = read_panel(clock.manifest.features, {"bone_density": 0.8}, None, 50)
    assert 18 < predict(clock, panel)["prediction"] < 89
    assert "numeric ridge" in said[-1]
    assert "covered" in said[-1]


def test_the_same_data_gives_the_same_bundle_and_other_data_another(tmp_path, quick):
    first = write_csv(tmp_path / "first.csv", PEOPLE)
    other = write_csv(tmp_path / "other.csv", PEOPLE[:-1])
    silent = [].append

    once = kaggle_age.train(first, tmp_path / "a", silent)
    assert kaggle_age.train(first, tmp_path / "b", silent) == once
    assert kaggle_age.train(other, tmp_path / "c", silent) != once


def test_no_person_of_the_training_file_is_in_the_bundle(tmp_path, quick):
    files = kaggle_age.train(write_csv(tmp_path / "train.csv", PEOPLE), tmp_path / "out", print)

    whole = b"".join(files.values()).decode()
    exact = [str(person["Bone Density (g/cm²)"]) for person in PEOPLE]
    assert not [number for number in exact if len(number) == len("1.234567") and number in whole]


def test_answers_left_out_leave_everyone_at_least_one():
    features = kaggle_features()
    keys = tuple(f.key for f in features if f.informative)
    table = Table({key: np.zeros(500) for key in keys}, np.full(500, np.nan))

    left = evaluation.answers_left_out(keys, 0.9, seed=3)(table)
    missing = np.isnan(np.stack([left.column(key) for key in keys]))
    assert not missing.all(axis=0).any()
    assert 0.7 < missing.mean() < 0.9


@pytest.mark.shared_data
def test_on_the_training_file_the_clock_meets_its_figures_in_cross_validation(kaggle):
    protocol = Protocol(repeats=3)
    told = evaluation.cross_validate_clock(kaggle_age.PLAN, kaggle, protocol)
    error = evaluation.mean_absolute_error(told.prediction, kaggle.age)
    ridge = np.empty(len(kaggle))
    columns = matrix(kaggle.table, kaggle_features())
    for _, train, held_out in replace(protocol, repeats=1).splits(len(kaggle)):
        model = CANDIDATES["numeric ridge"](kaggle_features())
        ridge[held_out] = model.fit(columns[train], kaggle.age[train]).predict(columns[held_out])
    first_error = evaluation.mean_absolute_error(told.prediction[0], kaggle.age)
    covered = evaluation.coverage(told, kaggle.age)

    assert 3.85 < error <= 4.05
    assert np.abs(ridge - kaggle.age).mean() - first_error >= 0.12
    assert 0.88 <= covered.pop("all") <= 0.92
    assert all(0.87 <= share <= 0.94 for share in covered.values())
    assert evaluation.mean_width(told) <= 16.6


@pytest.mark.shared_data
def test_the_shipped_clock_was_trained_on_the_training_file(kaggle):
    manifest = load_clock(read_bundle(shipped("kaggle-age"))).manifest
    parameters = json.loads(read_bundle(shipped("kaggle-age"))["parameters.json"])
    bone = rows_of(kaggle.table, np.arange(len(kaggle))).column("bone_density")

    assert manifest.data_sha256 == kaggle.sha256
    slope, intercept = np.polyfit(kaggle.age, bone, 1)
    assert parameters["linear"][0]["slope"] == pytest.approx(slope, rel=1e-6)
    assert parameters["linear"][0]["intercept"] == pytest.approx(intercept, rel=1e-6)
