import json
from pathlib import Path

import papermill
import pytest
from agelens.clocks.bundles import load_clock, read_bundle
from kept_numbers import kept_arrays, kept_numbers, own_numbers

from model_training.datasets.generated import generate_nhanes
from model_training.datasets.nhanes import load

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "train_mortality_clock.ipynb"
STORED = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in STORED["cells"] if cell["cell_type"] == "code"]


def run(folder, **parameters):
    """Execute the notebook; its cells by id, and the bundle it leaves."""
    out = folder / "bundle"
    papermill.execute_notebook(
        NOTEBOOK,
        folder / "executed.ipynb",
        {"out": str(out), **parameters},
        progress_bar=False,
    )
    document = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in document["cells"]}, out


@pytest.fixture(scope="module")
def third(tmp_path_factory):
    """A made-up NHANES III."""
    path = tmp_path_factory.mktemp("data") / "iii.parquet"
    return generate_nhanes(path, 1500, seed=31)


@pytest.fixture(scope="module")
def executed(third, tmp_path_factory):
    """The notebook with a validation file, run from top to bottom."""
    folder = tmp_path_factory.mktemp("mortality")
    later = generate_nhanes(folder / "iv.parquet", 1500, seed=32, waves=range(1, 9))
    return run(folder, data=str(third), validation=str(later), version="3.1", curve_points=2)


def outputs(cell):
    """All that a cell shows, as one text."""
    return json.dumps(cell.get("outputs", []))


def test_it_leaves_a_bundle_of_the_version_that_scores(executed):
    clock = load_clock(read_bundle(executed[1]))
    assert (clock.manifest.name, clock.manifest.version) == ("mortality-age", "3.1")
    assert clock.manifest.primary_metric.protocol.startswith(
        "Harrell's C, all causes of death, NHANES IV surveys 1 to 6"
    )


def test_it_shows_every_clock_and_what_was_chosen(executed):
    cells, _ = executed
    for name in ("mortality-age", "phenoage", "kdm", "dysregulation", "age"):
        assert name in outputs(cells["clocks-table"])
    assert "400 rounds of boosting" in outputs(cells["candidates-table"])
    assert "age and sex alone" in outputs(cells["candidates-table"])


def test_the_scorecard_comes_first_and_says_on_whom(executed):
    cells, _ = executed
    shown = [name for name, cell in cells.items() if cell.get("outputs")]
    scorecard = outputs(cells["scorecard-table"])

    assert shown[:2] == ["train", "scorecard-table"]
    assert "NHANES IV, each survey by a model of the others" in scorecard
    for heading in ("C in strata", "AUC 10 y", "predicted/observed, 10 y"):
        assert heading in scorecard


def test_it_shows_who_agrees_for_whom_it_is_right_and_what_more_people_are_worth(executed):
    cells, _ = executed

    assert "mortality-age minus phenoage" in outputs(cells["agreement-figure"])
    for group in ("women", "men", "60-74"):
        assert group in outputs(cells["groups-figure"])
    for curve in ("mortality-age, held out", "mortality-age, training people"):
        assert curve in outputs(cells["learning-figure"])


def test_every_figure_is_data_and_fetches_nothing(executed):
    cells, _ = executed
    figures = [cell for name, cell in cells.items() if name.endswith("-figure")]
    assert len(figures) == 12
    for cell in figures:
        assert "application/vnd.plotly.v1+json" in outputs(cell)
        assert "http" not in outputs(cell)


def test_its_record_keeps_nobodys_own_numbers(executed, third):
    people = load(third)
    arrays = kept_arrays(executed[0])

    assert len(arrays) > 50
    assert max(map(len, arrays)) < len(people) / 4
    own = own_numbers(people.table.column(key) for key in ("crp", "creatinine", "alp"))
    assert len(own) > 100
    assert not own & kept_numbers(executed[0])


def test_calibration_says_on_whom_and_functions_are_of_women_and_of_men(executed):
    cells, _ = executed
    whom = "predicted risk: NHANES IV, each survey by a model of the others"
    assert whom in outputs(cells["calibration-figure"])
    assert "women" in outputs(cells["subgroups-table"])
    assert "each marker, women" in outputs(cells["functions-figure"])
    assert "each marker, men" in outputs(cells["functions-men-figure"])


def test_a_file_that_is_no_nhanes_3_fails_with_its_error_and_leaves_no_bundle(tmp_path):
    later = generate_nhanes(tmp_path / "iv.parquet", 600, seed=33, waves=(1, 2))
    with pytest.raises(papermill.PapermillExecutionError, match="NHANES III only"):
        run(tmp_path, data=str(later), validation=None)
    assert not (tmp_path / "bundle").exists()


@pytest.mark.slow
def test_nhanes_3_alone_gives_the_version_of_its_own_model_and_is_measured_out_of_fold(
    third, tmp_path
):
    cells, out = run(tmp_path, data=str(third), validation=None, curve_points=1)

    assert load_clock(read_bundle(out)).manifest.version == "1.1.0"
    assert "Measured on NHANES III, out of fold" in outputs(cells["scorecard-table"])


def test_it_imports_nothing_of_the_platform():
    lines = [line for cell in CODE for line in "".join(cell["source"]).splitlines()]
    imported = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))
    }
    assert imported <= {"IPython", "model_training", "numpy", "pandas", "plotly"}
