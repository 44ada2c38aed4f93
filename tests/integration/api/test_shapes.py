"""What the OpenAPI document says of answers is what comes, and all of it; and the client reads just that."""

from typing import Any

import pytest
from agelens import wire
from agelens.client import results
from agelens.client.results import Task
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.scoring import predict, read_panel_for
from flask import Flask
from integration.api.test_openapi import document, operations
from integration.conftest import PersonFactory
from jsonschema import Draft202012Validator

__all__ = ["document"]
CLOCKS = sorted({directory.parent.name for directory in SHIPPED})


def closed(schema: Any) -> Any:
    """The same schema, which admits no member that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        inner |= {"additionalProperties": False, "required": list(schema["properties"])}
    return inner


def errors(document: dict[str, Any], schema: dict[str, Any], answer: Any) -> list[str]:
    whole = closed({**schema, "components": document["components"]})
    found = Draft202012Validator(whole).iter_errors(answer)
    return [f"{'/'.join(map(str, each.path))}: {each.message}" for each in found]


def bare_objects(schema: Any, path: str = "") -> list[str]:
    """Where a schema says no more than that something is an object, or a list, or anything at all."""
    if isinstance(schema, list):
        return [p for n, each in enumerate(schema) for p in bare_objects(each, f"{path}/{n}")]
    if not isinstance(schema, dict):
        return []
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    bare = "object" in kinds and not {"properties", "additionalProperties"} & schema.keys()
    bare |= "array" in kinds and "items" not in schema
    found = [path] if bare else []
    for name, part in schema.items():
        if name == "properties":
            for key, each in part.items():
                found += [f"{path}/{key}"] if each == {} else bare_objects(each, f"{path}/{key}")
        elif name not in ("example", "examples", "default"):
            found += bare_objects(part, f"{path}/{name}")
    return found


def test_no_answer_is_a_bare_object(document: dict[str, Any]) -> None:
    found = []
    for (method, path), operation in operations(document).items():
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                place = f"{method} {path} {status}"
                schema = content.get("schema")
                assert schema, place
                found += bare_objects(schema, place)
    for name, schema in document["components"]["schemas"].items():
        found += bare_objects(schema, name)
    assert found == []


@pytest.mark.parametrize("name", CLOCKS)
def test_a_result_of_every_clock_is_as_documented(document: dict[str, Any], name: str) -> None:
    clock = find_clock(name)
    answers = {f.key: f.example for f in clock.manifest.features}
    age = 50 if clock.manifest.needs_age else None
    result = predict(clock, read_panel_for(clock, answers, None, age))
    reference = {"$ref": "#/components/schemas/Result"}
    assert errors(document, reference, result) == []
    assert errors(document, reference, {**result, "surprise": 1}) != []
    assert errors(document, reference, {k: v for k, v in result.items() if k != "unit"}) != []
    read = results.Result.from_wire(result, None)
    assert read.prediction == result["prediction"]


def test_every_feature_and_biomarker_is_as_documented(app: Flask, document: dict[str, Any]) -> None:
    client = app.test_client()
    for path in ("/api/biomarkers", "/api/ml-models"):
        operation = operations(document)["GET", path]
        (content,) = operation["responses"]["200"]["content"].values()
        answer = client.get(path).get_json()
        assert answer["items"]
        assert errors(document, content["schema"], answer) == []


def test_a_tasks_life_is_as_documented(document: dict[str, Any], person: PersonFactory) -> None:
    one = person(100)
    clock = find_clock("kaggle-age")
    answers = {f.key: f.example for f in clock.manifest.features}
    asked = {
        ("POST", "/api/tasks"): one.post("/api/tasks", json={"answers": {"glucose": "high"}}),
        ("POST", "/api/tasks/predict"): one.post("/api/tasks/predict", json={"answers": answers}),
        ("GET", "/api/tasks"): one.get("/api/tasks"),
        ("GET", "/api/wallet"): one.get("/api/wallet"),
        ("GET", "/api/wallet/transactions"): one.get("/api/wallet/transactions"),
        ("GET", "/api/auth/me"): one.get("/api/auth/me"),
        ("GET", "/api/auth/tokens"): one.get("/api/auth/tokens"),
        ("GET", "/api/auth/me/export"): one.get("/api/auth/me/export"),
        ("GET", "/api/ml-models/{name}/example"): one.get("/api/ml-models/kaggle-age/example"),
        ("POST", "/api/cohorts/match"): one.post(
            "/api/cohorts/match", json={"header": ["glucose", "note"], "model": "kaggle-age"}
        ),
        ("GET", "/api/cohorts"): one.get("/api/cohorts"),
    }
    known = operations(document)
    for place, response in asked.items():
        assert response.status_code < 300, (place, response.text)
        schema = known[place]["responses"][str(response.status_code)]["content"]
        (content,) = schema.values()
        assert errors(document, content["schema"], response.json) == [], place


def test_the_clients_result_has_the_members_of_the_wire() -> None:
    ours = set(results.Result.__dataclass_fields__) - {"wire", "of_task"}
    assert ours == set(wire.Result.__annotations__)
    for kind, shape in (
        (results.Interval, wire.Interval),
        (results.Contribution, wire.Contribution),
        (results.AgeGap, wire.AgeGap),
        (results.Narrowing, wire.ExpectedWidth),
    ):
        assert set(kind.__dataclass_fields__) == set(shape.__annotations__)


def test_the_clients_task_has_the_members_of_the_document(document: dict[str, Any]) -> None:
    told = set(document["components"]["schemas"]["Task"]["properties"])
    assert set(Task.__dataclass_fields__) - {"user_id", "wire_result"} | {"result"} == told
