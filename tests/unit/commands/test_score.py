import csv
import io
import os
import subprocess
import sys

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from agelens.clocks.bundles import read_bundle, shipped, write_bundle
from kaggle_people import make_people, write_csv
from scored_files import run

PEOPLE = make_people(30, seed=5)
COLUMNS = [
    "row", "prediction", "interval_low", "interval_high", "base_value",
    "age_gap", "age_gap_adjusted", "age_gap_percentile",
    "contribution:bone_density", "contribution:vision_sharpness", "contribution:hearing_ability",
    "contribution:systolic_bp", "contribution:diastolic_bp", "contribution:total_cholesterol",
    "contribution:glucose", "contribution:cognitive_function", "contribution:smoking_status",
    "warnings", "error", "clock", "clock_version",
]  # fmt: skip


def score(tmp_path, people, out="out.csv", columns="kaggle", clock="kaggle-age"):
    data = write_csv(tmp_path / "data.csv", people)
    assert run(data, clock, columns, tmp_path / out) == 0
    return tmp_path / out


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_gets_an_explained_age_in_the_files_order(tmp_path):
    rows = rows_of(score(tmp_path, PEOPLE))

    assert list(rows[0]) == COLUMNS
    assert len(rows) == len(PEOPLE)
    for row in rows:
        shares = sum(float(v) for k, v in row.items() if k.startswith("contribution:"))
        assert float(row["base_value"]) + shares == pytest.approx(
            float(row["prediction"]), abs=1e-9
        )
        assert float(row["interval_low"]) <= float(row["prediction"]) <= float(row["interval_high"])
        assert row["error"] == ""
    age = [float(person["Age (years)"]) for person in PEOPLE]
    assert np.corrcoef(age, [float(row["prediction"]) for row in rows])[0, 1] > 0.9


def test_a_row_that_cannot_be_scored_has_an_error_and_no_number(tmp_path):
    people = [dict(person) for person in PEOPLE[:4]]
    people[1] = dict.fromkeys(people[1], "") | {"Bone Density (g/cm²)": "high"}
    people[2] = dict.fromkeys(people[2], "")
    rows = rows_of(score(tmp_path, people))

    assert [bool(row["error"]) for row in rows] == [False, True, True, False]
    assert "Bone Density (g/cm²) (bone_density) must be a number" in rows[1]["error"]
    assert "needs at least one of" in rows[1]["error"]
    assert "needs at least one of" in rows[2]["error"]
    for row in rows[1:3]:
        assert {
            v for k, v in row.items() if k not in ("row", "error", "clock", "clock_version")
        } == {""}
    alone = rows_of(score(tmp_path, PEOPLE[3:4]))[0]
    assert float(rows[3]["prediction"]) == pytest.approx(float(alone["prediction"]), abs=1e-9)


def test_a_cell_that_is_not_needed_never_costs_its_row(tmp_path):
    people = [dict(PEOPLE[0]) for _ in range(3)]
    people[1]["Bone Density (g/cm²)"] = "high"
    people[2]["Bone Density (g/cm²)"] = ""
    whole, odd, without = rows_of(score(tmp_path, people))

    assert odd["prediction"] == without["prediction"] != whole["prediction"]
    assert odd["warnings"].startswith(
        'bone_density must be a number, not text ("high"); it counts as missing'
    )


def test_parquet_and_csv_give_the_same_numbers(tmp_path):
    table = pyarrow.Table.from_pylist(PEOPLE)
    pyarrow.parquet.write_table(table, tmp_path / "data.parquet")

    assert run(tmp_path / "data.parquet", "kaggle-age", "kaggle", tmp_path / "out.parquet") == 0
    scored = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    from_csv = rows_of(score(tmp_path, PEOPLE))
    assert scored.column_names == COLUMNS
    assert scored["prediction"].to_pylist() == [float(row["prediction"]) for row in from_csv]
    assert scored["error"].null_count == len(PEOPLE)


def test_without_an_output_file_csv_goes_to_standard_output(tmp_path, capsys):
    data = write_csv(tmp_path / "data.csv", PEOPLE[:2])

    assert run(data, "kaggle-age", "kaggle", None) == 0
    printed = capsys.readouterr()
    assert len(list(csv.DictReader(io.StringIO(printed.out)))) == 2
    assert printed.err.endswith("\n2 rows, 0 with an error\n")


def test_a_file_of_nothing_but_errors_is_written_and_counted(tmp_path, capsys):
    people = [dict.fromkeys(person, "") | {"Bone Density (g/cm²)": "x"} for person in PEOPLE[:3]]
    rows = rows_of(score(tmp_path, people))

    assert [bool(row["error"]) for row in rows] == [True] * 3
    assert "3 rows, 3 with an error; written to " in capsys.readouterr().err


def test_rows_that_are_none_keep_their_places(tmp_path):
    data = write_csv(tmp_path / "data.csv", PEOPLE[:3])
    first, second, third, fourth = data.read_text(encoding="utf-8").splitlines()
    data.write_text("\n".join([first, second, "", third + ",1", fourth, ""]), encoding="utf-8")

    assert run(data, "kaggle-age", "kaggle", tmp_path / "out.csv") == 0
    rows = rows_of(tmp_path / "out.csv")
    assert [row["error"] for row in rows] == [
        "",
        "row is a blank line",
        "row has 27 cells, the header has 26",
        "",
    ]
    assert [bool(row["prediction"]) for row in rows] == [True, False, False, True]


def test_registry_keys_are_columns_too(tmp_path):
    rows = rows_of(score(tmp_path, [{"bone_density": 1, "glucose": 6.1}], columns="agelens"))

    assert rows[0]["error"] == ""


def test_a_bundle_directory_serves_as_a_clock(tmp_path):
    write_bundle(read_bundle(shipped("kaggle-age")), tmp_path / "bundle")

    by_directory = rows_of(score(tmp_path, PEOPLE, clock=str(tmp_path / "bundle")))
    assert by_directory == rows_of(score(tmp_path, PEOPLE))


@pytest.mark.parametrize(
    ("data", "clock", "columns", "words"),
    [
        ("absent.csv", "kaggle-age", "kaggle", "there is no file"),
        (
            "data.csv",
            "horoscope",
            "kaggle",
            'there is no "horoscope"; shipped: bortz, dysregulation',
        ),
        ("data.csv", "kaggle-age", "bioage-r", "no column of the file is one of"),
        ("data.csv", "kaggle-age", "sanskrit", "must be one of: agelens, kaggle, bioage-r"),
        ("data.csv", ".", "kaggle", "manifest.json"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_said_and_nothing_written(
    tmp_path, capsys, monkeypatch, data, clock, columns, words
):
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "data.csv", PEOPLE[:2])

    assert run(tmp_path / data, clock, columns, tmp_path / "out.csv") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_scoring_needs_none_of_the_packages_of_training_and_server(tmp_path):
    data = write_csv(tmp_path / "data.csv", PEOPLE[:2])
    program = (
        "import sys; from pathlib import Path; from agelens.commands.score import run; from agelens.tables.batch_reader import ColumnOptions;"
        f"run([Path({str(data)!r})], ['kaggle-age'], Path({str(tmp_path / 'o.csv')!r}), ColumnOptions('kaggle'));"
        "print({'scipy', 'sklearn', 'shap', 'orjson', 'flask', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"


def test_the_file_that_is_read_is_not_written_over(tmp_path, capsys):
    data = write_csv(tmp_path / "data.csv", PEOPLE)
    before = data.read_bytes()
    assert run(data, "kaggle-age", "kaggle", data) == 2
    assert data.read_bytes() == before
    assert "is the file that is read" in capsys.readouterr().err


def test_columns_that_are_not_read_are_named(tmp_path, capsys):
    people = [{**person, "Bone Densty": "1"} for person in PEOPLE]
    score(tmp_path, people)
    assert "1 columns are not read: Bone Densty" in capsys.readouterr().err


def test_numpy_is_loaded_on_one_thread_and_nobody_else_is_told(tmp_path):
    data = write_csv(tmp_path / "data.csv", PEOPLE)
    code = f"""
import os
from agelens.cli import cli
before = dict(os.environ)
try:
    cli(["score", {str(data)!r}, "--columns", "kaggle", "-o", {str(tmp_path / "out.csv")!r}])
except SystemExit as ended:
    assert ended.code == 0
assert dict(os.environ) == before
from threadpoolctl import threadpool_info
print(*(pool["num_threads"] for pool in threadpool_info() if "openblas" in pool["internal_api"]))
"""
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"1"}
