import json
from pathlib import Path

import pandas as pd
import papermill
import pytest
from kept_numbers import kept_arrays

from model_training.datasets.generated import generate_nhanes

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "compare_clocks.ipynb"
STORED = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in STORED["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, run from top to bottom on a made-up cohort, and the folder of its tables."""
    folder = tmp_path_factory.mktemp("compare")
    data = generate_nhanes(folder / "iv.parquet", 2500, seed=21, waves=range(1, 9))
    papermill.execute_notebook(
        NOTEBOOK,
        folder / "executed.ipynb",
        {"data": str(data), "out": str(folder / "tables"), "draws": 5, "people": 2000},
        progress_bar=False,
    )
    document = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in document["cells"]}, folder / "tables"


def outputs(cell):
    """All that a cell shows, as one text."""
    return json.dumps(cell.get("outputs", []))


def test_it_runs_from_top_to_bottom_and_shows_every_clock(executed):
    cells, _ = executed

    assert "2,000 people" in outputs(cells["imports"])
    for name in ("kaggle-age", "phenoage", "kdm", "dysregulation"):
        assert name in outputs(cells["who-table"])
    for name in ("phenoage", "kdm", "dysregulation"):
        assert name in outputs(cells["deaths-table"])


def test_a_clock_for_other_data_is_named_with_what_it_lacks_and_not_compared(executed):
    cells, _ = executed

    assert "Bone density, Vision sharpness" in outputs(cells["who-table"])
    assert "kaggle-age" not in outputs(cells["correlation-figure"])
    assert "kaggle-age" not in outputs(cells["deaths-table"])


def test_every_figure_is_data_and_fetches_nothing(executed):
    cells, _ = executed

    figures = [cell for name, cell in cells.items() if name.endswith("-figure")]
    assert len(figures) == 6
    for cell in figures:
        assert "application/vnd.plotly.v1+json" in outputs(cell)
        assert "http" not in outputs(cell)


def test_the_bland_altman_plot_sets_every_clock_in_years_against_mortality_age(executed):
    cells, tables = executed
    shown = outputs(cells["limits-figure"])

    for name in ("phenoage", "kdm"):
        assert f"{name} minus mortality-age" in shown
    assert "dysregulation" not in shown
    assert "kaggle-age" not in shown
    limits = pd.read_csv(tables / "limits_of_agreement.csv").set_index(["clock", "minus"])
    differences = pd.read_csv(tables / "mean_difference.csv").set_index("clock")
    for (first, second), row in limits.iterrows():
        assert row["bias"] == pytest.approx(differences.loc[first, second])
        assert row["low"] < row["bias"] < row["high"]


def test_the_tables_are_written_where_out_says_for_programs_to_read(executed):
    _, tables = executed

    names = {path.name for path in tables.iterdir()}
    assert names == {
        "who_is_scored.csv", "missing_markers.csv", "correlation.csv", "mean_difference.csv",
        "spread_of_difference.csv", "limits_of_agreement.csv", "mortality.csv",
    }  # fmt: skip
    mortality = pd.read_csv(tables / "mortality.csv").set_index(["clock", "figure"])
    assert all(mortality[column].dtype.kind == "f" for column in ("value", "low", "high"))
    assert (mortality["low"] <= mortality["high"]).all()
    assert 0.5 < mortality.loc[("phenoage", "c"), "value"] < 1
    assert pd.read_csv(tables / "who_is_scored.csv")["scored"].max() <= 2000
    differences = set(pd.read_csv(tables / "mean_difference.csv").columns)
    assert {"clock", "mortality-age", "phenoage", "kdm"} <= differences
    assert not {"dysregulation", "kaggle-age"} & differences


def test_its_record_keeps_no_list_of_people(executed):
    cells, _ = executed
    arrays = kept_arrays(cells)

    assert len(arrays) > 20
    assert max(map(len, arrays)) < 100


def test_a_cohort_without_nhanes_4_is_compared_but_for_who_dies(tmp_path):
    data = generate_nhanes(tmp_path / "iii.parquet", 800, seed=25)
    papermill.execute_notebook(
        NOTEBOOK,
        tmp_path / "executed.ipynb",
        {"data": str(data), "out": str(tmp_path / "tables"), "draws": 5},
        progress_bar=False,
    )
    document = json.loads((tmp_path / "executed.ipynb").read_text(encoding="utf-8"))
    cells = {cell["id"]: cell for cell in document["cells"]}

    assert "nobody of NHANES IV, surveys 1 to 6" in outputs(cells["deaths-table"])
    assert cells["forest-figure"]["outputs"] == cells["fifths-figure"]["outputs"] == []
    assert "plotly" in outputs(cells["correlation-figure"])
    assert (tmp_path / "tables" / "correlation.csv").exists()
    assert not (tmp_path / "tables" / "mortality.csv").exists()


def test_it_imports_nothing_of_the_platform():
    lines = [line for cell in CODE for line in "".join(cell["source"]).splitlines()]
    imported = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))
    }
    assert imported <= {"IPython", "model_training", "numpy", "pandas", "plotly"}
