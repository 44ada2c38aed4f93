import json
from functools import partial

import pytest
from agelens.cli import cli
from agelens.commands.train import run
from click.testing import CliRunner
from kaggle_people import make_people, write_csv

from model_training import kaggle_age
from model_training.datasets.generated.nhanes import generate_nhanes
from model_training.folds import Protocol


def test_a_clock_that_cannot_be_trained_is_said_so(tmp_path, capsys):
    assert run("horoscope", tmp_path / "data.csv", tmp_path / "out") == 2
    assert 'no training for "horoscope"' in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_so_and_nothing_is_written(tmp_path, capsys):
    assert run("kaggle", tmp_path / "data.csv", tmp_path / "out") == 1
    assert "there is no file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("clock", ["phenoage", "kdm", "dysregulation", "mortality"])
def test_a_download_is_suggested_for_the_kaggle_clock_only(tmp_path, capsys, clock):
    for word in ("absent.parquet", "kagglehub"):
        assert run(clock, word, tmp_path / "out") == 1
        said = capsys.readouterr().err
        assert said == f"Not trained: data: there is no file or folder {word}\n"
    assert run("kaggle", "absent.csv", tmp_path / "out") == 1
    assert "the word kagglehub downloads" in capsys.readouterr().err


@pytest.mark.parametrize("clock", ["phenoage", "kdm", "dysregulation", "mortality"])
def test_what_is_wrong_with_the_validation_file_names_the_field_validation(tmp_path, capsys, clock):
    data = generate_nhanes(tmp_path / "iii.parquet", 4000, seed=4)
    other_study = write_csv(tmp_path / "Test.csv", make_people(5, seed=3))

    for validation, words in (
        (data, "is NHANES III (wave 0), which the clock learns from"),
        (other_study, "Test.csv is no NHANES frame, it lacks: gender, age, wave"),
    ):
        assert run(clock, str(data), tmp_path / "out", validation=validation) == 1
        assert f"Not trained: validation: {words}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_another_studys_validation_file_names_the_field_for_the_kaggle_clock_too(tmp_path, capsys):
    data = write_csv(tmp_path / "train.csv", make_people(240, seed=3))
    other_study = generate_nhanes(tmp_path / "iv.csv", 50, seed=4, waves=(1,))

    assert run("kaggle", str(data), tmp_path / "out", validation=other_study) == 1
    assert "Not trained: validation: lacks the columns: " in capsys.readouterr().err


@pytest.mark.slow
def test_the_version_of_the_bundle_can_be_chosen(tmp_path, monkeypatch):
    few_folds = Protocol(repeats=1, folds=2, inner_folds=2, seed=1)
    monkeypatch.setattr(kaggle_age, "train", partial(kaggle_age.train, protocol=few_folds))
    data = write_csv(tmp_path / "train.csv", make_people(240, seed=3))
    command = ["train", "kaggle", "--data", str(data), "--out", str(tmp_path / "out")]

    for options, version in ([], kaggle_age.VERSION), (["--version", "1.0.1"], "1.0.1"):
        done = CliRunner().invoke(cli, command + options)
        assert done.exit_code == 0, done.output
        assert f"Wrote kaggle-age {version} to" in done.output
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert manifest["version"] == version


@pytest.mark.parametrize("version", ["", "1/2", "one two", "v" * 65])
def test_what_can_be_no_version_is_said_before_any_work(tmp_path, capsys, version):
    data = write_csv(tmp_path / "train.csv", make_people(10, seed=3))

    assert run("kaggle", data, tmp_path / "out", version) == 1
    assert "Not trained: version: up to 64 letters" in capsys.readouterr().err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    data = write_csv(tmp_path / "train.csv", make_people(10, seed=3))

    assert run("kaggle", data, tmp_path) == 1
    assert "neither empty nor a bundle" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["train.csv"]


def test_a_validation_file_of_the_training_people_is_refused_by_name(tmp_path, capsys):
    people = make_people(240, seed=3)
    data = write_csv(tmp_path / "train.csv", people)
    leak = write_csv(tmp_path / "Test.csv", reversed(people))

    assert run("kaggle", str(data), tmp_path / "out", validation=leak) == 1
    assert "Not trained: validation: 240 of 240 rows" in capsys.readouterr().err
