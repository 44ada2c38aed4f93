"""What `agelens score` says of files, columns and names before it scores, and of readers that leave."""

import subprocess
import sys

import pytest
from agelens.commands import score
from agelens.commands.score import run
from kaggle_people import make_people, write_csv

PEOPLE = make_people(6, seed=8)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("out.xlsx", "out: must end in .csv or .parquet, not as out.xlsx"),
        ("out", "out: must end in .csv or .parquet"),
        ("absent/out.csv", "out: there is no folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    tmp_path, capsys, monkeypatch, out, words
):
    data = write_csv(tmp_path / "data.csv", PEOPLE)
    monkeypatch.setattr(score, "score_file", lambda *_: pytest.fail("it was scored"))

    assert run(data, "kaggle-age", "kaggle", tmp_path / out) == 1
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


def test_an_ending_in_capitals_is_as_good(tmp_path):
    data = write_csv(tmp_path / "data.csv", PEOPLE)
    assert run(data, "kaggle-age", "kaggle", tmp_path / "OUT.CSV") == 0


@pytest.mark.slow
@pytest.mark.parametrize("n_people", [2, 2000])
def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path, n_people):
    data = write_csv(tmp_path / "data.csv", PEOPLE[:2] * (n_people // 2))
    command = [sys.executable, "-c", "from agelens.cli import cli; cli()"]
    options = ["score", str(data), "--columns", "kaggle"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, *options], **pipes) as process:
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
    assert process.returncode == 0


def test_short_names_are_clocks_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert score.find_clock("kaggle").manifest.name == "kaggle-age"
    assert score.find_clock("mortality").manifest.name == "mortality-age"


def test_of_many_columns_that_are_not_read_the_first_are_named_and_all_counted(tmp_path, capsys):
    further = {f"note {place}": "x" for place in range(11)}
    data = write_csv(tmp_path / "data.csv", [{**person, **further} for person in PEOPLE])

    assert run(data, "kaggle-age", "kaggle", tmp_path / "out.csv") == 0
    first = ", ".join(f"note {place}" for place in range(8))
    told = f"11 columns that this clock does not read: {first} and 3 more\n"
    assert told in capsys.readouterr().err


def test_when_most_rows_fail_the_column_names_that_fit_better_are_suggested(tmp_path, capsys):
    header = "albumin,glucose,albumin_gL,creat_umol,glucose_mmol,lymph,mcv,rdw,alp,wbc,lncrp,age"
    data = written(tmp_path / "people.csv", f"{header}\n4,90,40,80,5,30,90,13,70,6,0.2,50\n")

    assert run(data, "phenoage", "agelens", tmp_path / "out.csv") == 0
    said = capsys.readouterr().err
    assert (
        "Most rows could not be scored: the file looks like one with bioage-r columns; choose these\n"
        in said
    )
    assert run(data, "phenoage", "bioage-r", tmp_path / "out.csv") == 0
    assert "1 rows, 0 with an error" in capsys.readouterr().err


def test_age_under_another_name_is_suggested_and_not_read(tmp_path, capsys):
    header = (
        "albumin,creatinine,glucose,crp,lymphocytes,mean_cell_volume,red_cell_width,"
        "alkaline_phosphatase,white_cells"
    )
    row = "42,80,5,10,30,90,13,80,7,50"
    data = written(tmp_path / "people.csv", f"{header},age\n{row}\n")

    assert run(data, "phenoage", "agelens", tmp_path / "out.csv") == 0
    said = capsys.readouterr().err
    assert (
        'there is no column chronological_age, which this clock needs; did you mean it by "age"?'
        in said
    )
    assert "1 rows, 1 with an error" in said

    renamed = written(tmp_path / "renamed.csv", f"{header},chronological_age\n{row}\n")
    assert run(renamed, "phenoage", "agelens", tmp_path / "out.csv") == 0
    assert capsys.readouterr().err.startswith("1 rows, 0 with an error")


def test_rows_that_fail_for_their_own_reasons_bring_no_suggestion(tmp_path, capsys):
    people = [{**person, "Bone Density (g/cm²)": "high"} for person in PEOPLE]
    data = write_csv(tmp_path / "data.csv", people)

    assert run(data, "kaggle-age", "kaggle", tmp_path / "out.csv") == 0
    assert "Most rows could not be scored" not in capsys.readouterr().err


def test_a_file_without_rows_gives_a_header_and_no_suggestion(tmp_path, capsys):
    data = written(tmp_path / "data.csv", "albumin,age\n")

    assert run(data, "phenoage", "agelens", tmp_path / "out.csv") == 0
    assert "Most rows could not be scored" not in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("prediction,")
