"""A person's profile, and the ages that follow from it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from agelens.domain.dates import latest, today
from agelens.storage import User
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy.orm import Session, sessionmaker

PATH = "/api/auth/me/profile"
PROFILE = {"sex": "female", "birth_date": "1974-02-11", "country": "DE"}
NOTHING = dict.fromkeys(PROFILE)


def tomorrow() -> str:
    """Everywhere, at the moment of asking: the day may change after the tests were collected."""
    return str(latest() + timedelta(1))


def born(one: Person, birth_date: str | None) -> None:
    assert one.patch(PATH, {"birth_date": birth_date}).status_code == 200


def test_it_is_empty_then_kept_and_changed_field_by_field(person: PersonFactory) -> None:
    one, other = person(), person()
    assert one.get(PATH).json == NOTHING
    assert one.patch(PATH, {**PROFILE, "country": "de"}).json == PROFILE
    assert one.patch(PATH, {"sex": None}).json == {**PROFILE, "sex": None}
    assert one.patch(PATH, {}).json == {**PROFILE, "sex": None}
    assert one.get("/api/auth/me/export").json["profile"] == {**PROFILE, "sex": None}
    assert other.get(PATH).json == NOTHING


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("sex", "unknown", "must be one of: female, male"),
        ("birth_date", "11.2.1974", "must be a date such as 2026-03-31"),
        ("birth_date", "1974-02-30", "must be a date such as 2026-03-31"),
        ("birth_date", 1974, "must be a date such as 2026-03-31"),
        ("birth_date", "1899-12-31", "must not be before 1900"),
        ("birth_date", tomorrow, "must not be in the future"),
        ("country", "Germany", "must be a country's two letters, such as DE"),
        ("name", "Ada", "is not a field of this request"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    person: PersonFactory, field: str, value: Any, message: str
) -> None:
    one = person()
    sent = value() if value is tomorrow else value
    problem = expect_problem(one.patch(PATH, {field: sent}), 422)
    assert problem["errors"] == [{"pointer": f"/{field}", "field": field, "message": message}]
    assert one.get(PATH).json == NOTHING


def test_it_needs_a_login(http: FlaskClient) -> None:
    expect_problem(http.get(PATH), 401)
    expect_problem(http.patch(PATH, json={}), 401)


def test_it_is_erased_with_the_account(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    user_id = one.id()
    one.patch(PATH, PROFILE)
    one.delete("/api/auth/me")
    with sessions() as session:
        user = session.get_one(User, user_id)
        assert (user.sex, user.birth_date, user.country) == (None, None, None)


def test_an_age_that_is_not_said_follows_from_the_date_of_birth(
    person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    one = person(30)
    born(one, "1974-02-11")
    computed = one.predict(measured_on="2024-02-11").json["task_id"]
    said = one.predict(measured_on="2024-02-11", chronological_age=44).json["task_id"]
    run_jobs()
    task = one.task(computed)
    assert (task["chronological_age"], task["age_from_profile"]) == (50.0, True)
    assert task["result"]["age_gap"]["raw"] == pytest.approx(task["result"]["prediction"] - 50)
    task = one.task(said)
    assert (task["chronological_age"], task["age_from_profile"]) == (44, False)


def test_nothing_can_be_measured_before_the_birth(person: PersonFactory) -> None:
    one = person(10)
    born(one, "1974-02-11")
    problem = expect_problem(one.predict(measured_on="1974-02-10"), 422, "invalid_answers")
    assert [each["pointer"] for each in problem["errors"]] == ["/measured_on"]
    assert one.predict(measured_on="1974-02-10", chronological_age=30).status_code == 202


def test_the_age_of_a_draft_follows_the_day_and_the_profile_until_it_is_run(
    person: PersonFactory,
) -> None:
    one = person(10)
    draft = one.draft(measured_on="2024-02-11")
    assert (draft["chronological_age"], draft["age_from_profile"]) == (None, False)
    path = f"/api/tasks/{draft['id']}"
    born(one, "1974-02-11")
    edited = one.patch(path, {"measured_on": "2025-02-11"}).json
    assert (edited["chronological_age"], edited["age_from_profile"]) == (51.0, True)
    edited = one.patch(path, {"chronological_age": 40}).json
    assert (edited["chronological_age"], edited["age_from_profile"]) == (40, False)
    edited = one.patch(path, {"chronological_age": None}).json
    assert (edited["chronological_age"], edited["age_from_profile"]) == (51.0, True)
    born(one, "1975-02-11")
    one.post(f"{path}/run")
    assert one.task(draft["id"])["chronological_age"] == 50.0


def test_the_day_of_measurement_is_kept_or_else_that_of_the_task(person: PersonFactory) -> None:
    one = person(20)
    said = one.predict(measured_on="2024-02-11").json["task_id"]
    assert one.task(said)["measured_on"] == "2024-02-11"
    unsaid = one.task(one.queued())
    assert unsaid["measured_on"] == unsaid["created_at"][:10]
    draft = one.draft()
    assert draft["measured_on"] is None
    path = f"/api/tasks/{draft['id']}"
    assert one.patch(path, {"measured_on": str(today())}).json["measured_on"] == str(today())
    assert one.patch(path, {"measured_on": None}).json["measured_on"] is None


@pytest.mark.parametrize("day", [tomorrow, "1899-12-31", "yesterday", 5])
def test_a_day_that_cannot_be_is_refused(person: PersonFactory, day: Any) -> None:
    one = person(10)
    for path in ("/api/tasks/predict", "/api/tasks"):
        sent = day() if day is tomorrow else day
        problem = expect_problem(one.post(path, {"answers": {}, "measured_on": sent}), 422)
        assert [each["pointer"] for each in problem["errors"]] == ["/measured_on"]


def test_the_years_of_a_comparison_are_those_between_the_days(
    person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    one = person(40)
    days = ("2023-05-01", "2025-05-01", None, None)
    said = [{"chronological_age": 50, **({"measured_on": day} if day else {})} for day in days]
    said[3]["chronological_age"] = 53
    ids = [one.predict(**each).json["task_id"] for each in said]
    run_jobs()

    def years(before: str, after: str) -> Any:
        return one.post(f"/api/tasks/{before}/compare/{after}").json["time"]["years_passed"]

    assert years(ids[0], ids[1]) == pytest.approx(2.0, abs=0.003)
    assert years(ids[0], ids[3]) == 3  # one day is not said: by the ages
    assert years(ids[2], ids[3]) == 3
