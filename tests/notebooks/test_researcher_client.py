import json
import re
from pathlib import Path

import pandas as pd
import papermill
import pytest
from agelens.commands.lab.credits import ENOUGH_CREDITS
from papermill.exceptions import PapermillExecutionError

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "researcher_client.ipynb"
STORED = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in STORED["cells"] if cell["cell_type"] == "code"]
PEOPLE = 2000


def run(folder, monkeypatch, url, token, **parameters):
    """The notebook's cells by their ids, executed from top to bottom as somebody."""
    monkeypatch.setenv("AGELENS_URL", url)
    monkeypatch.setenv("AGELENS_TOKEN", token)
    papermill.execute_notebook(
        NOTEBOOK,
        folder / "executed.ipynb",
        {"out": str(folder / "exports"), **parameters},
        progress_bar=False,
    )
    document = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in document["cells"]}


@pytest.fixture(scope="module")
def executed(service, make_person, tmp_path_factory):
    """The notebook as it stands, its exports, and the client of whoever ran it."""
    folder = tmp_path_factory.mktemp("researcher")
    client = make_person(ENOUGH_CREDITS)
    with pytest.MonkeyPatch.context() as patch:
        token = str(client.tokens.create("notebook").access_token)
        return run(folder, patch, service.url, token), folder / "exports", client


def texts(cell):
    """What a cell printed or shows as plain text."""
    shown = [
        "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
        for output in cell["outputs"]
    ]
    return "\n".join(shown)


def test_it_runs_with_what_agelens_lab_gives_and_costs_what_it_says(executed):
    cells, _, client = executed
    told = re.search(r"at most ([\d,]+) of your ([\d,]+) credits", texts(cells["bill"]))
    price, available = (int(number.replace(",", "")) for number in told.groups())
    assert available == ENOUGH_CREDITS
    spent = ENOUGH_CREDITS - client.wallet.balance
    assert client.wallet.show().held == 0
    # what was not scored is not paid, and nobody pressed Predict in the explorer
    mistakes = PEOPLE // 50
    assert spent == price - 10 - mistakes * (10 + 5)
    assert price <= ENOUGH_CREDITS


def test_every_row_with_a_mistake_is_named_and_no_other(executed):
    cells, _, _ = executed
    said = texts(cells["errors-table"])
    assert "40 rows not scored, 40 of the 40 with a mistake among them" in said
    shown = json.dumps(cells["errors-table"]["outputs"])
    for reason in ("would fit in mg/dL", "5 and 3500 umol/L", "chronological age", "at least 7"):
        assert reason in shown
    assert "1,960 of 2,000 scored by phenoage; index as it was: True" in texts(cells["other"])


def test_the_effect_that_was_put_in_comes_out_with_an_interval_that_is_right(executed):
    cells, _, _ = executed
    row = next(
        line for line in texts(cells["outcome"]).splitlines() if "acceleration" in line
    ).split()
    put_in, came_out, low, high = map(float, row[-4:])
    assert put_in == pytest.approx(1.06)
    assert low < came_out < high
    assert low < put_in < high
    covered = float(re.search(r"([\d.]+)% of 300", texts(cells["coverage"]))[1])
    assert 91 < covered < 98.5  # of 300 at 95 %, all but one time in a thousand


def test_every_figure_is_data_and_fetches_nothing(executed):
    cells, _, _ = executed
    figures = [cell for name, cell in cells.items() if name.endswith("-figure")]
    assert len(figures) == 7
    for cell in figures:
        shown = json.dumps(cell["outputs"])
        assert "application/vnd.plotly.v1+json" in shown
        assert "http" not in shown


def test_results_are_shown_as_pages_and_the_explorer_as_a_widget(executed):
    cells, _, _ = executed
    for name in ("person", "cohort"):
        assert any("text/html" in output.get("data", {}) for output in cells[name]["outputs"])
    (shown,) = cells["explorer"]["outputs"]
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]


def test_what_it_exports_is_what_the_service_answered(executed):
    _, folder, client = executed
    cohort = next(each for each in client.cohorts if each.model.name == "mortality-age")
    answers = cohort.results()
    parquet = pd.read_parquet(folder / "mortality-age.parquet")
    pd.testing.assert_frame_equal(parquet, answers)
    csv = pd.read_csv(folder / "mortality-age.csv")
    assert list(csv["id"]) == list(answers["id"])
    assert csv["prediction"].to_numpy() == pytest.approx(
        answers["prediction"].to_numpy(), nan_ok=True
    )
    assert len(pd.read_csv(folder / "accelerations.csv")) == PEOPLE - PEOPLE // 50


def test_whoever_has_too_few_credits_is_told_before_anything_is_paid(
    service, make_person, tmp_path, monkeypatch
):
    researcher = make_person(40_000)
    token = str(researcher.tokens.create("notebook").access_token)
    with pytest.raises(PapermillExecutionError, match=r"costs 75,020 credits and you have 40,000"):
        run(tmp_path, monkeypatch, service.url, token, people=5000)
    assert researcher.wallet.balance == 40_000


def test_without_a_token_it_says_where_to_get_one(service, tmp_path, monkeypatch):
    with pytest.raises(PapermillExecutionError, match=r"does not know you.*make lab"):
        run(tmp_path, monkeypatch, service.url, "agl_nobody")


def test_of_agelens_it_imports_what_researchers_have():
    lines = [line for cell in CODE for line in "".join(cell["source"]).splitlines()]
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    ours = {name for name in imported if name.startswith("agelens")}
    assert ours <= {"agelens", "agelens.client", "agelens.notebook"}
    assert "from agelens import charts" in lines
    others = {name.split(".")[0] for name in imported - ours}
    assert others == {"IPython", "numpy", "pandas", "pathlib", "plotly"}
