"""What the OpenAPI document says of answers is what comes, and all of it; and the client reads just that."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from agelens import client
from agelens.client import cohort_shapes, results
from agelens.client.decoding import JSON_NAME, decode
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.settings import Settings
from agelens.storage import RetrainingSchedule
from flask import Flask
from integration.api import route_answers
from integration.api.route_answers import Place, RouteAnswers, as_json
from integration.api.test_openapi import document, operations
from integration.api.test_retrained_bundles import Retrain, retrain
from integration.api.test_system import redis
from integration.conftest import PersonFactory
from integration.people import Person, new_email
from jsonschema import Draft202012Validator
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

__all__ = ["document", "redis", "retrain"]
CLOCKS = sorted({directory.parent.name for directory in SHIPPED})
RESULT = {"type": "string", "format": "binary"}  # a file of results, whatever its format

# Component of the document: what the client makes of it.
READ_BY: dict[str, type[Any]] = {
    "AccessToken": client.AccessToken,
    "AccountOptions": client.AccountOptions,
    "AdminCohort": client.AdminCohort,
    "AdminTask": client.Task,
    "AdminTransaction": client.Transaction,
    "AdminUser": client.AdminUser,
    "AgeGap": client.AgeGap,
    "Assessment": client.Assessment,
    "Candidate": client.Candidate,
    "ClockCheck": client.ClockCheck,
    "Code": client.Code,
    "Cohort": cohort_shapes.CohortFields,
    "CohortItem": cohort_shapes.CohortFields,
    "ColumnMatch": client.Match,
    "ComparedResult": client.ComparedResult,
    "Comparison": client.Comparison,
    "Contribution": client.Contribution,
    "CreatedLink": client.SharedLink,
    "CreatedToken": client.Token,
    "Data": client.DataFile,
    "Example": client.Example,
    "ExpectedWidth": client.Narrowing,
    "Failure": client.Failure,
    "FieldProblem": client.FieldProblem,
    "FileLayout": client.FileLayout,
    "FoundResult": client.FoundResult,
    "GroupedReason": client.GroupedReason,
    "Headline": client.Headline,
    "Interval": client.Interval,
    "MatchedFeature": client.Answered,
    "Matches": client.Matches,
    "MatchSuggestion": client.MatchSuggestion,
    "MarkerChange": client.MarkerChange,
    "Measurement": client.Measurement,
    "MissingFeature": client.MissingFeature,
    "NotRun": client.NotRun,
    "NotUnderstood": client.NotUnderstood,
    "OtherRank": client.OtherRank,
    "ReportImport": client.ReportImport,
    "Model": client.Model,
    "ModelIdentity": client.ModelIdentity,
    "ModelInterval": client.ModelInterval,
    "ModelName": client.ModelName,
    "ModelVersion": client.ModelVersion,
    "PanelCheck": client.PanelCheck,
    "PanelComparison": client.PanelComparison,
    "Preview": client.Preview,
    "Result": client.Result,
    "Profile": client.Profile,
    "ListedToken": client.Token,
    "ResetLink": client.ResetLink,
    "Retraining": client.Retraining,
    "ReferenceCurve": client.ReferenceCurve,
    "RowMessage": client.RowProblem,
    "RowProblem": client.RowProblem,
    "RowWarning": client.RowWarning,
    "Schedule": client.Schedule,
    "OwnLink": client.OwnLink,
    "SharedLink": client.SharedLink,
    "ShownCohort": cohort_shapes.CohortFields,
    "Task": client.Task,
    "TimeChange": client.TimeChange,
    "TimelineEntry": client.TimelineEntry,
    "TimelineResult": client.TimelineResult,
    "Token": client.Token,
    "Transaction": client.Transaction,
    "Trend": client.Trend,
    "UnitSuggestion": client.UnitSuggestion,
    "UnknownCodes": client.UnknownCodes,
    "User": client.User,
    "VersionChange": client.VersionChange,
    "Validation": client.DataFile,
    "Wallet": client.Balance,
}
# Those that no route answers by themselves.
PARTS = {
    *("AgeGap", "Candidate", "ColumnMatch", "Contribution", "Data", "ExpectedWidth", "Failure"),
    *("FieldProblem", "Headline", "Interval", "MatchedFeature", "MissingFeature", "ModelIdentity"),
    *("ModelInterval", "ModelName", "Result", "RowMessage", "Token", "Validation"),
    *("ClockCheck", "FoundResult", "NotRun", "NotUnderstood", "OtherRank"),
    *("Code", "GroupedReason", "MatchSuggestion", "TimelineResult"),
    *("UnitSuggestion", "UnknownCodes"),
    *("ComparedResult", "MarkerChange", "Measurement", "TimeChange", "VersionChange"),
}
# What the client leaves out, and why.
LEFT_OUT = {
    "AccessToken": {"token_type": "it is always bearer"},
    "CreatedToken": {"token_type": "it is always bearer"},
}
# What the client's class has from elsewhere, and whence.
_OF_ADMINS = "administrators are told more"
OF_ELSEWHERE = {
    "AdminCohort": dict.fromkeys(("summary", "waiting_for"), "lists leave it out"),
    "Cohort": {"waiting_for": "only where one cohort is asked for"},
    "CohortItem": dict.fromkeys(("summary", "waiting_for"), "lists leave it out"),
    "CreatedToken": {
        "last_used_at": "a new one was never used",
        "current": "it was made with another one",
    },
    "ListedToken": {"access_token": "in the answer that creates it, only there"},
    "Result": {"wire": "the answer itself", "of_task": "the task that it came with"},
    "RowMessage": {"id": "a preview has none"},
    "Task": dict.fromkeys(("user_id", "user_email"), _OF_ADMINS),
    "SharedLink": dict.fromkeys(("token", "url"), "in the answer that creates it, only there"),
    "Token": {
        "access_token": "in the answer that creates it, only there",
        "current": "only in lists of one's own",
    },
    "Transaction": dict.fromkeys(
        ("actor_email", "actor_id", "note", "user_email", "user_id", "wallet_id"), _OF_ADMINS
    ),
    "Validation": {"source": "that of the data"},
}


@pytest.fixture
def answers(
    app: Flask,
    settings: Settings,
    make_app: Callable[[Settings], Flask],
    sessions: sessionmaker[Session],
    person: PersonFactory,
    admin: Person,
    redis: Redis,
    retrain: Retrain,
    run_jobs: Callable[[], None],
    tmp_path: Path,
) -> Iterator[dict[Place, list[TestResponse]]]:
    """Real answers of every route."""
    found, one, http = RouteAnswers(), person(500), app.test_client()
    trains = make_app(settings.model_copy(update={"training_data": tmp_path})).test_client()
    route_answers.ask_about_the_service(found, Person(http, new_email()), redis)
    route_answers.ask_about_an_account(found, http)
    route_answers.ask_about_tasks(found, one, run_jobs)
    route_answers.ask_about_assessments(found, one, run_jobs)
    route_answers.ask_about_the_timeline(found, one)
    route_answers.ask_about_cohorts(found, one, run_jobs)
    route_answers.ask_about_clocks(found, admin)
    route_answers.ask_about_everybody(found, admin, one)
    configured = Person(trains, admin.email, admin.token)
    succeeded = retrain()["id"]
    route_answers.ask_about_retrainings(found, admin, configured, succeeded)
    route_answers.ask_about_links(found, one, run_jobs)
    found.ask(one, "GET", "/api/auth/me/export")
    mails = {"smtp_url": "smtp://localhost", "mail_from": "a@example.org"}
    mailing = Person(make_app(settings.model_copy(update=mails)).test_client(), new_email())
    route_answers.ask_for_passwords(found, admin, mailing, one)
    yield found.of
    with sessions.begin() as session:
        session.query(RetrainingSchedule).delete()


def component_of(schema: dict[str, Any]) -> str:
    """The component that a schema refers to."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


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


def test_every_route_answers_as_documented(
    document: dict[str, Any], answers: dict[Place, list[TestResponse]]
) -> None:
    for place, operation in operations(document).items():
        assert place in answers, f"{place} has no example answer"
        documented = {s: r for s, r in operation["responses"].items() if s.startswith("2")}
        assert {str(each.status_code) for each in answers[place]} == set(documented), place
        for response in answers[place]:
            content = documented[str(response.status_code)].get("content", {})
            if not content:
                assert response.data == b"", place
                continue
            schema = content[response.mimetype]["schema"]
            if "json" in response.mimetype and schema != RESULT:
                assert errors(document, schema, as_json(response)) == [], place
        kinds = {t for each in documented.values() for t in each.get("content", {})}
        assert kinds == {each.mimetype for each in answers[place] if each.data}, place


def test_the_client_reads_every_answer(
    document: dict[str, Any], answers: dict[Place, list[TestResponse]]
) -> None:
    read = set()
    for place, responses in answers.items():
        contents = operations(document)[place]["responses"]
        for response in responses:
            content = contents[str(response.status_code)].get("content", {})
            name = component_of(content.get("application/json", {}).get("schema", {}))
            if name in READ_BY:
                decode(READ_BY[name], as_json(response))
                read.add(name)
            elif name:
                schema = document["components"]["schemas"][name]["properties"].get("items", {})
                item = component_of(schema.get("items", {}))
                for each in as_json(response).get("items", ()) if item in READ_BY else ():
                    decode(READ_BY[item], each)
                    read.add(item)
    assert read >= READ_BY.keys() - PARTS


@pytest.mark.parametrize("name", READ_BY)
def test_the_client_has_the_members_that_are_documented(
    document: dict[str, Any], name: str
) -> None:
    ours = {each.metadata.get(JSON_NAME, each.name) for each in fields(READ_BY[name])}
    told = set(document["components"]["schemas"][name]["properties"])
    assert told - ours == set(LEFT_OUT.get(name, {}))
    assert ours - told == set(OF_ELSEWHERE.get(name, {}))


def test_every_dataclass_of_the_client_is_checked() -> None:
    public = {getattr(client, name) for name in client.__all__}
    shapes = {each for each in public if isinstance(each, type) and is_dataclass(each)}
    # what a link shows is filled up to a task or an assessment: test_client_sharing
    assert shapes - {client.Page, client.Cohort, client.SharedResult} <= set(READ_BY.values())
