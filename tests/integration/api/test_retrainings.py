"""Asking for retrainings and looking at them; tests/integration/retraining runs them."""

import hashlib
import io
import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agelens.domain.errors import AgeLensError
from agelens.services.retraining import files, runs
from agelens.settings import Settings
from agelens.storage import Retraining, RetrainingChunk
from flask import Flask
from flask.testing import FlaskClient
from integration.api.bundles import bundle
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import NO_ID, Person
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

PATH = "/api/admin/retrainings"
DATA = b"Age (years)\n40\n"
Sessions = sessionmaker[Session]


@pytest.fixture
def configured(
    settings: Settings, make_app: Callable[[Settings], Flask], admin: Person, tmp_path: Path
) -> Person:
    """An administrator of a service with training data."""
    app = make_app(settings.model_copy(update={"training_data": tmp_path}))
    return Person(app.test_client(), admin.email, admin.token)


@pytest.fixture(autouse=True)
def _leave_nothing_queued(sessions: Sessions, settings: Settings) -> Iterator[None]:
    yield
    with sessions.begin() as session:
        session.query(RetrainingChunk).delete()
        session.query(Retraining).delete()
    with Redis.from_url(str(settings.redis_url)) as redis:
        redis.delete("rq:queue:training")


def upload(
    admin: Person,
    content: bytes = DATA,
    *,
    model: str = "kaggle-age",
    name: str = "people.csv",
    more: dict[str, Any] | None = None,
    **options: Any,
) -> TestResponse:
    data = {"model": model, "data": file(content, name), **(more or {})}
    return send_form(admin, data, **options)


def send_form(admin: Person, data: dict[str, Any], **options: Any) -> TestResponse:
    # Flask's client would leave the temporary file of a large form open.
    boundary, body = encode_multipart(data, boundary=secrets.token_hex(16))
    content_type = f"multipart/form-data; boundary={boundary}"
    return admin.post(PATH, data=body, content_type=content_type, **options)


def file(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def accepted(response: TestResponse) -> Any:
    assert response.status_code == 202, response.text
    return response.json


def claim(sessions: Sessions, key: str) -> runs.RetrainingClaim:
    with sessions.begin() as session:
        claimed = runs.claim(session, uuid.UUID(key), 30)
    assert claimed is not None
    return claimed


def test_an_upload_is_accepted_and_told_in_full(admin: Person) -> None:
    response = upload(admin, more={"validation": file(b"more", "later.csv")})
    wire = accepted(response)
    assert response.headers["Location"] == f"{PATH}/{wire['id']}"
    assert wire["data"] == {
        "source": "uploaded",
        "file_name": "people.csv",
        "sha256": hashlib.sha256(DATA).hexdigest(),
    }
    assert wire["validation"]["file_name"] == "later.csv"
    assert wire["validation"]["sha256"] == hashlib.sha256(b"more").hexdigest()
    expected = {
        "model": "kaggle-age",
        "notebook": "train_kaggle.ipynb",
        "status": "queued",
        "candidate": None,
        "error": None,
        "attempts": 0,
        "has_notebook": False,
        "requested_by": admin.id(),
        "due_at": None,
        "started_at": None,
        "finished_at": None,
    }
    assert {name: wire[name] for name in expected} == expected
    assert set(wire) == {*expected, "id", "data", "validation", "version", "created_at"}
    assert admin.get(response.headers["Location"]).json == wire
    expect_problem(admin.get(f"{PATH}/{wire['id']}/notebook"), 404, "not_found")


def test_a_large_file_is_kept_in_pieces_and_read_back_whole(
    admin: Person, sessions: Sessions
) -> None:
    content = secrets.token_bytes(2_500_000)
    claimed = claim(sessions, accepted(upload(admin, content))["id"])
    with sessions() as session:
        pieces = list(files.pieces(session, claimed.id, "data"))
    assert [len(piece) for piece in pieces] == [1024**2, 1024**2, 2_500_000 - 2 * 1024**2]
    assert b"".join(pieces) == content


def test_uploaded_files_go_when_the_retraining_ends(admin: Person, sessions: Sessions) -> None:
    def chunks() -> int | None:
        with sessions() as session:
            return session.scalar(select(func.count()).select_from(RetrainingChunk))

    canceled, failed = accepted(upload(admin))["id"], accepted(upload(admin))["id"]
    assert chunks() == 2
    admin.post(f"{PATH}/{canceled}/cancel")
    assert chunks() == 1
    claimed = claim(sessions, failed)
    with sessions.begin() as session:
        assert runs.fail(session, claimed, AgeLensError("no"), b"{}")
    assert chunks() == 0
    assert admin.get(f"{PATH}/{failed}").json["data"]["sha256"]


def test_configured_data_need_the_setting(admin: Person, configured: Person) -> None:
    refused = admin.post(PATH, {"model": "kaggle-age"})
    expect_field(refused, "/data", "AGELENS_TRAINING_DATA")
    refused = admin.request("PUT", f"{PATH}/schedules/kaggle-age", json={"every_hours": 1})
    expect_field(refused, "/data", "AGELENS_TRAINING_DATA")
    wire = accepted(configured.post(PATH, {"model": "mortality-age"}))
    assert wire["data"] == {
        "source": "configured",
        "file_name": "nhanes3.parquet",
        "sha256": None,
    }
    assert wire["validation"] == {"file_name": "nhanes4_dev.parquet", "sha256": None}


@pytest.mark.parametrize("model", ["phenoage", "kdm", "no-clock", "../kaggle-age"])
def test_a_clock_without_a_notebook_is_refused_by_its_field(
    admin: Person, configured: Person, model: str
) -> None:
    expect_field(upload(admin, model=model), "/model", "kaggle-age, mortality-age")
    expect_field(configured.post(PATH, {"model": model}), "/model", "kaggle-age, mortality-age")


def test_what_a_form_lacks_or_has_too_much_is_named(admin: Person) -> None:
    expect_field(send_form(admin, {"model": "kaggle-age"}), "/data", "needed")
    expect_field(send_form(admin, {"data": file(DATA, "people.csv")}), "/model")
    expect_field(upload(admin, more={"extra": "1"}), "/extra")
    expect_field(upload(admin, more={"photo": file(b"x", "x.png")}), "/photo")
    expect_field(upload(admin, b""), "/data", "empty")
    expect_field(upload(admin, name=".."), "/data", "file name")
    for version in ("1/2", "..", "-v", "_1"):
        expect_field(upload(admin, more={"version": version}), "/version", "letter or digit")


def test_a_part_that_is_sent_twice_is_refused(admin: Person) -> None:
    twice = [file(DATA, "people.csv"), file(DATA, "others.csv")]
    expect_field(upload(admin, more={"data": twice}), "/data", "more than once")
    both = ["kaggle-age", "mortality-age"]
    expect_field(upload(admin, more={"model": both}), "/model", "more than once")
    mixed = {"model": "kaggle-age", "data": [file(DATA, "people.csv"), "40"]}
    expect_field(send_form(admin, mixed), "/data")
    assert admin.get(PATH).json["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/model"),
        ({"model": 5}, "/model"),
        ({"model": "kaggle-age", "version": ""}, "/version"),
        ({"model": "kaggle-age", "version": ".."}, "/version"),
        ({"model": "kaggle-age", "validation": ".."}, "/validation"),
        ({"model": "kaggle-age", "validation": "later/people.csv"}, "/validation"),
        ({"model": "kaggle-age", "validation": "../people.csv"}, "/validation"),
        ({"model": "kaggle-age", "notebook": "mine.ipynb"}, "/notebook"),
    ],
)
def test_what_a_json_request_has_wrong_is_named(
    configured: Person, body: dict[str, Any], pointer: str
) -> None:
    expect_field(configured.post(PATH, body), pointer)


def test_a_body_of_another_type_is_refused(admin: Person) -> None:
    response = admin.post(PATH, data=DATA, content_type="text/csv")
    expect_problem(response, 415, "unsupported_media_type")


def test_folders_in_a_file_name_are_dropped(admin: Person) -> None:
    wire = accepted(upload(admin, name="../../data/people.csv"))
    assert wire["data"]["file_name"] == "people.csv"


def test_uploads_have_a_limit_of_their_own_and_json_has_the_usual_one(
    settings: Settings, make_app: Callable[[Settings], Flask], admin: Person
) -> None:
    limits = {"max_dataset_bytes": 3 * 1024**2, "max_body_bytes": 10_000}
    admin.http = make_app(settings.model_copy(update=limits)).test_client()
    accepted(upload(admin, b"x" * 2 * 1024**2))
    expect_problem(upload(admin, b"x" * 4 * 1024**2), 413, "too_large")
    expect_problem(admin.post(PATH, {"model": "x" * 20_000}), 413, "too_large")


def test_the_version_is_the_next_minor_one_unless_it_is_named(admin: Person) -> None:
    first, second = accepted(upload(admin))["version"], accepted(upload(admin))["version"]
    numbers = [[int(part) for part in version.split(".")] for version in (first, second)]
    assert numbers[1] == [numbers[0][0], numbers[0][1] + 1, 0]
    published = {v["version"] for v in admin.get("/api/admin/ml-models").json["items"]}
    assert not {first, second} & published
    assert accepted(upload(admin, more={"version": "1.2-beta"}))["version"] == "1.2-beta"
    for taken in (first, "1.2-beta", *published & {"1.1.0"}):
        expect_field(upload(admin, more={"version": taken}), "/version", "already")


def test_the_same_form_under_the_same_key_is_one_retraining(admin: Person) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first, again = upload(admin, headers=key), upload(admin, headers=key)
    assert first.json == accepted(again)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(admin.get(PATH).json["items"]) == 1
    expect_problem(upload(admin, DATA + b"41\n", headers=key), 409, "conflict")
    expect_problem(upload(admin, name="others.csv", headers=key), 409, "conflict")


def test_the_list_has_pages_newest_first_and_filters(admin: Person, configured: Person) -> None:
    ids = [accepted(upload(admin))["id"] for _ in range(3)]
    other = accepted(configured.post(PATH, {"model": "mortality-age"}))["id"]
    page = admin.get(f"{PATH}?limit=2").json
    assert [item["id"] for item in page["items"]] == [other, ids[2]]
    rest = admin.get(f"{PATH}?limit=2&cursor={page['next_cursor']}").json
    assert [item["id"] for item in rest["items"]] == [ids[1], ids[0]]
    assert rest["next_cursor"] is None
    (found,) = admin.get(f"{PATH}?model=mortality-age").json["items"]
    assert found["id"] == other
    assert admin.get(f"{PATH}?status=running").json["items"] == []
    expect_field(admin.get(f"{PATH}?status=nonsense"), "/status")
    expect_field(admin.get(f"{PATH}?cursor=nonsense"), "/cursor")


def test_canceling_is_for_what_has_not_ended(admin: Person, sessions: Sessions) -> None:
    key = accepted(upload(admin))["id"]
    for _ in range(2):
        answer = admin.post(f"{PATH}/{key}/cancel")
        assert (answer.status_code, answer.json["status"]) == (200, "canceled")
    with sessions.begin() as session:
        assert runs.claim(session, uuid.UUID(key), 30) is None
    running = accepted(upload(admin))["id"]
    claimed = claim(sessions, running)
    assert admin.post(f"{PATH}/{running}/cancel").json["status"] == "canceled"
    with sessions.begin() as session:
        assert not runs.renew(session, claimed, 30)
        assert not runs.fail(session, claimed, AgeLensError("late"))
    failed = accepted(upload(admin))["id"]
    claimed = claim(sessions, failed)
    with sessions.begin() as session:
        runs.fail(session, claimed, AgeLensError("no"))
    expect_problem(admin.post(f"{PATH}/{failed}/cancel"), 409, "conflict")


def test_an_earlier_attempt_cannot_end_a_later_one(admin: Person, sessions: Sessions) -> None:
    key = accepted(upload(admin))["id"]
    first = claim(sessions, key)
    with sessions.begin() as session:
        session.get_one(Retraining, key).lease_expires_at = func.now() - func.make_interval(0, 1)
    second = claim(sessions, key)
    assert (first.attempts, second.attempts) == (1, 2)
    with sessions.begin() as session:
        assert not runs.fail(session, first, AgeLensError("late"))
        assert not runs.requeue(session, first)
        assert runs.fail(session, second, AgeLensError("now"), b'{"cells": []}')
    wire = admin.get(f"{PATH}/{key}").json
    assert wire["error"]["message"] == "now"
    notebook = admin.get(f"{PATH}/{key}/notebook")
    assert notebook.headers["Content-Type"] == "application/x-ipynb+json"
    assert notebook.headers["Content-Disposition"].startswith("attachment; filename=")
    assert json.loads(notebook.data) == {"cells": []}


def test_result_and_state_are_committed_together_or_not_at_all(
    admin: Person, sessions: Sessions
) -> None:
    from agelens.services import publishing

    key = accepted(upload(admin))["id"]
    claimed = claim(sessions, key)
    candidate = publishing.check(bundle("kaggle-age", claimed.version))
    with sessions() as session:
        assert runs.succeed(session, claimed, candidate, None)
        session.rollback()
    listed = {v["version"] for v in admin.get("/api/admin/ml-models").json["items"]}
    assert claimed.version not in listed
    assert admin.get(f"{PATH}/{key}").json["status"] == "running"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("GET", ""),
        ("GET", f"/{NO_ID}"),
        ("GET", f"/{NO_ID}/notebook"),
        ("POST", f"/{NO_ID}/cancel"),
        ("GET", "/schedules"),
        ("GET", "/schedules/kaggle-age"),
        ("PUT", "/schedules/kaggle-age"),
        ("DELETE", "/schedules/kaggle-age"),
    ],
)
def test_only_administrators_retrain(
    http: FlaskClient, person: PersonFactory, admin: Person, method: str, path: str
) -> None:
    expect_problem(http.open(PATH + path, method=method), 401)
    expect_problem(person().request(method, PATH + path), 403, "forbidden")
    if path.count("-") > 1:
        expect_problem(admin.request(method, PATH + path), 404, "not_found")
