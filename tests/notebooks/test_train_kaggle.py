import json
from pathlib import Path

import papermill
import pytest
from agelens.clocks.bundles import load_clock, read_bundle
from agelens.clocks.scoring import predict
from agelens.domain.panel import read_panel
from kept_numbers import kept_arrays, kept_numbers, own_numbers
from papermill.exceptions import PapermillExecutionError

from model_training import kaggle_age
from model_training.datasets.generated import generate_kaggle
from model_training.datasets.kaggle import load
from model_training.folds import Protocol

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "train_kaggle.ipynb"
STORED = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in STORED["cells"] if cell["cell_type"] == "code"]
PEOPLE, REPEATS = 240, 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two made-up files: people to learn from, and others."""
    folder = tmp_path_factory.mktemp("train_kaggle")
    generate_kaggle(folder / "train.csv", PEOPLE, seed=3, with_id=True)
    generate_kaggle(folder / "others.csv", 80, seed=4)
    return folder


def run(folder, name, **parameters):
    """The notebook's cells by their ids, executed from top to bottom."""
    papermill.execute_notebook(
        NOTEBOOK,
        folder / f"{name}.ipynb",
        {
            "data": str(folder / "train.csv"),
            "out": str(folder / name),
            "repeats": REPEATS,
            "curve_points": 3,
            **parameters,
        },
        progress_bar=False,
    )
    document = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in document["cells"]}


@pytest.fixture(scope="module")
def cells(folder):
    return run(folder, "bundle", version="7.0.0", validation=str(folder / "others.csv"))


def outputs(cell):
    """All that a cell shows, as one text."""
    return json.dumps(cell.get("outputs", []), ensure_ascii=False)


def test_it_ends_in_a_bundle_that_loads_and_scores(cells, folder):
    clock = load_clock(read_bundle(folder / "bundle"))
    panel = read_panel(clock.manifest.features, {"bone_density": 0.8}, None, 50)

    assert (clock.manifest.name, clock.manifest.version) == ("kaggle-age", "7.0.0")
    assert 18 < predict(clock, panel)["prediction"] < 89
    assert clock.manifest.metrics["validation"]["n_people"] == 80
    assert "80 people of another file" in outputs(cells["export"])


def test_its_bundle_is_the_one_that_the_command_writes(cells, folder):
    files = kaggle_age.train(
        folder / "train.csv",
        folder / "again",
        [].append,
        "7.0.0",
        validation=folder / "others.csv",
        protocol=Protocol(repeats=REPEATS),
    )

    assert read_bundle(folder / "bundle") == files


def test_it_shows_the_data_the_candidates_and_every_figure_without_fetching_anything(cells):
    figures = [cell for name, cell in cells.items() if name.endswith("-figure")]

    assert len(figures) == 12
    for cell in figures:
        assert "application/vnd.plotly.v1+json" in outputs(cell)
        assert "http" not in outputs(cell)
    assert "Bone density" in outputs(cells["overview-table"])
    for name in ("kaggle-age", "numeric ridge", "spline ridge", "histogram boosting", "LightGBM"):
        assert name in outputs(cells["candidates-table"])
    assert "fold  5 of 5" in outputs(cells["study"])
    assert "shap" in outputs(cells["refit"])


def test_the_scorecard_comes_first_and_names_its_protocol(cells):
    shown = [name for name, cell in cells.items() if cell.get("outputs")]
    scorecard = outputs(cells["scorecard-table"])

    assert shown[:3] == ["imports", "study", "scorecard-table"]
    assert "1 x 5 outer and 3 inner folds" in scorecard
    for figure in ("RMSE", "MAE", "R squared", "inside the 90 % interval", "mean width"):
        assert figure in scorecard
    assert "whoever the inner folds picked" in scorecard


def test_errors_and_coverage_are_shown_by_sex_and_decade(cells):
    for group in ("female", "male", "18-29", "80-89"):
        assert group in outputs(cells["groups-table"])
    assert "people trained on" in outputs(cells["learning-figure"])
    assert "minus age" in outputs(cells["agreement-figure"])


def test_its_record_keeps_nobodys_own_numbers(cells, folder):
    people = load(folder / "train.csv")
    own = own_numbers(people.table.columns.values())

    assert len(own) > PEOPLE
    assert not own & kept_numbers(cells)
    arrays = kept_arrays(cells)
    assert len(arrays) > 20
    assert max(map(len, arrays)) < PEOPLE / 2


def test_another_candidate_becomes_a_bundle_where_it_is_asked_for(folder):
    cells = run(folder, "other", version="7.1.0", candidate="spline ridge")
    clock = load_clock(read_bundle(folder / "other"))
    panel = read_panel(clock.manifest.features, {"bone_density": 0.8}, None, None)

    assert (clock.manifest.name, clock.manifest.kind) == ("kaggle-age", "estimator")
    assert 18 < predict(clock, panel)["prediction"] < 89
    assert "which is spline ridge" in outputs(cells["export"])


def test_a_leaking_validation_file_fails_it_with_the_reason(folder):
    with pytest.raises(PapermillExecutionError, match="240 of 240 rows are people of the training"):
        run(folder, "leak", validation=str(folder / "train.csv"))
    assert not (folder / "leak").exists()


def test_its_parameters_are_these():
    (tagged,) = [c for c in CODE if "parameters" in c["metadata"].get("tags", [])]
    names = [line.partition(" = ")[0] for line in "".join(tagged["source"]).splitlines()]
    assert names == ["data", "validation", "out", "version", "repeats", "curve_points", "candidate"]


def test_it_imports_nothing_of_the_platform():
    lines = [line for cell in CODE for line in "".join(cell["source"]).splitlines()]
    imported = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))
    }
    assert imported <= {"dataclasses", "pathlib", "model_training", "numpy", "pandas", "plotly"}
