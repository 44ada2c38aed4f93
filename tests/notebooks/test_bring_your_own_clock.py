import json
import re
from pathlib import Path

import agelens
import papermill
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "bring_your_own_clock.ipynb"
STORED = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in STORED["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, run from top to bottom in an empty folder, and the bundle that it leaves."""
    folder = tmp_path_factory.mktemp("own")
    papermill.execute_notebook(
        NOTEBOOK,
        folder / "executed.ipynb",
        {"people": 1200, "out": str(folder / "bundle")},
        cwd=folder,
        progress_bar=False,
    )
    document = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in document["cells"]}, folder / "bundle"


def text(cell):
    """The plain text that a cell shows."""
    shown = [
        output.get("data", {}).get("text/plain", output.get("text", ""))
        for output in cell["outputs"]
    ]
    return "".join("".join(each) for each in shown)


def test_it_shows_the_way_in_ten_cells_and_leaves_a_bundle_that_can_be_loaded(executed):
    cells, bundle = executed

    assert len(STORED["cells"]) == 10
    assert "agelens models publish" in text(cells["write"])
    clock = agelens.load(bundle)
    assert clock.name == "my-blood-age"
    assert {feature.key for feature in clock.features} == {
        "sex", "albumin", "glucose", "red_cell_width", "systolic_bp",
    }  # fmt: skip


def test_its_explanations_add_up_and_its_numbers_are_those_of_the_pipeline(executed):
    cells, _ = executed
    lines = re.findall(r"^(.*?), (?:years|%) +([-\d.e+]+)$", text(cells["check"]), re.MULTILINE)
    figures = {name: float(number) for name, number in lines}

    assert len(figures) == 4
    assert figures["largest gap of an explanation"] < 1e-9
    assert figures["largest difference from the pipeline"] < 1e-9
    assert 80 < figures["new people inside the 90 % interval"] <= 100


def test_the_card_says_that_nobody_was_measured(executed):
    cells, _ = executed

    shown = json.dumps(cells["card"]["outputs"], ensure_ascii=False)
    assert "people who do not exist" in shown
    assert "Made-up people" in shown
    assert "application/vnd.plotly.v1+json" in json.dumps(cells["importance-figure"]["outputs"])
