"""`agelens train`: what it refuses, how, and that it never overwrites anything."""

import json
import shutil
from functools import partial

import pytest
from agelens.cli import cli
from agelens.clocks.bundles import read_bundle, shipped
from click.testing import CliRunner
from kaggle_people import make_people, write_csv

from model_training import kaggle_age
from model_training.datasets.generated.nhanes import generate_nhanes
from model_training.folds import Protocol


def refusal(clock, data, out, *options):
    """The error line of a call that is refused."""
    done = CliRunner().invoke(
        cli, ["train", clock, "--data", str(data), "--out", str(out), *options]
    )
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("Error: ").rstrip("\n")


def test_a_clock_that_cannot_be_trained_is_said_so(tmp_path):
    said = refusal("horoscope", tmp_path / "data.csv", tmp_path / "out")
    assert said.startswith('clock: there is no training for "horoscope"; known: kaggle, ')


def test_a_file_that_is_not_there_is_said_so_and_nothing_is_written(tmp_path):
    assert "there is no file" in refusal("kaggle", tmp_path / "data.csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("clock", ["phenoage", "kdm", "dysregulation", "mortality"])
def test_a_download_is_suggested_for_the_kaggle_clock_only(tmp_path, clock):
    for word in ("absent.parquet", "kagglehub"):
        said = refusal(clock, word, tmp_path / "out")
        assert said == f"data: there is no file or folder {word}"
    assert "the word kagglehub downloads" in refusal("kaggle", "absent.csv", tmp_path / "out")


@pytest.mark.parametrize("clock", ["phenoage", "kdm", "dysregulation", "mortality"])
def test_what_is_wrong_with_the_validation_file_names_the_field_validation(tmp_path, clock):
    data = generate_nhanes(tmp_path / "iii.parquet", 4000, seed=4)
    other_study = write_csv(tmp_path / "Test.csv", make_people(5, seed=3))

    for validation, words in (
        (data, "is NHANES III (wave 0), which the clock learns from"),
        (other_study, "Test.csv is no NHANES frame, it lacks: gender, age, wave"),
    ):
        said = refusal(clock, data, tmp_path / "out", "--validation", str(validation))
        assert f"validation: {words}" in said
    assert not (tmp_path / "out").exists()


def test_another_studys_validation_file_names_the_field_for_the_kaggle_clock_too(tmp_path):
    data = write_csv(tmp_path / "train.csv", make_people(240, seed=3))
    other_study = generate_nhanes(tmp_path / "iv.csv", 50, seed=4, waves=(1,))

    said = refusal("kaggle", data, tmp_path / "out", "--validation", str(other_study))
    assert said.startswith("validation: lacks the columns: ")


@pytest.mark.slow
def test_the_version_of_the_bundle_can_be_chosen(tmp_path, monkeypatch):
    few_folds = Protocol(repeats=1, folds=2, inner_folds=2, seed=1)
    monkeypatch.setattr(kaggle_age, "train", partial(kaggle_age.train, protocol=few_folds))
    data = write_csv(tmp_path / "train.csv", make_people(240, seed=3))
    command = ["train", "kaggle", "--data", str(data), "--out"]

    for options, version in ([], kaggle_age.VERSION), (["--version", "1.0.1"], "1.0.1"):
        out = tmp_path / version
        done = CliRunner().invoke(cli, [*command, str(out), *options])
        assert done.exit_code == 0, done.output
        assert f"Wrote kaggle-age {version} to" in done.output
        manifest = json.loads((out / "manifest.json").read_text())
        assert manifest["version"] == version


def test_a_bundle_is_never_overwritten_and_nothing_is_trained(tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(shipped("kaggle-age"), bundle)
    before = read_bundle(bundle)
    data = write_csv(tmp_path / "train.csv", make_people(10, seed=3))

    assert refusal("kaggle", data, bundle) == (
        f"out: {bundle} is not empty, and training never overwrites a bundle; name a new directory, "
        "or delete this one first"
    )
    assert read_bundle(bundle) == before


@pytest.mark.parametrize("version", ["", "1/2", "one two", "v" * 65])
def test_what_can_be_no_version_is_said_before_any_work(tmp_path, version):
    data = write_csv(tmp_path / "train.csv", make_people(10, seed=3))

    said = refusal("kaggle", data, tmp_path / "out", "--version", version)
    assert said.startswith("version: up to 64 letters")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    data = write_csv(tmp_path / "train.csv", make_people(10, seed=3))

    assert f"{tmp_path} is not empty" in refusal("kaggle", data, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["train.csv"]


def test_a_validation_file_of_the_training_people_is_refused_by_name(tmp_path):
    people = make_people(240, seed=3)
    data = write_csv(tmp_path / "train.csv", people)
    leak = write_csv(tmp_path / "Test.csv", reversed(people))

    said = refusal("kaggle", data, tmp_path / "out", "--validation", str(leak))
    assert said.startswith("validation: 240 of 240 rows")
