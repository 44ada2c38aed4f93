import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.clocks.scoring import predict
from agelens.domain.errors import InvalidInput, NotAdditive
from agelens.domain.panel import read_panel
from kaggle_people import make_people, write_csv
from sklearn.linear_model import LinearRegression

from model_training import evaluation, explanation, kaggle_age
from model_training.candidates import matrix
from model_training.datasets.kaggle import SIGNALS, load
from model_training.evaluation import HeldOut
from model_training.folds import Protocol, rows_of
from model_training.kaggle_plan import FEATURES, NAME, PLAN, PROTOCOL
from model_training.kaggle_winner import WINNER, exported_candidate

pytestmark = pytest.mark.slow

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "kaggle_train.csv"
PEOPLE = make_people(240, seed=11)
FEW_FOLDS = Protocol(repeats=1, folds=3, inner_folds=2, seed=1)


@pytest.fixture(scope="module")
def train_file(tmp_path_factory):
    return write_csv(tmp_path_factory.mktemp("data") / "train.csv", PEOPLE)


@pytest.fixture(scope="module")
def trained(train_file, tmp_path_factory):
    """A training with few folds: its lines, its files and where they lie."""
    said, out = [], tmp_path_factory.mktemp("trained") / "out"
    files = kaggle_age.train(train_file, out, said.append, protocol=FEW_FOLDS)
    return said, files, out


@pytest.fixture(scope="module")
def study(train_file):
    return kaggle_age.measure(load(train_file), [].append, FEW_FOLDS)


@pytest.fixture(scope="module")
def kaggle():
    """The real training file."""
    if not SHARED.is_file():
        pytest.skip(f"SKIPPED FOR LACK OF DATA: {SHARED.name} is not in ../shared/data")
    return load(SHARED)


def test_training_shows_its_stages_and_folds_and_ends_in_the_table(trained):
    said, _, _ = trained

    assert said[0] == "240 people, 26 features, 9 of them informative"
    assert sum("of 3:" in line and "wins" in line for line in said) == 3
    assert any("shap" in line for line in said)
    for name in (NAME, "numeric ridge", "spline ridge", "histogram boosting", "LightGBM"):
        assert name in said[-1]
    assert "picked inside" in said[-1]
    assert "covered" in said[-1]


def test_the_bundle_loads_predicts_and_names_its_headline_checks_and_training_ranges(trained):
    clock = load_clock(read_bundle(trained[2]))
    panel = read_panel(clock.manifest.features, {"bone_density": 0.8}, None, 50)

    assert 18 < predict(clock, panel)["prediction"] < 89
    metrics = clock.manifest.metrics
    assert clock.manifest.primary_metric.value(metrics) == metrics["mae_years"][NAME]
    assert "1 x 3 outer and 2 inner folds" in clock.manifest.primary_metric.protocol
    assert [check["passed"] for check in metrics["explanation_checks"]] == [True, True]
    bone = [float(person["Bone Density (g/cm²)"]) for person in PEOPLE]
    (low, high) = next(f.training for f in clock.manifest.features if f.key == "bone_density")
    assert low <= min(bone) < max(bone) <= high
    assert high - low == pytest.approx(max(bone) - min(bone), abs=2e-3)
    assert all(f.training is None for f in clock.manifest.features if f.kind == "choice")


def test_the_same_data_gives_the_same_bytes_in_another_process_with_more_threads(
    train_file, trained, tmp_path
):
    script = (
        "import sys; from pathlib import Path; from model_training import kaggle_age\n"
        "from model_training.folds import Protocol\n"
        "protocol = Protocol(repeats=1, folds=3, inner_folds=2, seed=1)\n"
        "kaggle_age.train(Path(sys.argv[1]), Path(sys.argv[2]), protocol=protocol)"
    )
    command = [sys.executable, "-c", script, str(train_file), str(tmp_path / "again")]
    environment = {"OMP_NUM_THREADS": "2", "PYTHONHASHSEED": "7", "PATH": ""}
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)

    assert read_bundle(tmp_path / "again") == trained[1]


def test_other_data_and_another_version_give_another_bundle(trained, tmp_path):
    other = write_csv(tmp_path / "other.csv", PEOPLE[:-1])
    silent = [].append
    files = kaggle_age.train(other, tmp_path / "b", silent, "2.0.0", protocol=FEW_FOLDS)

    manifest, before = (json.loads(each["manifest.json"]) for each in (files, trained[1]))
    assert (manifest["version"], before["version"]) == ("2.0.0", kaggle_age.VERSION)
    assert manifest["training_data"]["sha256"] != before["training_data"]["sha256"]
    assert files["parameters.json"] != trained[1]["parameters.json"]


def test_no_person_of_the_training_file_is_in_the_bundle(trained):
    told = set(re.findall(r"\d+\.\d+", b"".join(trained[1].values()).decode()))
    cells = {str(cell) for person in PEOPLE for cell in person.values() if isinstance(cell, float)}

    assert not {cell for cell in cells if len(cell.partition(".")[2]) >= 5} & told


def test_another_files_people_are_measured_without_changing_the_clock(
    train_file, trained, tmp_path
):
    others = write_csv(tmp_path / "others.csv", make_people(90, seed=12))
    said = []
    files = kaggle_age.train(
        train_file, tmp_path / "out", said.append, protocol=FEW_FOLDS, validation=others
    )

    assert files["parameters.json"] == trained[1]["parameters.json"]
    unseen = json.loads(files["manifest.json"])["metrics"]["validation"]
    assert unseen["n_people"] == 90
    clock, data = load_clock(files), load(others, apart_from=load(train_file))
    scores = clock.score(data.table)
    error = np.abs(scores.prediction - data.age).mean()
    assert unseen["mae_years"][NAME] == pytest.approx(error, abs=5e-4)
    inside = (scores.low <= data.age) & (data.age <= scores.high)
    assert unseen["interval"]["coverage"]["all"] == pytest.approx(inside.mean(), abs=5e-5)
    assert "90 people of another file" in said[-1]


def test_a_validation_file_of_the_training_people_stops_before_anything_is_learned(
    train_file, tmp_path
):
    said = []
    leak = write_csv(tmp_path / "Test.csv", reversed(PEOPLE))

    with pytest.raises(InvalidInput, match="240 of 240 rows are people of the training file"):
        kaggle_age.train(train_file, tmp_path / "out", said.append, validation=leak)
    assert len(said) == 1
    assert not (tmp_path / "out").exists()


def shifted(study, name, years):
    """The study, had one candidate been nearer to everybody's age by so many years."""
    nested = study.nested
    mine = nested.predictions[NAME]
    towards = nested.age + (mine - nested.age) * (1 - years / np.abs(mine - nested.age).mean())
    return replace(study, nested=replace(nested, predictions={NAME: mine, name: towards}))


def test_where_another_candidate_wins_nothing_is_exported_and_it_is_named(study):
    with pytest.raises(InvalidInput, match=r"LightGBM wins .* age-posterior cannot express"):
        kaggle_age.refit_on_everyone(shifted(study, "LightGBM", 1.0), [].append)


def test_a_lead_within_its_standard_error_is_no_win(study):
    ahead, error = shifted(study, "LightGBM", 1.0).nested.ahead_years("LightGBM", NAME)
    nested = study.nested
    blurred = nested.predictions[NAME] + np.random.default_rng(2).normal(0, 3, len(nested.age))
    close = replace(nested, predictions={NAME: nested.predictions[NAME], "LightGBM": blurred})

    assert ahead > error
    lead, error = close.ahead_years("LightGBM", NAME)
    assert lead < error
    assert exported_candidate(close, NAME) == exported_candidate(close, WINNER) == NAME


def test_the_winner_is_exported_where_it_is_asked_for(study, tmp_path):
    won = shifted(study, "LightGBM", 1.0)
    trained = kaggle_age.refit_on_everyone(won, [].append, candidate=WINNER)
    files = kaggle_age.export(trained, tmp_path / "out", "3.0", [].append)
    clock = load_clock(read_bundle(tmp_path / "out"))

    assert trained.exported == "LightGBM"
    assert (clock.manifest.name, clock.manifest.version) == (NAME, "3.0")
    assert clock.manifest.kind == "estimator"
    assert read_bundle(tmp_path / "out") == files


def test_a_candidate_may_be_exported_by_its_name_and_an_unknown_one_is_refused(study):
    assert exported_candidate(study.nested, "numeric ridge") == "numeric ridge"
    with pytest.raises(InvalidInput, match=r"no forest; .* winner, kaggle-age, numeric ridge"):
        exported_candidate(study.nested, "forest")


def test_training_fails_when_the_explanations_are_not_those_of_shap(
    train_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(explanation, "POSTERIOR_TOLERANCE_YEARS", -1.0)

    with pytest.raises(NotAdditive):
        kaggle_age.train(train_file, tmp_path / "out", [].append, protocol=FEW_FOLDS)
    assert not (tmp_path / "out").exists()


def test_a_version_that_cannot_be_one_and_a_folder_of_something_else_are_refused_at_once(
    train_file, tmp_path
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")

    with pytest.raises(InvalidInput, match="version"):
        kaggle_age.train(train_file, tmp_path / "out", [].append, "one two")
    with pytest.raises(InvalidInput, match="out"):
        kaggle_age.train(train_file, tmp_path / "full", [].append)


def test_answers_left_out_leave_everyone_at_least_one():
    table = Table({key: np.zeros(500) for key in SIGNALS}, np.full(500, np.nan))

    left = evaluation.answers_left_out(SIGNALS, 0.9, seed=3)(table)
    missing = np.isnan(np.stack([left.column(key) for key in SIGNALS]))
    assert not missing.all(axis=0).any()
    assert 0.7 < missing.mean() < 0.9


def test_coverage_counts_people_inside_by_decade_and_leaves_out_empty_decades():
    age = np.array([20.0, 25.0, 45.0, 49.0])
    low, high = np.array([[18.0, 26, 40, 40]]), np.array([[30.0, 40, 45, 48]])
    held_out = HeldOut((low + high) / 2, low, high)

    assert evaluation.coverage(held_out, age) == {"all": 0.5, "18-29": 0.5, "40-49": 0.5}
    assert evaluation.coverage_by_prediction(held_out, age)["70-89"] is None


@pytest.mark.shared_data
def test_on_the_training_file_the_clock_meets_its_figures_in_cross_validation(kaggle):
    plans = [PLAN] * (PROTOCOL.repeats * PROTOCOL.folds)
    held_out = evaluation.cross_validate_clock(
        plans, kaggle, PROTOCOL, {"all": evaluation.all_answers}
    )["all"]
    error = evaluation.mean_absolute_error(held_out.prediction, kaggle.age)
    covered = evaluation.coverage(held_out, kaggle.age)

    assert 3.85 < error <= 4.05
    assert 0.88 <= covered.pop("all") <= 0.92
    assert all(0.88 <= share <= 0.93 for share in covered.values())
    assert evaluation.mean_width(held_out) <= 16.6


@pytest.mark.shared_data
def test_on_the_training_file_the_clock_beats_least_squares_on_the_same_folds(kaggle):
    numbers = [place for place, f in enumerate(FEATURES) if f.kind == "number"]
    columns, ahead = matrix(kaggle.table, FEATURES)[:, numbers], []
    clock = next(c for c in kaggle_age.CANDIDATES if c.name == NAME)
    for _, train, held_out in replace(PROTOCOL, repeats=1).splits(len(kaggle)):
        plain = LinearRegression().fit(columns[train], kaggle.age[train])
        posterior = clock.fit(clock.grid[0], rows_of(kaggle.table, train), kaggle.age[train])
        told = (plain.predict(columns[held_out]), posterior(rows_of(kaggle.table, held_out)))
        errors = [np.abs(each - kaggle.age[held_out]).mean() for each in told]
        ahead.append(errors[0] - errors[1])

    assert np.mean(ahead) >= 0.12


@pytest.mark.shared_data
def test_the_shipped_clock_was_trained_on_the_training_file(kaggle):
    manifest = load_clock(read_bundle(shipped("kaggle-age"))).manifest
    parameters = json.loads(read_bundle(shipped("kaggle-age"))["parameters.json"])
    bone = kaggle.table.column("bone_density")

    assert manifest.version == kaggle_age.VERSION
    assert manifest.data_sha256 == kaggle.sha256
    slope, intercept = np.polyfit(kaggle.age, bone, 1)
    assert parameters["linear"][0]["slope"] == pytest.approx(slope, rel=1e-6)
    assert parameters["linear"][0]["intercept"] == pytest.approx(intercept, rel=1e-6)
