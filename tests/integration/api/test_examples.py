"""A made-up person, scored by every clock, for everybody to see."""

from collections.abc import Callable

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict
from agelens.domain.errors import NotFound
from agelens.domain.panel import Panel
from agelens.domain.registry import describe_registry
from agelens.services import examples
from agelens.wire import Result
from flask.testing import FlaskClient
from integration.api.bundles import bundle, new_name
from integration.api.problem_shape import expect_problem
from integration.api.test_what_if import CLOCKS, assert_same
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy.orm import Session, sessionmaker

PATH = "/api/admin/ml-models"


@pytest.mark.parametrize("model", CLOCKS)
def test_sending_the_example_as_it_is_gives_the_result_that_it_shows(
    http: FlaskClient, person: PersonFactory, run_jobs: Callable[[], None], model: str
) -> None:
    response = http.get(f"/api/ml-models/{model}/example")
    assert response.status_code == 200, response.text
    shown = response.json
    assert set(shown) == {"model", "answers", "units", "chronological_age", "result"}
    one = person(50)
    sent = {key: shown[key] for key in ("answers", "units", "chronological_age")}
    accepted = one.predict(sent.pop("answers"), model=model, **sent)
    assert accepted.status_code == 202, accepted.text
    run_jobs()
    task = one.task(accepted.json["task_id"])
    assert shown["model"] == task["model"]
    assert_same(shown["result"], task["result"])
    assert (shown["result"]["missing"], shown["result"]["warnings"]) == ([], [])


def test_it_answers_every_feature_with_the_registrys_example_in_the_canonical_unit(
    http: FlaskClient,
) -> None:
    entries = {entry["key"]: entry for entry in describe_registry()}
    features = http.get("/api/ml-models/default").json["features"]
    shown = http.get("/api/ml-models/default/example").json
    assert shown["model"]["name"] == "kaggle-age"
    assert shown["answers"] == {f["key"]: entries[f["key"]]["example"] for f in features}
    assert shown["units"] == {f["key"]: f["unit"] for f in features if f["kind"] == "number"}


@pytest.mark.parametrize("name", ["nonsense", "KAGGLE-AGE", "%F0%9F%92%A9"])
def test_an_unknown_clock_has_none(http: FlaskClient, name: str) -> None:
    expect_problem(http.get(f"/api/ml-models/{name}/example"), 404, "not_found")


def test_a_version_is_scored_once_and_the_next_one_when_it_is_active(
    http: FlaskClient, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = new_name()
    scored: list[str] = []

    def count(clock: Clock, panel: Panel) -> Result:
        scored.append(clock.manifest.version)
        return predict(clock, panel)

    monkeypatch.setattr(examples, "predict", count)
    for version in ("1.0.0", "2.0.0"):
        content = bundle(name, version)
        sent = admin.post(f"{PATH}?force=true", data=content, content_type="application/zip")
        assert sent.status_code == 201, sent.text
        admin.post(f"{PATH}/{name}/activate", {"version": version})
        for _ in range(3):
            shown = http.get(f"/api/ml-models/{name}/example").json
            assert shown["model"] == {"name": name, "version": version}
            assert shown["result"]["model"]["version"] == version
    assert scored == ["1.0.0", "2.0.0"]


def test_a_clock_for_other_people_than_the_example_has_none(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "_scored", {})
    monkeypatch.setattr(examples, "example_age", lambda: 12.0)
    with sessions() as session, pytest.raises(NotFound, match="between 20 and 90"):
        examples.example(session, "mortality-age")
