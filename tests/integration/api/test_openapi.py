"""The OpenAPI document is valid and true; requests made from it never break the API."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import schemathesis
from agelens.client import uploads
from agelens.settings import Settings
from agelens.web import openapi
from agelens.web.wire_fields import components
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from integration.api.problem_shape import REQUIRED
from integration.conftest import PersonFactory
from integration.people import Person
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

HAS_NO_PAGE_IN_THE_DOCUMENT = {"/", "/docs", "/api/openapi.json"}
NOT_TRIED = [
    ("POST", "/api/auth/logout"),  # ends the login
    ("POST", "/api/auth/logout-everywhere"),
    ("DELETE", "/api/auth/me"),
    ("GET", "/readyz"),  # may say 503
    ("POST", "/api/admin/ml-models"),  # takes a zip
]
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="session")
def document(app: Flask) -> dict[str, Any]:
    response = app.test_client().get("/api/openapi.json")
    assert response.status_code == 200
    found = response.get_json(force=True)
    assert isinstance(found, dict)
    return found


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    OPENAPI_31_VALIDATOR.validate(document)


def test_it_is_made_once_and_only_for_somebody_who_asks(
    settings: Settings, make_app: Callable[[Settings], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def make(blueprints: object) -> dict[str, str]:
        made.append(blueprints)
        return {"openapi": "3.1.0"}

    monkeypatch.setattr(openapi, "_document", make)
    caller = make_app(settings).test_client()
    assert caller.post("/api/auth/login", json={"email": 1}).status_code == 422
    assert made == []
    answers = [caller.get("/api/openapi.json") for _ in range(2)]
    assert [answer.get_json() for answer in answers] == [{"openapi": "3.1.0"}] * 2
    assert answers[0].mimetype == "application/json"
    assert len(made) == 1


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            inner = [ref for value in node.values() for ref in references(value)]
            return inner + ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        return [ref for item in node for ref in references(item)] if isinstance(node, list) else []

    for reference in references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_no_two_components_share_a_name(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert [name for name in schemas if name[-1].isdigit()] == []  # what apispec makes of a second
    for name, shape in components().items():
        assert schemas[name] == shape
    for path in ("/api/cohorts/match", "/api/cohorts/{cohort_id}/preview"):
        answer = operations(document)["POST", path]["responses"]["200"]["content"]
        told = answer["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert told == ("Matches" if path.endswith("match") else "Preview")


def test_every_route_is_documented(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method, "".join(f"{{{part}}}" if is_name else part for is_name, part in _parts(rule.rule)))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in HAS_NO_PAGE_IN_THE_DOCUMENT
        and not rule.rule.startswith(("/docs/", "/static/"))
    }
    assert set(operations(document)) == routes


def test_every_operation_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    for operation in operations(document).values():
        assert all(status.isdigit() for status in operation["responses"])  # no "default"
        assert operation["summary"]
        assert operation["tags"]
        assert any(status.startswith("2") for status in operation["responses"])
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                continue
            name = response.get("$ref", "").rpartition("/")[2]
            told = document["components"]["responses"][name] if name else response
            (content_type,) = told["content"]
            assert content_type == "application/problem+json"
            schema = told["content"][content_type]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
    assert set(document["components"]["schemas"]["Problem"]["properties"]) >= REQUIRED


def test_the_examples_of_cohorts_are_taken(document: dict[str, Any], person: PersonFactory) -> None:
    one = person(100)
    operation = operations(document)["POST", "/api/cohorts"]
    bodies = operation["requestBody"]["content"]
    assert set(bodies) == {*uploads.MEDIA_TYPES.values(), "multipart/form-data"}
    examples = {kind: body["example"] for kind, body in bodies.items() if "example" in body}
    assert len(examples) == 3
    for kind, example in examples.items():
        content = example if isinstance(example, str) else orjson.dumps(example)
        response = one.post("/api/cohorts", data=content, content_type=kind)
        assert response.status_code == 202, response.text
        assert response.json["rows"] == 2


def test_results_are_documented_in_each_format(document: dict[str, Any]) -> None:
    operation = operations(document)["GET", "/api/cohorts/{cohort_id}/results"]
    assert set(operation["responses"]["200"]["content"]) == {
        "text/csv",
        "application/vnd.apache.parquet",
        "application/json",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }


def test_a_retraining_is_told_in_types(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    parts = schemas["Retraining"]["properties"]
    assert parts["has_notebook"]["type"] == "boolean"
    assert parts["data"] == {"$ref": "#/components/schemas/Data"}
    for name in ("validation", "error", "candidate"):
        assert {"type": "null"} in parts[name]["anyOf"]
    assert set(schemas["Data"]["properties"]) == {"source", "file_name", "sha256"}
    assert set(schemas["Candidate"]["properties"]) >= {"comparable", "same_data"}
    notebook = operations(document)["GET", "/api/admin/retrainings/{retraining_id}/notebook"]
    (content,) = notebook["responses"]["200"]["content"].values()
    assert content["schema"]["type"] == "object"


@pytest.mark.parametrize("end", ["activate", "rollback"])
def test_what_an_unknown_clock_is_answered_is_documented(
    document: dict[str, Any], end: str
) -> None:
    operation = operations(document)["POST", f"/api/admin/ml-models/{{name}}/{end}"]
    assert {"200", "404", "409"} <= set(operation["responses"])


def test_operations_say_who_may_use_them(http: FlaskClient, document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    some_id = "00000000-0000-0000-0000-000000000000"
    for (method, path), operation in operations(document).items():
        filled = re.sub("{[^}]+}", some_id, path)
        status = http.open(filled, method=method).status_code
        assert (status == 401) == ("security" in operation), (method, path)


def test_no_request_made_from_the_document_breaks_the_api(
    app: Flask, document: dict[str, Any], admin: Person
) -> None:
    some = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    known = {place: set(each["responses"]) for place, each in operations(document).items()}
    for method, path in NOT_TRIED:
        some = some.exclude(path=path, method=method)
    for result in some.get_all_operations():
        _try(result.ok(), admin, known)
    assert admin.get("/api/auth/me").status_code == 200


def _try(operation: Any, admin: Person, known: dict[tuple[str, str], set[str]]) -> None:
    @hypothesis_settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {admin.token}"})
        assert response.status_code < 500, response.text
        place = operation.method.upper(), operation.path
        assert str(response.status_code) in known[place], (place, response.text)
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"]
            assert set(response.json()) >= REQUIRED

    ask()


def _parts(rule: str) -> list[tuple[bool, str]]:
    """The pieces of a Werkzeug rule: (whether it is a parameter, text)."""
    pieces = rule.replace(">", "<").split("<")
    return [(n % 2 == 1, piece.rpartition(":")[2]) for n, piece in enumerate(pieces)]
