"""Where widgets are missing, or a front-end shows none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import agelens.notebook
import pandas as pd
import pytest
from agelens.client import Result
from agelens.notebook import CohortView, Explorer, show
from unit.notebook.cohort_service import COHORT, CohortService
from unit.notebook.service import Service, result_of

SECONDS = 60.0
TESTS = Path(__file__).parents[2]


def without(packages: tuple[str, ...], code: str) -> Any:
    """What `code` puts into `said`, in a process where importing one of these fails."""
    script = "\n".join(
        [
            "import json, sys",
            f"sys.modules.update(dict.fromkeys({packages}))",
            "from agelens.client import InvalidInput, MissingExtra, TaskFailed",
            "from agelens.notebook import CohortView, Explorer, show",
            "from unit.notebook.cohort_service import COHORT, CohortService",
            "service, said = CohortService(), {}",
            "client = service.client()",
            code,
            "print(json.dumps(said))",
        ]
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


MISSING = [("ipywidgets",), ("anywidget",), ("plotly",), ("ipywidgets", "anywidget", "plotly")]


EXPLORER_AND_COHORT = """
explorer = Explorer(client)
said |= {"html": explorer._repr_html_(), "shown": show(explorer)._repr_html_(),
         "paid": len(service.tasks), "name": repr(Explorer)}

view = CohortView(client, [{"systolic_bp": 120}])
said["before"] = view._repr_html_()
try:
    view.score()
except LookupError as error:
    said["refused"] = str(error)
said["price"] = view.check(columns="kaggle").price
said["checked"] = show(view)._repr_html_()
said["ran"] = len(service.run_keys)
said["status"] = view.score().status
said["scored"] = show(view)._repr_html_()
said["again"] = CohortView(client, COHORT)._repr_html_()
"""


@pytest.fixture(scope="module", params=MISSING, ids="+".join)
def bare(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The first package that is missing, and what an explorer and a cohort view say without it."""
    return request.param[0], without(request.param, EXPLORER_AND_COHORT)


@pytest.mark.slow
def test_the_explorer_shows_the_example_and_says_what_is_missing(
    bare: tuple[str, dict[str, Any]],
) -> None:
    missing, said = bare
    assert f"Sliders need {missing}, which is not installed" in said["html"]
    assert "pip install &#x27;agelens[notebook]&#x27;" in said["html"]
    assert "made-up person" in said["html"]
    assert "53.0 years" in said["html"]
    assert "Systolic blood pressure" in said["html"]
    assert "<script" not in said["html"]
    assert said["shown"] == said["html"]
    assert said["paid"] == 0
    assert said["name"] == "<class 'agelens.notebook.Explorer'>"


def test_a_cohort_is_checked_and_scored_without_widgets(bare: tuple[str, dict[str, Any]]) -> None:
    missing, said = bare
    assert f"Buttons need {missing}, which is not installed" in said["before"]
    assert "check()" in said["before"]
    assert "check()" in said["refused"]
    assert said["price"] == 30
    assert "2 of the first 3 rows can be scored" in said["checked"]
    assert said["ran"] == 0
    assert said["status"] == "succeeded"
    assert "2 scored, 1 not scored" in said["scored"]
    assert "2 scored, 1 not scored" in said["again"]


def test_without_widgets_answers_are_paid_for_once_by_predict() -> None:
    code = """
explorer = Explorer(client, answers={"glucose": 5.0, "systolic_bp": 120, "chronological_age": 40})
said["answers"] = explorer.answers
said["example"] = explorer.result.prediction
said["paid"] = [explorer.predict().prediction, explorer.predict().prediction]
said["html"] = explorer._repr_html_()
said["tasks"] = len(service.tasks)
said["frame"] = list(explorer.to_frame().index)
try:
    Explorer(client, answers={"bim": 23})
except InvalidInput as error:
    said["refused"] = str(error)
"""
    said = without(("ipywidgets",), code)
    assert said["answers"] == {
        "answers": {"glucose": 5.0, "systolic_bp": 120.0}, "units": {}, "chronological_age": 40.0,
        "model": "made-up",
    }  # fmt: skip
    assert said["example"] == 53.0
    assert said["paid"] == [50.0, 50.0]
    assert said["tasks"] == 1
    assert "50.0 years" in said["html"]
    assert "made-up person" not in said["html"]
    assert said["frame"] == ["systolic_bp"]
    assert "bim: is not a feature" in said["refused"]


def test_without_widgets_what_failed_can_be_asked_for_again() -> None:
    code = """
explorer = Explorer(client)
service.fate = "failed"
try:
    explorer.predict()
except TaskFailed:
    service.fate = "succeeded"
    said["again"] = explorer.predict().prediction
said["tasks"] = len(service.tasks)
said["figure"] = type(explorer.figure).__name__
"""
    said = without(("ipywidgets",), code)
    assert said == {"again": 53.0, "tasks": 2, "figure": "Figure"}


def test_importing_the_package_loads_no_widgets() -> None:
    code = (
        "import sys, agelens.notebook; print({'ipywidgets', 'plotly', 'pandas'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Exploder'"):
        _ = agelens.notebook.Exploder  # type: ignore[attr-defined]


def test_a_result_is_shown_without_a_script() -> None:
    result = Result.from_wire(result_of({"systolic_bp": 150}), None)
    html = show(result)._repr_html_()
    assert "53.0 years" in html
    assert "Systolic blood pressure" in html
    assert "<script" not in html


def test_what_an_explorer_shows_can_be_kept(service: Service) -> None:
    shown = show(Explorer(service.client()))
    assert "53.0 years" in shown._repr_html_()
    assert repr(shown).startswith("Result(prediction=53.0")


def test_what_a_cohort_view_shows_can_be_kept() -> None:
    service = CohortService()
    view = CohortView(service.client(), pd.DataFrame({"systolic_bp": [120]}))
    assert "Nothing checked yet" in show(view)._repr_html_()
    view.check()
    assert view.wait_until_idle(SECONDS)
    assert "2 of the first 3 rows can be scored" in show(view)._repr_html_()
    view.score()
    assert view.wait_until_idle(SECONDS)
    shown = show(view)
    assert "2 scored, 1 not scored" in shown._repr_html_()
    assert COHORT in repr(shown)
    bundle = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == shown._repr_html_()
    assert show(view.cohort)._repr_html_() == shown._repr_html_()


def test_what_is_nothing_of_agelens_cannot_be_shown() -> None:
    with pytest.raises(TypeError, match="a int cannot be shown"):
        show(3)
