"""What `agelens score` says of files, columns and names before it scores, and of readers that leave."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import agelens
import pyarrow.parquet
import pytest
from agelens.clocks.bundles import find_clock
from agelens.commands.score import command
from agelens.tables.batch_reader import ColumnOptions
from kaggle_people import make_people, write_csv
from scored_files import run

PEOPLE = make_people(6, seed=8)
PANEL = {
    "chronological_age": 50,
    "albumin": 44,
    "creatinine": 70,
    "glucose": 5.1,
    "crp": 1.2,
    "lymphocytes": 32,
    "mean_cell_volume": 90,
    "red_cell_width": 12.9,
    "alkaline_phosphatase": 62,
    "white_cells": 5.8,
}


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (
            "out.docx",
            "out: must end in .csv, .parquet, .pq, .json, .ndjson, .jsonl, .xlsx, not as out.docx",
        ),
        ("out", "out: must end in .csv, "),
        ("absent/out.csv", "out: there is no folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    tmp_path, capsys, monkeypatch, out, words
):
    data = write_csv(tmp_path / "data.csv", PEOPLE)
    monkeypatch.setattr(command, "_score_file", lambda *_: pytest.fail("it was scored"))

    assert run(data, "kaggle-age", "kaggle", tmp_path / out) == 2
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

    assert said.startswith(b"kaggle-age 1.1.0 reads ")
    assert said.count(b"\n") == 1
    assert process.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_by_a_signal_it_leaves_no_unfinished_file(tmp_path, number):
    data = write_csv(tmp_path / "data.csv", PEOPLE[:2] * 200_000)
    (tmp_path / "out").mkdir()
    out = tmp_path / "out" / "ages.csv"
    # a shell's background jobs ignore SIGINT, and so would this process if the tests run in one
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    called = f"{heard}; from agelens.cli import main; main()"
    command = [sys.executable, "-c", called, "score", str(data), "--columns", "kaggle"]
    with subprocess.Popen([*command, "-o", str(out)], stderr=subprocess.PIPE) as process:
        while not any(out.parent.iterdir()):  # it has begun to write
            assert process.poll() is None
        process.send_signal(number)
        said = process.stderr.read()

    assert process.returncode == 128 + number
    assert b"Traceback" not in said
    assert list(out.parent.iterdir()) == []


def test_the_first_row_of_ndjson_may_be_long_on_standard_input(tmp_path, monkeypatch, capsys):
    rows = [{"Note": "x" * 100_000, **PANEL}, PANEL]
    sent = "".join(json.dumps(row) + "\n" for row in rows).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))

    assert command.run([command.STANDARD_INPUT], ["phenoage"], tmp_path / "out.csv") == 0
    assert "2 rows, 0 with an error" in capsys.readouterr().err


def test_short_names_are_clocks_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_clock("kaggle").manifest.name == "kaggle-age"
    assert find_clock("mortality").manifest.name == "mortality-age"


def test_of_many_columns_that_are_not_read_the_first_are_named_and_all_counted(tmp_path, capsys):
    further = {f"note {place}": "x" for place in range(11)}
    data = write_csv(tmp_path / "data.csv", [{**person, **further} for person in PEOPLE])

    assert run(data, "kaggle-age", "kaggle", tmp_path / "out.csv") == 0
    first = ", ".join(f"note {place}" for place in range(8))
    told = f"11 columns are not read: {first} and 3 more\n"
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


def test_an_age_under_two_names_is_suggested_and_not_read(tmp_path, capsys):
    header = (
        "albumin,creatinine,glucose,crp,lymphocytes,mean_cell_volume,red_cell_width,"
        "alkaline_phosphatase,white_cells"
    )
    row = "42,80,5,10,30,90,13,80,7,50"
    data = written(tmp_path / "people.csv", f"{header},age,Alter\n{row},51\n")

    assert run(data, "phenoage", "agelens", tmp_path / "out.csv") == 0
    said = capsys.readouterr().err
    assert (
        'there is no column chronological_age, which this clock needs; did you mean it by "age"?'
        in said
    )
    assert '"age" and "Alter" may all be chronological_age, so none is read' in said
    assert "1 row lacks chronological age (row 1)" in said
    assert "1 rows, 1 with an error" in said

    renamed = written(tmp_path / "renamed.csv", f"{header},chronological_age\n{row}\n")
    assert run(renamed, "phenoage", "agelens", tmp_path / "out.csv") == 0
    assert "1 rows, 0 with an error" in capsys.readouterr().err


def test_rows_that_fail_for_their_own_reasons_bring_no_suggestion(tmp_path, capsys):
    people = [{**person, "Bone Density (g/cm²)": "high"} for person in PEOPLE]
    data = write_csv(tmp_path / "data.csv", people)

    assert run(data, "kaggle-age", "kaggle", tmp_path / "out.csv") == 0
    assert "Most rows could not be scored" not in capsys.readouterr().err


def test_a_file_without_rows_gives_a_header_and_no_suggestion(tmp_path, capsys):
    data = written(tmp_path / "data.csv", "albumin,age\n")

    assert run(data, "phenoage", "agelens", tmp_path / "out.csv") == 0
    assert "Most rows could not be scored" not in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("row,prediction,")


PHENOAGE = (
    "albumin,creatinine,glucose,crp,lymphocytes,mean_cell_volume,red_cell_width,"
    "alkaline_phosphatase,white_cells,chronological_age"
)
ONE, OTHER = "42,80,5,10,30,90,13,80,7,50", "45,70,5.2,1,32,91,12.9,60,6,61"


def cells(text, row):
    return text.splitlines()[row + 1].split(",")


@pytest.fixture
def plain(tmp_path, capsys):
    """What an ordinary CSV file of two people gives."""
    data = written(tmp_path / "plain.csv", f"{PHENOAGE}\n{ONE}\n{OTHER}\n")
    assert run(data, "phenoage", "agelens", None) == 0
    return capsys.readouterr().out


def objects():
    rows = [ONE.split(","), OTHER.split(",")]
    return [dict(zip(PHENOAGE.split(","), map(float, row), strict=True)) for row in rows]


def sent_as(folder, name):
    """The same two people in a file of another kind."""
    lines = [PHENOAGE, ONE, OTHER]
    if name == "semicolons.csv":
        text = "\n".join(line.replace(",", ";").replace(".", ",") for line in lines)
    elif name == "pipes.txt":
        text = "\n".join(line.replace(",", "|") for line in lines)
    elif name == "tabs.tsv":
        text = "\n".join(line.replace(",", "\t") for line in lines)
    elif name == "rows.json":
        text = json.dumps({"rows": objects()})
    elif name == "array.json":
        text = json.dumps(objects())
    else:  # one object a line, under whatever name
        text = "\n".join(map(json.dumps, objects()))
    return written(folder / name, text)


@pytest.mark.parametrize(
    "name",
    ["semicolons.csv", "pipes.txt", "tabs.tsv", "rows.json", "array.json", "lines.ndjson",
     "lines.json", "lines", "array"],
)  # fmt: skip
def test_the_same_people_in_any_format_get_the_same_answers(tmp_path, capsys, plain, name):
    assert run(sent_as(tmp_path, name), "phenoage", "agelens", None) == 0
    assert capsys.readouterr().out == plain


def test_standard_input_is_a_file_too(tmp_path, plain):
    content = sent_as(tmp_path, "semicolons.csv").read_bytes()
    command = [sys.executable, "-m", "agelens.cli", "score", "-", "--clock", "phenoage"]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    assert done.stdout.decode() == plain


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "ndjson", "jsonl", "pq"])
def test_answers_are_written_in_the_format_of_the_ending(tmp_path, plain, ending):
    data, out = tmp_path / "plain.csv", tmp_path / f"out.{ending}"
    assert run(data, "phenoage", "agelens", out) == 0
    if ending in ("parquet", "pq"):
        rows = pyarrow.parquet.read_table(out).to_pylist()
    elif ending == "csv":
        rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    elif ending == "json":
        rows = json.loads(out.read_text())
    else:
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [float(row["prediction"]) for row in rows] == [float(cells(plain, n)[1]) for n in (0, 1)]
    assert {row["clock"] for row in rows} == {"phenoage"}


def test_a_parquet_file_of_answers_says_what_made_it(tmp_path, plain):
    assert run(tmp_path / "plain.csv", "phenoage", "agelens", tmp_path / "out.parquet") == 0
    said = pyarrow.parquet.read_schema(tmp_path / "out.parquet").metadata
    manifest = find_clock("phenoage").manifest
    assert said[b"agelens"].decode() == agelens.__version__
    assert said[b"phenoage.version"].decode() == manifest.version
    assert said[b"phenoage.sha256"].decode() == manifest.sha256


def test_columns_are_mapped_their_units_said_and_rows_named(tmp_path, capsys, plain):
    text = f"id,{PHENOAGE}\nanna,{ONE}\nbea,{OTHER}\n".replace("glucose", "Glu")
    data = written(tmp_path / "named.csv", text.replace(",5,", ",90,").replace(",5.2,", ",93.6,"))
    options = ColumnOptions(mapping={"Glu": "glucose"}, units={"glucose": "mg/dL"}, id_column="id")
    assert command.run([data], ["phenoage"], None, options) == 0
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert [row["id"] for row in rows] == ["anna", "bea"]
    assert "Glu as glucose [mg/dL]" in printed.err
    assert float(rows[0]["prediction"]) == pytest.approx(float(cells(plain, 0)[1]), abs=0.2)


def test_several_clocks_answer_row_by_row(tmp_path, capsys, plain):
    people = [{**person, "systolic_bp": 120, "sex": "female"} for person in objects()]
    data = written(tmp_path / "two.json", json.dumps(people))
    assert command.run([data], ["phenoage", "mortality-age"], None) == 0
    printed = capsys.readouterr()
    assert "\n4 answers, 0 with an error" in printed.err
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert [(row["row"], row["clock"]) for row in rows] == [
        ("1", "phenoage"), ("1", "mortality-age"), ("2", "phenoage"), ("2", "mortality-age"),
    ]  # fmt: skip
    assert [row["prediction"] for row in rows[::2]] == [cells(plain, n)[1] for n in (0, 1)]
    assert rows[1]["contribution:systolic_bp"]
    assert not rows[0]["contribution:systolic_bp"]


def test_several_files_go_into_a_folder_each_under_its_name(tmp_path, capsys, plain):
    (tmp_path / "answers").mkdir()
    files = [tmp_path / "plain.csv", sent_as(tmp_path, "array.json")]
    assert command.run(files, ["phenoage"], tmp_path / "answers") == 0
    assert {path.name for path in (tmp_path / "answers").iterdir()} == {"plain.csv", "array.csv"}
    assert (tmp_path / "answers" / "array.csv").read_text() == plain
    assert command.run(files, ["phenoage"], None) == 2
    assert "must be a folder that exists" in capsys.readouterr().err


def test_a_file_that_breaks_off_leaves_no_answers_and_what_was_there(tmp_path, capsys):
    out = written(tmp_path / "out.csv", "earlier answers")
    text = f"{PHENOAGE}\n" + f"{ONE}\n" * 30_000 + '"' + ONE
    assert run(written(tmp_path / "data.csv", text), "phenoage", "agelens", out) == 1
    assert "Error: file: row 30,001: a quote is opened and never closed" in capsys.readouterr().err
    assert out.read_text() == "earlier answers"
    assert {path.name for path in tmp_path.iterdir()} == {"data.csv", "out.csv"}


@pytest.mark.parametrize("version", ["1.0.0", "9.9.9"])
def test_a_version_of_a_shipped_clock_can_be_named(tmp_path, capsys, plain, version):
    code = run(tmp_path / "plain.csv", f"phenoage@{version}", "agelens", None)
    printed = capsys.readouterr()
    if version == "1.0.0":
        assert (code, printed.out) == (0, plain)
    else:
        assert code == 2
        assert "phenoage has no version 9.9.9; shipped: 1.0.0" in printed.err


def test_the_file_that_is_read_is_safe_whatever_the_format(tmp_path, capsys, plain):
    data = tmp_path / "plain.csv"
    before = data.read_bytes()
    assert command.run([data], ["phenoage"], data, format="csv") == 2
    assert "is the file that is read" in capsys.readouterr().err
    assert command.run([data], ["phenoage"], tmp_path / "out.csv", format="parquet") == 2
    assert "is parquet, but out.csv is the name of a csv file" in capsys.readouterr().err
    assert command.run([data], ["phenoage"], tmp_path / "no" / "out", format="csv") == 2
    assert "there is no folder" in capsys.readouterr().err
    assert data.read_bytes() == before


def test_a_link_leads_to_its_file_and_a_pipe_stays_one(tmp_path, plain):
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")
    assert run(tmp_path / "plain.csv", "phenoage", "agelens", tmp_path / "link.csv") == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "target.csv").read_text() == plain

    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as thread:
        read = thread.submit((tmp_path / "pipe").read_text)
        assert (
            command.run([tmp_path / "plain.csv"], ["phenoage"], tmp_path / "pipe", format="csv")
            == 0
        )
        assert read.result() == plain
    assert (tmp_path / "pipe").is_fifo()


def test_a_pipe_is_read_like_a_file(tmp_path, capsys, plain):
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as thread:
        thread.submit((tmp_path / "pipe").write_bytes, (tmp_path / "plain.csv").read_bytes())
        assert run(tmp_path / "pipe", "phenoage", "agelens", None) == 0
    assert capsys.readouterr().out == plain


@pytest.mark.parametrize("name", ["one.ndjson", "one.json", "one"])
def test_one_object_is_one_row_of_lines(tmp_path, capsys, plain, name):
    data = written(tmp_path / name, json.dumps(objects()[0]) + "\n")
    assert run(data, "phenoage", "agelens", None) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert float(row["prediction"]) == pytest.approx(float(cells(plain, 0)[1]), abs=1e-9)


def test_half_of_a_pair_of_characters_is_an_error_in_words(tmp_path, capsys):
    data = written(tmp_path / "half.json", '[{"albumin": 44, "note": "\\udfff"}]')
    assert run(data, "phenoage", "agelens", None) == 1
    assert "Error: file: near row 1: is not JSON: a text has characters" in capsys.readouterr().err


def test_what_is_said_of_columns_may_be_for_one_of_the_clocks(tmp_path, capsys):
    people = [{**person, "albumin": 4.2, "HDL": 1} for person in objects()]
    data = written(tmp_path / "people.json", json.dumps(people))
    options = ColumnOptions(units={"albumin": "g/dL"}, mapping={"HDL": "ignored"})
    assert command.run([data], ["phenoage", "kaggle-age"], None, options) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["clock"] for row in rows] == ["phenoage", "kaggle-age"] * 2
    assert rows[0]["error"] == ""
    nobodys = ColumnOptions(units={"albumen": "g/dL"})
    assert command.run([data], ["phenoage", "kaggle-age"], None, nobodys) == 2
    assert "albumen" in capsys.readouterr().err


def test_of_several_files_all_are_there_before_any_is_scored_and_the_wrong_one_is_named(
    tmp_path, capsys, plain
):
    out, data = tmp_path / "answers", tmp_path / "plain.csv"
    out.mkdir()
    assert command.run([data, tmp_path / "absent.csv"], ["phenoage"], out) == 2
    assert list(out.iterdir()) == []
    assert command.run([data, written(tmp_path / "empty.csv", "")], ["phenoage"], out) == 1
    assert "empty.csv: file: is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [{"units": {"glucose": 3}}, {"mapping": {"sex": None}}, {"id_column": 3}],
)
def test_options_that_are_no_text_are_named(tmp_path, capsys, plain, options):
    assert command.run([tmp_path / "plain.csv"], ["phenoage"], None, ColumnOptions(**options)) == 2
    assert f"Error: {next(iter(options))}: must be text" in capsys.readouterr().err


LABORATORY = "Patient,Age,Sex,Albumin (g/dL),Creatinine,CRP (mg/dL),Lymphocytes (%),MCV,RDW-CV,ALP (IU/L),WBC"


def laboratory(folder, n=24, crp="0.11"):
    """A file as a US laboratory exports it; creatinine is in mg/dL, and nothing says so."""
    rows = [f"{i},{40 + i},F,4.3,{0.8 + i / 1000},{crp},31,90,13.0,64,6.2" for i in range(n)]
    lines = [LABORATORY + ",Glucose [mg/dL]", *(f"{row},92" for row in rows)]
    path = folder / "laboratory.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def scored_by_command(path, out, *options):
    from agelens.cli import cli
    from click.testing import CliRunner

    done = CliRunner().invoke(
        cli, ["score", str(path), "--clock", "phenoage", "-o", str(out), *options]
    )
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), done.stderr


def test_a_column_without_its_unit_is_asked_about_and_read_when_accepted(tmp_path):
    path, out = laboratory(tmp_path), tmp_path / "ages.csv"
    rows, said = scored_by_command(path, out)
    assert all(row["error"] for row in rows)
    assert 'is it mg/dL? --accept-suggestions, or --units \'{"creatinine": "mg/dL"}\'' in said
    assert "24 rows: creatinine must be between" in said

    rows, said = scored_by_command(path, out, "--accept-suggestions")
    assert not any(row["error"] for row in rows)
    assert 'Column "Creatinine" is read in mg/dL: its median, ' in said
    assert "is unusual in umol/L" in said
    assert "Not sure" not in said
    told, _ = scored_by_command(path, out, "--units", '{"creatinine": "mg/dL"}')
    assert [row["prediction"] for row in rows] == [row["prediction"] for row in told]


def test_limits_and_codes_are_options_of_the_command(tmp_path):
    path, out = laboratory(tmp_path, crp="<0.1"), tmp_path / "ages.csv"
    options = ("--accept-suggestions", "--censored", "limit")
    rows, _ = scored_by_command(path, out, *options)
    assert all(row["warnings"].startswith("crp <0.1 was read as its limit, 0.1") for row in rows)
    rows, _ = scored_by_command(path, out, "--accept-suggestions")
    assert all("0.1 can stand for it" in row["error"] for row in rows)
    coded = tmp_path / "coded.csv"
    coded.write_text(path.read_text().replace(",F,", ",2,").replace("<", ""), encoding="utf-8")
    values = ("--accept-suggestions", "--values", '{"sex": {"1": "male", "2": "female"}}')
    rows, _ = scored_by_command(coded, out, *values)
    assert not any(row["error"] or "limit," in row["warnings"] for row in rows)
