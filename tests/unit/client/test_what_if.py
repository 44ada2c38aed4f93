"""Asking what would be, if; the example of a clock."""

import json
from typing import Any

import httpx
import pytest
from agelens.client import Client, ModelName, Result, Task
from unit.client.stub import RESULT, TASK, Stub, client_of

SUCCEEDED = TASK | {"status": "succeeded", "charged": 10, "result": RESULT}
YOUNGER = RESULT | {"prediction": 48.0}
MODEL = {"name": "kaggle-age", "version": "1.0.0"}


def answer(*results: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"task_id": "t1", "model": MODEL, "results": results})


def finished(client: Client) -> Task:
    return client.task("t1")


def test_a_result_a_task_and_an_id_are_varied_alike() -> None:
    stub = Stub(httpx.Response(200, json=SUCCEEDED), answer(YOUNGER))
    client = client_of(stub)
    task = finished(client)
    assert task.result is not None
    results = [client.what_if(each, glucose=5.0) for each in (task.result, task, "t1")]
    assert [result.prediction for result in results] == [48.0] * 3
    asked = stub.requests[1:]
    assert {(each.method, each.url.path) for each in asked} == {("POST", "/api/tasks/t1/what-if")}
    assert stub.sent_keys()[1:] == [None] * 3  # nothing is created
    assert [json.loads(each.content) for each in asked] == [{"changes": [{"glucose": 5.0}]}] * 3


def test_what_is_varied_can_be_varied_again() -> None:
    client = client_of(Stub(httpx.Response(200, json=SUCCEEDED), answer(YOUNGER)))
    once = client.what_if(finished(client), glucose=5.0)
    assert once.task.id == "t1"
    assert client.what_if(once, glucose=4.9).task is once.task


def test_asked_by_id_alone_there_is_no_task_to_show() -> None:
    result = client_of(Stub(answer(YOUNGER))).what_if("t1", glucose=5.0)
    with pytest.raises(LookupError, match=r"client\.task\(id\)"):
        _ = result.task


def test_many_changes_are_one_request_and_many_results_in_order() -> None:
    stub = Stub(answer(RESULT, YOUNGER))
    changes = [{"glucose": 95, "Bone Density (g/cm²)": None}, {}]
    found = client_of(stub).what_ifs("t1", changes, {"glucose": "mg/dL"})
    assert stub.bodies() == [{"changes": changes, "units": {"glucose": "mg/dL"}}]
    assert [result.prediction for result in found] == [51.0, 48.0]


def test_a_feature_may_be_called_as_a_parameter_is() -> None:
    stub = Stub(answer(YOUNGER))
    client_of(stub).what_if("t1", prediction=1, units=2, changes=None)
    (change,) = stub.bodies()[0]["changes"]
    assert change == {"prediction": 1, "units": 2, "changes": None}


def test_a_result_keeps_what_came_for_those_who_draw_it() -> None:
    client = client_of(Stub(httpx.Response(200, json=SUCCEEDED | {"result": RESULT | {"new": 1}})))
    result = finished(client).result
    assert isinstance(result, Result)
    assert result.wire == RESULT | {"new": 1}
    assert "wire" not in repr(result)


def test_an_id_from_an_address_bar_stays_one_part_of_the_path() -> None:
    stub = Stub(answer(YOUNGER))
    client_of(stub).what_if("../../auth/me?x=", glucose=5.0)
    assert stub.requests[0].url.raw_path == b"/api/tasks/..%2F..%2Fauth%2Fme%3Fx%3D/what-if"


def test_the_example_of_a_clock_is_a_request_and_its_result() -> None:
    wire = {
        "model": MODEL,
        "answers": {"glucose": 5.5},
        "units": {"glucose": "mmol/L"},
        "chronological_age": 52.0,
        "result": RESULT,
    }
    stub = Stub(httpx.Response(200, json=wire))
    example = client_of(stub).models.example("kaggle-age")
    assert stub.requests[0].url.path == "/api/ml-models/kaggle-age/example"
    assert example.model == ModelName("kaggle-age", "1.0.0")
    assert (example.answers, example.units) == ({"glucose": 5.5}, {"glucose": "mmol/L"})
    assert (example.chronological_age, example.result) == (52.0, RESULT)
