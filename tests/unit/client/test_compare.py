"""Two predictions compared through the client."""

import httpx
import pytest
from agelens.client import Conflict, Task
from agelens.client.decoding import decode
from unit.client.stub import RESULT, TASK, Stub, client_of, problem
from unit.client.test_cards import read

LATER = RESULT | {"prediction": RESULT["prediction"] + 3.0}
COMPARED = {
    "model": {"name": "kaggle-age", "version": "2.0.0"},
    "unit": "years",
    "before": {"task_id": "t1", "version": "1.0.0", "prediction": 50.0, "result": RESULT},
    "after": {"task_id": "t2", "version": "2.0.0", "prediction": 53.5, "result": LATER},
    "change": 3.5,
    "markers": [
        {"feature": "crp", "label": "CRP <b>", "before": 0.0, "after": 3.0, "change": 3.0},
        {"feature": "glucose", "label": "Glucose", "before": 1.0, "after": 1.0, "change": 0.0},
    ],
    "time": {"change": 0.25, "years_passed": 2.0},
    "version": {"change": 0.25, "before": "1.0.0", "after": "2.0.0"},
    "measurement": {"sd": 2.0, "minimum_detectable_change": 5.5, "left_out": [], "reason": None},
    "real": False,
    "sentence": "This change is within noise.",
}


def test_results_tasks_and_ids_are_compared_alike() -> None:
    stub = Stub(httpx.Response(200, json=COMPARED))
    task = decode(Task, TASK | {"status": "succeeded", "result": RESULT})
    client = client_of(stub)
    for one, other in ((task, "t2"), (task.result, "t2"), ("t1", "t2")):
        found = client.compare(one, other)  # type: ignore[arg-type]
        assert (found.change, found.real, found.markers[0].label) == (3.5, False, "CRP <b>")
    asked = {(each.method, each.url.path) for each in stub.requests}
    assert asked == {("POST", "/api/tasks/t1/compare/t2")}
    assert stub.sent_keys() == [None] * 3  # nothing is created


def test_a_foreign_id_stays_one_part_of_the_path() -> None:
    stub = Stub(httpx.Response(200, json=COMPARED))
    client_of(stub).compare("../me", "a/b")
    assert stub.requests[0].url.raw_path == b"/api/tasks/..%2Fme/compare/a%2Fb"


def test_results_of_different_clocks_are_a_conflict() -> None:
    with pytest.raises(Conflict):
        client_of(Stub(problem(409, "different_clocks"))).compare("t1", "t2")


def test_a_comparison_is_shown_as_a_card_and_drawn() -> None:
    found = client_of(Stub(httpx.Response(200, json=COMPARED))).compare("t1", "t2")
    text = read(found._repr_html_())
    for told in (
        "+3.5 years",
        "Within noise",
        "CRP <b>",
        "1.0.0 → 2.0.0",
        "Time passed",
        "+2.0 years",
    ):
        assert told in text
    assert "Glucose" not in text
    steps = next(trace for trace in found.waterfall().data if trace.type == "bar")
    assert steps.x[0] == 0.25  # the version of the clock


@pytest.mark.parametrize("years", [0.0, None])
def test_another_start_without_time_passed_is_no_time(years: float | None) -> None:
    answer = COMPARED | {"time": {"change": 0.25, "years_passed": years}}
    found = client_of(Stub(httpx.Response(200, json=answer))).compare("t1", "t2")
    text = read(found._repr_html_())
    assert "Starting point" in text
    assert "Time passed" not in text
