"""What the history says of a task."""

import json
from datetime import UTC, datetime
from typing import Any

from agelens.client import FieldProblem, ModelName, Page, Task
from plotly.utils import PlotlyJSONEncoder

from dash_app.pages.history import labels, rows, trend

NAMES = labels.Names({"clock": "A clock"}, {"crp": "C-reactive protein"})


def result(prediction: float, unit: str = "years", interval: Any = None) -> dict[str, Any]:
    return {
        "prediction": prediction,
        "unit": unit,
        "interval": interval,
        "age_gap": None,
        "model": {"version": "1.0.0"},
    }


def task(**more: Any) -> Task:
    known: dict[str, Any] = {
        "id": "t", "status": "succeeded", "model": ModelName("clock", "1.0.0"), "answers": {},
        "units": {}, "chronological_age": None, "price": 10, "charged": 0, "attempts": 1,
        "created_at": datetime(2026, 5, 4, 21, 30, tzinfo=UTC), "started_at": None,
        "finished_at": None, "validation_errors": (), "error": None, "wire_result": None,
    }  # fmt: skip
    return Task(**known | more)


def drawn(component: Any) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder)


def test_a_draft_says_what_it_needs_by_the_names_that_people_know() -> None:
    problems = [
        FieldProblem("/answers/crp", "crp", "is required"),
        *[FieldProblem("/", "x", "y")] * 3,
    ]
    assert labels.missing(problems, NAMES) == "C-reactive protein is required. x y. And 2 more."


def test_a_draft_opens_in_its_form_and_a_result_on_its_page() -> None:
    assert rows.place(task(status="draft")) == "/new?draft=t"
    assert rows.place(task()) == "/results/t"


def test_only_drafts_can_be_run_and_only_results_compared() -> None:
    draft = drawn(rows.row(task(status="draft"), NAMES))
    done = drawn(rows.row(task(wire_result=result(50)), NAMES))
    assert "history-run" in draft
    assert "history-pick" not in draft
    assert "history-pick" in done
    assert "history-run" not in done


def test_one_result_makes_no_trend_and_each_clock_has_its_own() -> None:
    one = task(wire_result=result(50))
    other = task(wire_result=result(3, "SD"), model=ModelName("other", "1.0.0"))
    assert trend.section(Page((one, other), None), NAMES) is None
    assert "A clock over time" in drawn(trend.section(Page((one, one, other), None), NAMES))
    both = drawn(trend.section(Page((one, one, other, other), None), NAMES))
    assert '"tab' in both.lower()
    assert "other over time" in both


def test_the_trend_runs_from_the_oldest_to_the_newest() -> None:
    newer = task(id="b", wire_result=result(51), created_at=datetime(2026, 6, 1, tzinfo=UTC))
    older = task(id="a", wire_result=result(50))
    section = trend.section(Page((newer, older), None), NAMES)
    shown = drawn(section)
    assert shown.index('"a"') < shown.index('"b"')
