"""Changed panels of a finished prediction: scored at once, free, kept nowhere."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agelens.domain.registry import biomarker, example_age
from agelens.settings import Settings
from agelens.storage import LedgerEntry, Task
from agelens.web import rate_limits
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.test_rate_limits import MakeApp, with_limits
from integration.conftest import PersonFactory
from integration.people import Person
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

__all__ = ["with_limits"]  # a fixture
RunJobs = Callable[[], None]
CLOCKS = ("kaggle-age", "mortality-age", "phenoage", "kdm", "dysregulation")
# an answer that every clock but kaggle-age uses, and one of its own
CHANGED = {name: {"albumin": 39, "white_cells": 8.1, "systolic_bp": 131} for name in CLOCKS}
CHANGED["kaggle-age"] = {"bone_density": 1.05, "smoking_status": "never", "systolic_bp": 131}


def answers_for(person: Person, model: str) -> dict[str, Any]:
    """The example's answers to everything that a clock asks."""
    listed = person.get(f"/api/ml-models/{model}").json["features"]
    return {feature["key"]: feature["example"] for feature in listed}


def finished(person: Person, run_jobs: RunJobs, *, model: str = "kaggle-age", **more: Any) -> str:
    """The id of a task that has succeeded."""
    answers = more.pop("answers", None) or answers_for(person, model)
    response = person.predict(answers, model=model, chronological_age=example_age(), **more)
    assert response.status_code == 202, response.text
    run_jobs()
    assert person.task(response.json["task_id"])["status"] == "succeeded"
    return str(response.json["task_id"])


def ask(person: Person, task_id: str, *changes: Any, **more: Any) -> TestResponse:
    return person.post(f"/api/tasks/{task_id}/what-if", {"changes": changes, **more})


@pytest.mark.parametrize("model", CLOCKS)
def test_a_change_gives_what_a_prediction_of_the_changed_answers_gives(
    person: PersonFactory, run_jobs: RunJobs, model: str
) -> None:
    one = person(200)
    answers = answers_for(one, model)
    known = {key: value for key, value in CHANGED[model].items() if key in answers}
    task_id = finished(one, run_jobs, model=model)
    afresh = one.task(finished(one, run_jobs, model=model, answers={**answers, **known}))
    response = ask(one, task_id, known, {})
    assert response.status_code == 200, response.text
    assert response.json["task_id"] == task_id
    assert response.json["model"] == afresh["model"]
    varied, same = response.json["results"]
    assert_same(varied, afresh["result"])
    assert_same(same, one.task(task_id)["result"])
    assert varied["prediction"] != same["prediction"]
    for result in (varied, same):
        years = [each["years"] for each in result["contributions"]]
        assert abs(result["base_value"] + sum(years) - result["prediction"]) < 1e-6


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The same in every part, numbers to the last digits."""
    parts, others = (dict(_leaves(result)) for result in (found, expected))
    parts.pop(("additivity_gap",)), others.pop(("additivity_gap",))  # it is rounding
    assert set(parts) == set(others)
    for path, part in parts.items():
        wanted = others[path]
        if isinstance(wanted, float):
            # mortality-age computes the width, and nothing else, in single precision
            wanted = pytest.approx(wanted, abs=1e-6 if path[0] == "interval" else 1e-9)
        assert part == wanted, path


def _leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every number and text with where it stands; contributions by feature, not by place."""
    if isinstance(node, list):
        node = {
            row["feature"] if isinstance(row, dict) and "feature" in row else str(n): row
            for n, row in enumerate(node)
        }
    if not isinstance(node, dict):
        yield path, node
        return
    for key, inner in node.items():
        yield from _leaves(inner, (*path, key))


def test_null_is_an_answer_that_was_not_measured(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    task_id = finished(one, run_jobs)
    answers = answers_for(one, "kaggle-age")
    del answers["glucose"], answers["hearing_ability"]
    afresh = one.task(finished(one, run_jobs, answers=answers))["result"]
    changes = ({"glucose": None, "hearing_ability": None}, {"Hearing Ability (dB)": None})
    without_both, without_one = ask(one, task_id, *changes).json["results"]
    assert_same(without_both, afresh)
    assert without_both["missing"] == ["glucose", "hearing_ability"]
    assert without_one["missing"] == ["hearing_ability"]


def test_values_are_canonical_unless_units_says_otherwise(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(50)
    answers = {**answers_for(one, "kaggle-age"), "glucose": 110}
    task_id = finished(one, run_jobs, answers=answers, units={"glucose": "mg/dL"})
    factor = next(u.factor for u in biomarker("glucose").units if u.name == "mg/dL")
    changes = [{"glucose": 100}, {"Blood Glucose Level (mg/dL)": 100}, {"bmi": 25}]
    in_mg, by_name, kept = ask(one, task_id, *changes, units={"glucose": "mg/dL"}).json["results"]
    (in_mmol,) = ask(one, task_id, {"glucose": 100 * factor}).json["results"]
    assert in_mmol["prediction"] == pytest.approx(in_mg["prediction"], abs=1e-9)
    assert by_name["prediction"] == pytest.approx(in_mg["prediction"], abs=1e-9)
    values = {row["feature"]: row["value"] for row in kept["contributions"]}
    assert values["glucose"] == pytest.approx(110 * factor)


def test_a_warning_goes_with_the_answer_that_it_is_about(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(50)
    # 12 mmHg is plausible and would be typical in kPa
    answers = {**answers_for(one, "kaggle-age"), "diastolic_bp": 12}
    task_id = finished(one, run_jobs, answers=answers)
    kept, gone, anew = ask(
        one, task_id, {"bmi": 25}, {"diastolic_bp": 90}, {"diastolic_bp": 9}
    ).json["results"]
    assert [w for w in kept["warnings"] if "diastolic_bp 12 looks like kPa" in w]
    assert not [w for w in gone["warnings"] if "diastolic_bp" in w]
    assert [w for w in anew["warnings"] if "diastolic_bp 9 looks like kPa" in w]
    assert not [w for w in anew["warnings"] if "diastolic_bp 12" in w]


def test_it_is_free_and_leaves_nothing_behind(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    before = one.wallet(), one.transactions(), one.task(task_id), _rows(sessions)
    for _ in range(3):
        assert ask(one, task_id, *[{"systolic_bp": 100 + n} for n in range(50)]).status_code == 200
    assert (one.wallet(), one.transactions(), one.task(task_id), _rows(sessions)) == before


def _rows(sessions: sessionmaker[Session]) -> list[int | None]:
    with sessions() as session:
        return [
            session.scalar(select(func.count()).select_from(kind)) for kind in (Task, LedgerEntry)
        ]


def test_it_waits_for_nobody_who_holds_the_task_or_the_wallet(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    with sessions() as session:
        session.execute(select(Task).where(Task.id == uuid.UUID(task_id)).with_for_update())
        assert ask(one, task_id, {"systolic_bp": 118}).status_code == 200
        session.rollback()


def test_only_the_owner_can(person: PersonFactory, run_jobs: RunJobs, admin: Person) -> None:
    one, other = person(50), person()
    task_id = finished(one, run_jobs)
    for stranger in (other, admin):
        expect_problem(ask(stranger, task_id, {"systolic_bp": 118}), 404, "not_found")
    expect_problem(ask(one, str(uuid.uuid4()), {"systolic_bp": 118}), 404)
    nobody = one.http.post(f"/api/tasks/{task_id}/what-if", json={"changes": [{}]})
    expect_problem(nobody, 401)


def test_only_a_finished_prediction_can_be_varied(person: PersonFactory) -> None:
    one = person(50)
    queued, canceled, draft = one.queued(), one.queued(), one.draft()["id"]
    one.post(f"/api/tasks/{canceled}/cancel")
    for task_id, status in ((queued, "queued"), (canceled, "canceled"), (draft, "draft")):
        problem = expect_problem(ask(one, task_id, {"systolic_bp": 118}), 409, "conflict")
        assert status in problem["detail"]


def test_every_problem_of_every_change_is_named_at_once(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    response = ask(
        one,
        task_id,
        {"systolic_bp": 118},
        {"bmi": 500, "smoking_status": "seldom", "glucos": 5},
        {"glucose": 95, "chronological_age": 30},
        {"glucose": 5, "Blood Glucose Level (mg/dL)": 95},
        {"a/b~c": 1},
    )
    problem = expect_problem(response, 422, "invalid_answers")
    assert {error["pointer"] for error in problem["errors"]} == {
        "/changes/1/bmi",
        "/changes/1/smoking_status",
        "/changes/1/glucos",
        "/changes/2/glucose",
        "/changes/2/chronological_age",
        "/changes/3/Blood Glucose Level (mg~1dL)",
        "/changes/4/a~1b~0c",
    }
    expect_field(response, "/changes/1/bmi", "between 7 and 210 kg/m²")
    expect_field(response, "/changes/1/smoking_status", "never, former, current")
    expect_field(response, "/changes/1/glucos", 'did you mean "glucose"?')
    expect_field(response, "/changes/2/glucose", "95 would fit in mg/dL")
    expect_field(response, "/changes/2/chronological_age", "cannot be changed")


@pytest.mark.parametrize(
    ("units", "pointer", "words"),
    [
        ({"glucose": "stone"}, "/units/glucose", "mmol/L, mg/dL"),
        ({"nonsense": "kg"}, "/units/nonsense", "not a feature"),
        ({"smoking_status": "kg"}, "/units/smoking_status", "it is a choice"),
    ],
)
def test_units_are_checked_once_for_all_changes(
    person: PersonFactory, run_jobs: RunJobs, units: dict[str, str], pointer: str, words: str
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    response = ask(one, task_id, {"glucose": 5}, {"glucose": 6}, units=units)
    assert len(expect_problem(response, 422)["errors"]) == 1
    expect_field(response, pointer, words)


def test_a_change_that_leaves_too_little_to_score_is_named(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    pheno = finished(one, run_jobs, model="phenoage")
    response = ask(one, pheno, {"glucose": 5}, {"glucose": None})
    assert len(expect_problem(response, 422, "invalid_answers")["errors"]) == 1
    expect_field(response, "/changes/1/glucose", "is required by this clock")
    kdm = finished(one, run_jobs, model="kdm")
    gone = dict.fromkeys(("systolic_bp", "hba1c", "albumin"))
    response = ask(one, kdm, {"albumin": None}, gone)
    assert len(expect_problem(response, 422)["errors"]) == 1
    expect_field(response, "/changes/1", "needs at least 7 of its 9 markers")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/changes"),
        ({"changes": None}, "/changes"),
        ({"changes": []}, "/changes"),
        ({"changes": {}}, "/changes"),
        ({"changes": [{}] * 51}, "/changes"),
        ({"changes": [[]]}, "/changes/0"),
        ({"changes": [{}, None]}, "/changes/1"),
        ({"changes": [{}, "glucose"]}, "/changes/1"),
        ({"changes": [{"glucose": [5]}]}, "/changes/0/glucose"),
        ({"changes": [{"glucose": "5"}]}, "/changes/0/glucose"),
        ({"changes": [{"glucose": True}]}, "/changes/0/glucose"),
        ({"changes": [{"systolic_bp": 1e308}]}, "/changes/0/systolic_bp"),
        ({"changes": [{f"x{n}": 1 for n in range(501)}]}, "/changes/0"),
        ({"changes": [{}], "units": []}, "/units"),
        ({"changes": [{}], "model": "phenoage"}, "/model"),
    ],
)
def test_a_malformed_request_names_its_field(
    person: PersonFactory, run_jobs: RunJobs, body: dict[str, Any], pointer: str
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    expect_field(one.post(f"/api/tasks/{task_id}/what-if", body), pointer)


def test_a_body_that_is_no_json_is_refused(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(50)
    path = f"/api/tasks/{finished(one, run_jobs)}/what-if"
    expect_problem(one.post(path, data=b'{"changes": [', content_type="application/json"), 400)
    expect_problem(one.post(path, data=b"changes", content_type="text/plain"), 415)
    nan = b'{"changes": [{"glucose": NaN}]}'
    expect_problem(one.post(path, data=nan, content_type="application/json"), 400)


def test_the_limit_counts_people_whatever_token_is_sent(
    with_limits: MakeApp, settings: Settings, person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    second = Person(one.http, one.email).log_in()
    one.http = second.http = with_limits(settings).test_client()
    curve = [{"systolic_bp": 100 + step} for step in range(50)]
    assert ask(one, task_id, *curve).status_code == 200
    redis = Redis.from_url(str(settings.redis_url))
    (counter,) = redis.scan_iter("LIMIT*vary*")
    assert one.id() in counter.decode()
    assert int(redis.get(counter) or 0) == 50
    redis.incr(counter, int(rate_limits.SCENARIOS.split()[0]) - 52)  # as if so many had been sent
    redis.close()
    assert ask(second, task_id, {"systolic_bp": 118}).status_code == 200
    for sender in (one, second):
        response = ask(sender, task_id, *curve[:2])
        expect_problem(response, 429, "rate_limited")
        assert int(response.headers["Retry-After"]) >= 1
    assert one.get("/api/wallet").status_code == 200
