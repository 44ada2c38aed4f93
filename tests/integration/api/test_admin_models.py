"""Publishing, activating and rolling back clocks."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from agelens.services import model_registry
from agelens.settings import Settings
from flask import Flask
from integration.api.bundles import bundle, bundle_files, new_name
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

PATH = "/api/admin/ml-models"


def publish(admin: Person, blob: bytes, content_type: str = "application/zip") -> TestResponse:
    return admin.post(PATH, data=blob, content_type=content_type)


def test_the_first_version_of_a_clock_is_active_at_once(
    admin: Person, person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    name = new_name()
    response = publish(admin, bundle(name, price=3))
    assert response.status_code == 201
    version = response.json
    assert set(version) == {
        "name",
        "version",
        "title",
        "unit",
        "price",
        "active",
        "default",
        "sha256",
        "created_at",
        "activated_at",
        "headline",
        "active_value",
        "worse_than_active",
        "comparable",
        "same_data",
    }
    assert (version["name"], version["active"], version["default"]) == (name, True, False)
    one = person(3)
    task_id = one.predict(model=name).json["task_id"]
    run_jobs()
    task = one.task(task_id)
    assert (task["status"], task["charged"]) == ("succeeded", 3)
    assert task["model"] == {"name": name, "version": "1.0.0"}


def test_publishing_the_same_bundle_again_changes_nothing(admin: Person) -> None:
    blob = bundle(new_name())
    first = publish(admin, blob)
    assert publish(admin, blob).json == first.json


def test_a_version_is_never_replaced_by_other_content(admin: Person) -> None:
    name = new_name()
    publish(admin, bundle(name))
    problem = expect_problem(publish(admin, bundle(name, price=2)), 409, "conflict")
    assert "another --version" in problem["detail"]


def test_a_task_keeps_the_version_and_the_price_it_was_queued_with(
    admin: Person,
    person: PersonFactory,
    run_jobs: Callable[[], None],
    sessions: sessionmaker[Session],
) -> None:
    """The price is the database's: a new version's manifest does not change it, a command does."""
    name = new_name()
    publish(admin, bundle(name, price=1))
    one = person(100)
    before, draft = one.predict(model=name).json["task_id"], one.draft(model=name)["id"]
    publish(admin, bundle(name, "2.0.0", price=3))
    shown = one.get(f"/api/ml-models/{name}").json
    assert (shown["version"], shown["price"]) == ("1.0.0", 1)
    with sessions.begin() as session:
        model_registry.set_price(session, name, 7)
    activated = admin.post(f"{PATH}/{name}/activate", {"version": "2.0.0"})
    assert (activated.status_code, activated.json["active"]) == (200, True)
    after = one.predict(model=name).json["task_id"]
    one.post(f"/api/tasks/{draft}/run")
    run_jobs()
    tasks = [one.task(task_id) for task_id in (before, after, draft)]
    assert [task["charged"] for task in tasks] == [1, 7, 7]
    assert [task["result"]["model"]["version"] for task in tasks] == ["1.0.0", "2.0.0", "2.0.0"]


def test_rolling_back_returns_to_the_version_before(admin: Person) -> None:
    name = new_name()
    for version in ("1", "2"):
        publish(admin, bundle(name, version))
    admin.post(f"{PATH}/{name}/activate", {"version": "2"})
    response = admin.post(f"{PATH}/{name}/rollback")
    assert (response.status_code, response.json["version"]) == (200, "1")
    listed = [v for v in admin.get(PATH).json["items"] if v["name"] == name]
    assert {v["version"]: v["active"] for v in listed} == {"1": True, "2": False}


def test_rolling_back_twice_goes_two_versions_back(admin: Person) -> None:
    name = new_name()
    for version in ("1", "2", "3"):
        publish(admin, bundle(name, version))
        admin.post(f"{PATH}/{name}/activate", {"version": version})
    returned = [admin.post(f"{PATH}/{name}/rollback").json["version"] for _ in range(2)]
    assert returned == ["2", "1"]
    expect_problem(admin.post(f"{PATH}/{name}/rollback"), 409, "conflict")


def test_there_must_be_a_version_to_return_to(admin: Person) -> None:
    name = new_name()
    publish(admin, bundle(name))
    expect_problem(admin.post(f"{PATH}/{name}/rollback"), 409, "conflict")
    expect_problem(admin.post(f"{PATH}/{new_name()}/rollback"), 404, "not_found")


def test_only_a_published_version_can_be_activated(admin: Person) -> None:
    wrong = {"version": "9.9.9"}
    expect_problem(admin.post(f"{PATH}/kaggle-age/activate", wrong), 404, "not_found")
    expect_problem(admin.post(f"{PATH}/{new_name()}/activate", wrong), 404, "not_found")
    expect_field(admin.post(f"{PATH}/kaggle-age/activate", {}), "/version")


@pytest.mark.parametrize(
    "changes",
    [
        {"price": -1},
        {"price": 10**30},
        {"price": True},
        {"price": "free"},
        {"title": "x" * 201},
        {"title": "a\0b"},
        {"unit": "y" * 33},
        {"unit": ["years"]},
        {"name": "../etc"},
        {"name": ""},
        {"version": "1/2"},
        {"version": ".."},
        {"version": "-v"},
        {"name": "."},
        {"name": "_clock"},
        {"training_data": {"sha256": "\0"}},
        {"kind": "pickle"},
        {"features": [{"key": "nonsense", "required": False, "informative": True}]},
        {"features": None},
        {"interval": 5},
    ],
)
def test_a_manifest_that_says_the_impossible_is_refused(
    admin: Person, changes: dict[str, object]
) -> None:
    # wrong kinds of values are what is tested
    response = publish(admin, bundle(**{"name": new_name(), **changes}))  # type: ignore[arg-type]
    expect_problem(response, 422, "invalid_bundle")


@pytest.mark.parametrize("field", ["name", "version"])
def test_a_name_that_is_none_is_refused_by_its_field(admin: Person, field: str) -> None:
    response = publish(admin, bundle(**{"name": new_name(), field: "-v"}))
    problem = expect_problem(response, 422, "invalid_bundle")
    assert f"{field}: " in problem["detail"]


def test_a_bundle_that_loads_but_cannot_score_is_refused(admin: Person) -> None:
    name = new_name()
    reference = json.loads(bundle_files({})["reference.json"])
    for peers in reference["sexes"].values():
        peers["slope"] = float("nan")
    content = {"reference.json": json.dumps(reference).encode()}
    response = publish(admin, _zip(bundle_files({"name": name}, content)))
    expect_problem(response, 422, "invalid_bundle")
    assert "cannot score" in response.json["detail"]
    assert name not in [version["name"] for version in admin.get(PATH).json["items"]]


def test_a_changed_file_is_refused(admin: Person) -> None:
    files = bundle_files({"name": new_name()})
    files["parameters.json"] += b" "
    expect_problem(publish(admin, _zip(files)), 422, "invalid_bundle")


@pytest.mark.parametrize("name", ["../evil.py", "/etc/passwd", "a/b.json", "..\\x", "evil.pkl"])
def test_a_stowaway_is_refused(admin: Person, name: str) -> None:
    files = {**bundle_files({"name": new_name()}), name: b"x"}
    expect_problem(publish(admin, _zip(files)), 422, "invalid_bundle")


def test_a_bomb_is_refused(admin: Person) -> None:
    bomb = _zip({"manifest.json": b"0" * (70 * 1024 * 1024)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1024 * 1024
    expect_problem(publish(admin, bomb), 422, "invalid_bundle")


@pytest.mark.parametrize("blob", [b"", b"PK", b"nonsense", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_refused(admin: Person, blob: bytes) -> None:
    expect_problem(publish(admin, blob), 422, "invalid_bundle")


def test_a_bundle_is_sent_as_a_zip(admin: Person) -> None:
    expect_problem(publish(admin, b"{}", "application/json"), 415, "unsupported_media_type")


def test_bundles_have_a_limit_of_their_own(
    settings: Settings, make_app: Callable[[Settings], Flask], admin: Person
) -> None:
    small = make_app(settings.model_copy(update={"max_bundle_bytes": 2 * 1024 * 1024}))
    admin.http = small.test_client()
    expect_problem(publish(admin, b"x" * (3 * 512 * 1024)), 422, "invalid_bundle")
    expect_problem(publish(admin, b"x" * (2 * 1024 * 1024 + 1)), 413, "too_large")


def _zip(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
