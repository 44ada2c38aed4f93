"""`agelens score` on a cohort with the column names of the R package BioAge."""

import csv

import pandas as pd
import pytest
from agelens.clocks.bundles import find_clock
from scored_files import run

from model_training.datasets.bioage_columns import NHANES_III
from model_training.datasets.generated.nhanes import nhanes_frame

CLOCKS = ("phenoage", "kdm", "dysregulation", "mortality-age")
FRAME = nhanes_frame(300, seed=11, waves=(NHANES_III, 1, 5)).assign(
    gender=lambda frame: frame["gender"].astype(float)  # as pandas reads it beside a missing one
)


def scored(folder, name, clock):
    """The answers about a file, row by row."""
    assert run(folder / name, clock, "bioage-r", folder / "out.csv") == 0
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_csv_that_pandas_wrote_scores_as_the_parquet_does_in_every_row(tmp_path, clock):
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    FRAME.to_parquet(tmp_path / "people.parquet", index=False)
    assert set(pd.read_csv(tmp_path / "people.csv", dtype=str)["gender"]) == {"1.0", "2.0"}

    from_csv = scored(tmp_path, "people.csv", clock)
    assert from_csv == scored(tmp_path, "people.parquet", clock)
    assert len(from_csv) == len(FRAME)
    assert sum(bool(row["prediction"]) for row in from_csv) > 100
    assert not any("sex" in row["error"] for row in from_csv)


def test_warnings_stand_in_their_rows_and_are_counted(tmp_path, capsys):
    features = find_clock("mortality-age").manifest.features
    person = {f.key: f.example for f in features} | {"chronological_age": 50}
    people = pd.DataFrame(person | {"bilirubin": 5 * [0.6] + 5 * [10]})
    people.to_csv(tmp_path / "people.csv", index=False)

    assert run(tmp_path / "people.csv", "mortality-age", "agelens", tmp_path / "out.csv") == 0
    assert "10 rows, 0 with an error, " in capsys.readouterr().err
    looks = "bilirubin 0.6 looks like mg/dL; it was read as umol/L"
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        warned = [looks in row["warnings"] for row in csv.DictReader(stream)]
    assert warned == 5 * [True] + 5 * [False]
