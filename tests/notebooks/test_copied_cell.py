"""What the web app offers as "Copy as Python", run as a cell of a notebook of `agelens lab`."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from dash_app import copied_code
from dash_app.pages.cohorts import downloads

ELSEWHERE = "https://age.example.org"  # as behind a proxy: not where this notebook finds the API


@pytest.fixture
def researcher(make_person):
    return make_person(100)


@pytest.fixture
def task(researcher):
    """A finished task of somebody."""
    example = researcher.models.example("mortality-age")
    return researcher.predict(
        example.answers | {"glucose": 99.0},
        units={"glucose": "mg/dL"},
        model="mortality-age",
        chronological_age=example.chronological_age,
    ).task


def run(cell, monkeypatch, service, client):
    """Its output, and what it shows, in a kernel that `agelens lab` has connected."""
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.setenv("AGELENS_TOKEN", str(client.tokens.create("JupyterLab").access_token))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    printed = "".join(output["text"] for output in outputs if output.output_type == "stream")
    shown = ("execute_result", "display_data")  # a figure displays itself
    return printed, next(o["data"] for o in outputs if o.output_type in shown)


def test_the_cell_opens_the_result_for_nothing(task, service, researcher, monkeypatch):
    before = researcher.wallet.balance
    printed, shown = run(copied_code.of_task(task, ELSEWHERE), monkeypatch, service, researcher)
    assert float(printed.split()[0]) == task.result.prediction
    assert "text/html" in shown
    assert researcher.wallet.balance == before


def test_for_another_account_the_cell_computes_the_same_and_is_paid_for(
    task, service, make_person, monkeypatch
):
    other = make_person(task.price)
    printed, _ = run(copied_code.of_task(task, ELSEWHERE), monkeypatch, service, other)
    assert float(printed.split()[0]) == task.result.prediction
    assert other.wallet.balance == 0


def test_the_cell_of_a_panel_opens_what_its_clocks_said_for_nothing(
    researcher, service, monkeypatch
):
    example = researcher.models.example("phenoage")
    panel = researcher.assess(
        example.answers,
        ["phenoage", "mortality-age"],
        units=example.units,
        chronological_age=example.chronological_age,
    )
    before = researcher.wallet.balance
    cell = copied_code.of_assessment(panel, ELSEWHERE)
    printed, _ = run(cell, monkeypatch, service, researcher)
    for name, result in panel.results.items():
        assert name in printed
        assert str(result.prediction) in printed
    assert researcher.wallet.balance == before


@pytest.fixture
def cohort(researcher):
    """A finished cohort of somebody, of one person."""
    example = researcher.models.example("mortality-age")
    person = example.answers | {"chronological_age": example.chronological_age}
    return researcher.cohorts.submit([person], model="mortality-age").wait(progress=False)


def test_the_cell_of_a_cohort_opens_it_where_the_notebook_finds_the_api(
    cohort, service, researcher, monkeypatch
):
    _, shown = run(downloads.as_python(cohort, ELSEWHERE), monkeypatch, service, researcher)
    assert any("plotly" in kind for kind in shown)


def test_for_another_account_the_cell_of_a_cohort_says_whose_token_it_needs(
    cohort, service, make_person, monkeypatch
):
    with pytest.raises(CellExecutionError, match="belongs to another account"):
        run(downloads.as_python(cohort, ELSEWHERE), monkeypatch, service, make_person(0))
