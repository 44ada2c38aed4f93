"""One panel for several clocks: held as a sum, settled one by one; and what a panel still lacks."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.domain.dates import latest, today
from agelens.domain.errors import ScoringError
from agelens.services import model_registry, task_scoring
from agelens.services.audit import audit
from agelens.storage import Assessment, ModelVersion, Task
from flask.testing import FlaskClient
from integration.api.bundles import bundle, new_name
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.people import NO_ID, PASSWORD, Person
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]
Sessions = sessionmaker[Session]
PATH = "/api/assessments"
# Made up; the nine markers of PhenoAge, and one that only the Kaggle clock reads.
PANEL = {
    "albumin": 44,
    "creatinine": 75,
    "glucose": 5.2,
    "crp": 0.8,
    "lymphocytes": 31,
    "mean_cell_volume": 90,
    "red_cell_width": 13,
    "alkaline_phosphatase": 65,
    "white_cells": 5.9,
}
BOTH = ["phenoage", "kaggle-age"]
PRICES = {name: find_clock(name).manifest.price for name in {d.parent.name for d in SHIPPED}}
SUM = sum(PRICES[name] for name in BOTH)


def assess(one: Person, answers: Any = None, **members: Any) -> Any:
    body = {"answers": PANEL if answers is None else answers, "chronological_age": 50, **members}
    return one.post(PATH, {key: value for key, value in body.items() if value is not ...})


def accepted(one: Person, answers: Any = None, **members: Any) -> Any:
    response = assess(one, answers, **members)
    assert response.status_code == 202, response.text
    return response.json


def shown(one: Person, made: Any) -> Any:
    response = one.get(f"{PATH}/{made['assessment_id']}")
    assert response.status_code == 200, response.text
    return response.json


def count(sessions: Sessions, table: type[Any], one: Person) -> int:
    with sessions() as session:
        query = select(func.count()).where(table.user_id == one.id())
        return session.scalar(query) or 0


def test_each_clock_is_a_task_with_the_answers_that_it_takes(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(SUM + 5)
    answers = {**PANEL, "bone_density": 1.0, "glucose": 94}
    response = assess(
        one, answers, models=BOTH, units={"glucose": "mg/dL", "albumin": "g/L"},
        measured_on="2025-03-01", context=["acutely_ill"],
    )  # fmt: skip
    made = response.json
    assert response.headers["Location"] == f"{PATH}/{made['assessment_id']}"
    assert (made["price"], made["not_run"]) == (SUM, [])
    assert one.wallet() == {"balance": SUM + 5, "held": SUM, "available": 5}
    run_jobs()
    found = shown(one, made)
    assert (found["price"], found["charged"]) == (SUM, SUM)
    assert one.wallet() == {"balance": 5, "held": 0, "available": 5}
    assert (found["answers"], found["measured_on"]) == (answers, "2025-03-01")
    pheno, kaggle = found["tasks"]
    assert [pheno["id"], kaggle["id"]] == made["task_ids"]
    assert [pheno["model"]["name"], kaggle["model"]["name"]] == BOTH
    assert set(pheno["answers"]) == set(PANEL)
    assert kaggle["answers"] == {"glucose": 94, "bone_density": 1.0}
    assert (pheno["units"], kaggle["units"]) == (
        {"glucose": "mg/dL", "albumin": "g/L"},
        {"glucose": "mg/dL"},
    )
    for task in (pheno, kaggle):
        assert task == one.task(task["id"])
        assert (task["status"], task["assessment_id"]) == ("succeeded", found["id"])
        assert (task["measured_on"], task["context"]) == ("2025-03-01", ["acutely_ill"])
        assert task["chronological_age"] == 50
    entries = one.transactions()[:-1]
    assert sorted((each["kind"], each["task_id"]) for each in entries) == sorted(
        (kind, key) for kind in ("hold", "capture") for key in made["task_ids"]
    )


def test_a_task_of_an_assessment_scores_as_one_of_its_own(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    alone = one.predict(PANEL, model="phenoage", chronological_age=50).json["task_id"]
    made = accepted(one, {**PANEL, "bone_density": 1.0}, models=["phenoage@1.0.0", "kaggle-age"])
    run_jobs()
    assert shown(one, made)["tasks"][0]["result"] == one.task(alone)["result"]


def test_the_default_clock_is_asked_where_none_is_named(person: PersonFactory) -> None:
    one = person(10)
    found = shown(one, accepted(one, {"bone_density": 1.0}))
    assert [task["model"]["name"] for task in found["tasks"]] == ["kaggle-age"]


def test_without_the_sum_nothing_is_kept(person: PersonFactory, sessions: Sessions) -> None:
    one = person(SUM - 1)
    problem = expect_problem(assess(one, models=BOTH), 402, "insufficient_credits")
    assert problem["detail"] == f"This costs {SUM} credits and {SUM - 1} are available."
    assert one.wallet() == {"balance": SUM - 1, "held": 0, "available": SUM - 1}
    assert count(sessions, Task, one) == count(sessions, Assessment, one) == 0


def test_a_failed_task_alone_is_not_charged(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, sessions: Sessions
) -> None:
    one = person(SUM)
    made = accepted(one, models=BOTH)
    score = task_scoring.score

    def fail_one(clock: Any, claims: Any) -> Any:
        if clock.manifest.name == "phenoage":
            return [ScoringError("a story") for _ in claims]
        return score(clock, claims)

    monkeypatch.setattr(task_scoring, "score", fail_one)
    run_jobs()
    found = shown(one, made)
    assert [task["status"] for task in found["tasks"]] == ["failed", "succeeded"]
    assert (found["price"], found["charged"]) == (SUM, PRICES["kaggle-age"])
    balance = SUM - PRICES["kaggle-age"]
    assert one.wallet() == {"balance": balance, "held": 0, "available": balance}
    with sessions() as session:
        assert audit(session).differences == ()


def test_a_task_can_be_canceled_while_the_others_go_on(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(SUM)
    made = accepted(one, models=BOTH)
    assert one.post(f"/api/tasks/{made['task_ids'][0]}/cancel").status_code == 200
    assert one.wallet()["held"] == PRICES["kaggle-age"]
    run_jobs()
    assert [t["status"] for t in shown(one, made)["tasks"]] == ["canceled", "succeeded"]


def test_ready_runs_every_clock_that_can_and_says_what_the_others_lack(
    person: PersonFactory,
) -> None:
    one = person(5000)
    made = accepted(one, models="ready")
    ran = {task["model"]["name"] for task in shown(one, made)["tasks"]}
    assert {"phenoage", "phenoage-ln-crp", "light-bioage", "kaggle-age"} <= ran
    lacking = {each["model"]["name"]: each for each in made["not_run"]}
    assert not ran & lacking.keys()
    assert lacking["gold-bioage"]["lacks"] == ["ggt"]
    assert lacking["dysregulation"]["lacks"] == ["sex"]
    assert lacking["dysregulation"]["reason"] == "needs sex"
    assert lacking["bortz"]["at_least"] < len(lacking["bortz"]["lacks"])
    assert shown(one, made)["not_run"] == made["not_run"]


def test_ready_leaves_out_clocks_that_do_not_score_such_an_age(person: PersonFactory) -> None:
    one = person(5000)
    made = accepted(one, chronological_age=15, models="ready")
    ran = {task["model"]["name"] for task in shown(one, made)["tasks"]}
    assert ran & PRICES.keys() == {"kaggle-age"}  # other tests may have published clocks
    pheno = next(each for each in made["not_run"] if each["model"]["name"] == "phenoage")
    assert (pheno["lacks"], pheno["at_least"]) == ([], 0)
    assert "18" in pheno["reason"]


def test_ready_with_too_little_for_any_clock_says_so(person: PersonFactory) -> None:
    one = person(100)
    problem = expect_problem(
        assess(one, {"albumin": 44, "creatinine": 70}, models="ready"), 422, "invalid_answers"
    )
    assert [each["pointer"] for each in problem["errors"]] == ["/answers"]
    assert problem["errors"][0]["message"].startswith("are not enough for any clock; ")


def errors_of(response: Any) -> dict[str, str]:
    problem = expect_problem(response, 422, "invalid_answers")
    assert len({(e["pointer"], e["message"]) for e in problem["errors"]}) == len(problem["errors"])
    return {each["pointer"]: each["message"] for each in problem["errors"]}


def test_a_named_clock_that_lacks_something_is_refused_by_field(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(5000)
    few = {key: value for key, value in PANEL.items() if key != "albumin"}
    asked = ["phenoage", "gold-bioage", "bortz", "kaggle-age"]
    found = errors_of(assess(one, few, models=asked, chronological_age=...))
    bortz = found.pop("/answers")
    assert found == {
        "/answers/albumin": "is required by phenoage and gold-bioage",
        "/answers/ggt": "is required by gold-bioage",
        "/chronological_age": "is required by phenoage and gold-bioage",
    }
    assert bortz.startswith("bortz needs age and at least 9 of: ")
    assert one.wallet()["held"] == count(sessions, Assessment, one) == 0


def test_a_single_clock_is_refused_in_the_words_of_a_prediction(person: PersonFactory) -> None:
    one = person(100)
    few = {key: value for key, value in PANEL.items() if key != "albumin"}
    for answers in (few, {**PANEL, "albmin": 1}, {**PANEL, "glucose": 900}, {**PANEL, "crp": "x"}):
        alone = one.predict(answers, model="phenoage", chronological_age=50)
        assert errors_of(assess(one, answers, models=["phenoage"])) == errors_of(alone)


def test_answers_that_no_clock_takes_are_refused(person: PersonFactory) -> None:
    one = person(5000)
    answers = {**PANEL, "bone_densiti": 1.0}
    found = errors_of(assess(one, answers, models=BOTH, units={"albumen": "g/L"}))
    assert found == {
        "/answers/bone_densiti": 'is not a feature of these clocks; did you mean "bone_density"?',
        "/units/albumen": 'is not a feature of these clocks; did you mean "albumin"?',
    }


def test_answers_of_clocks_that_were_not_asked_stay_with_the_panel_if_they_can_be_used(
    person: PersonFactory,
) -> None:
    one = person(100)
    panel = {**PANEL, "bone_density": 1100}
    units = {"bone_density": "mg/cm\N{SUPERSCRIPT TWO}"}
    made = shown(one, accepted(one, panel, models=["phenoage"], units=units))
    assert made["answers"]["bone_density"] == 1100
    assert made["units"] == units
    (task,) = made["tasks"]
    assert "bone_density" not in task["answers"]
    assert task["units"] == {}
    found = errors_of(assess(one, {**PANEL, "bone_density": 1100}, models=["phenoage"]))
    assert list(found) == ["/answers/bone_density"]


@pytest.mark.parametrize("models", [BOTH, "ready"])
def test_an_answer_that_cannot_be_used_is_told_once(person: PersonFactory, models: Any) -> None:
    one = person(5000)
    found = errors_of(assess(one, {**PANEL, "glucose": 9000}, models=models))
    assert list(found) == ["/answers/glucose"]


@pytest.mark.parametrize("models", ["all", [], {}, [1], ["x" * 200], ["phenoage"] * 21])
def test_models_that_are_none_are_refused(person: PersonFactory, models: Any) -> None:
    problem = expect_problem(assess(person(), models=models), 422)
    assert all(each["pointer"].startswith("/models") for each in problem["errors"])


def test_a_clock_asked_for_twice_or_unknown_is_refused(person: PersonFactory) -> None:
    one = person(5000)
    problem = expect_problem(assess(one, models=["phenoage", "phenoage@1.0.0"]), 422)
    assert problem["errors"][0]["message"] == "phenoage 1.0.0 is asked for twice"
    expect_problem(assess(one, models=["phenoage", "no-such-clock"]), 404)


def test_the_same_key_gives_the_same_assessment(person: PersonFactory) -> None:
    one = person(SUM)
    body = {"answers": PANEL, "models": BOTH, "chronological_age": 50}
    sent = {"headers": {"Idempotency-Key": "k"}, "json": body}
    first, again = (one.request("POST", PATH, **sent) for _ in range(2))
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert one.wallet()["held"] == SUM


def test_races_for_the_same_credits_are_all_or_nothing(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    """Twelve at once for three sums and a rest that would pay for a single task."""
    one = person(3 * SUM + min(PRICES[name] for name in BOTH))
    statuses: list[int] = []

    def submit(who: Person, models: list[str]) -> None:
        statuses.append(assess(who, models=models).status_code)

    threads = [
        threading.Thread(target=submit, args=(one.elsewhere(), BOTH[:: (-1) ** n]))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [202] * 3 + [402] * 9
    assert one.wallet()["held"] == 3 * SUM
    assert (count(sessions, Task, one), count(sessions, Assessment, one)) == (6, 3)
    with sessions() as session:
        assert audit(session).differences == ()
    run_jobs()
    assert one.wallet()["held"] == 0
    with sessions() as session:
        assert audit(session).differences == ()


def test_an_assessment_vanishes_with_the_last_of_its_tasks(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(SUM)
    made = accepted(one, models=BOTH)
    first, second = made["task_ids"]
    expect_problem(one.delete(f"/api/tasks/{first}"), 409)
    run_jobs()
    assert one.delete(f"/api/tasks/{first}").status_code == 204
    assert [task["id"] for task in shown(one, made)["tasks"]] == [second]
    assert one.delete(f"/api/tasks/{second}").status_code == 204
    expect_problem(one.get(f"{PATH}/{made['assessment_id']}"), 404)
    with sessions() as session:
        assert audit(session).differences == ()


def test_the_last_two_tasks_deleted_at_once_leave_nothing(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(SUM)
    made = accepted(one, models=BOTH)
    run_jobs()
    threads = [
        threading.Thread(target=one.elsewhere().delete, args=(f"/api/tasks/{key}",))
        for key in made["task_ids"]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count(sessions, Task, one) == count(sessions, Assessment, one) == 0


def test_assessments_are_listed_by_the_day_of_measurement(person: PersonFactory) -> None:
    one = person(5000)
    days = ["2024-05-01", "2026-01-31", None, "1999-12-31", "2024-05-01"]
    made = [
        accepted(one, {"bone_density": 1.0}, **({"measured_on": day} if day else {}))[
            "assessment_id"
        ]
        for day in days
    ]
    newest = [made[place] for place in (2, 1, 4, 0, 3)]
    assert [each["id"] for each in one.get(PATH).json["items"]] == newest
    assert one.get(PATH).json["items"][0]["measured_on"] == str(today())
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = one.get(PATH, query_string=query).json
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == newest
    expect_problem(one.get(PATH, query_string={"cursor": "nonsense"}), 422)


def test_a_page_ends_where_it_is_large_enough(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(5000)
    made = [accepted(one, {"bone_density": 1.0})["assessment_id"] for _ in range(3)]
    run_jobs()
    monkeypatch.setattr("agelens.services.json_sizes.MOST_PAGE_BYTES", 1)
    seen, cursor = [], None
    for _ in made:
        page = one.get(PATH, query_string={"cursor": cursor} if cursor else {}).json
        assert len(page["items"]) == 1
        assert page["items"][0]["tasks"][0]["result"]
        seen.append(page["items"][0]["id"])
        cursor = page["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)


def test_the_age_follows_from_the_profile_and_the_answer_says_so(person: PersonFactory) -> None:
    one = person(100)
    one.patch("/api/auth/me/profile", {"birth_date": "1974-02-11"})
    said = {"models": ["phenoage"], "measured_on": "2024-02-11", "chronological_age": ...}
    found = shown(one, accepted(one, **said))
    for each in (found, *found["tasks"]):
        assert (each["chronological_age"], each["age_from_profile"]) == (50.0, True)
    found = shown(one, accepted(one, models=["phenoage"], chronological_age=44))
    for each in (found, *found["tasks"]):
        assert (each["chronological_age"], each["age_from_profile"]) == (44, False)


def test_the_day_cannot_be_in_the_future(person: PersonFactory) -> None:
    response = assess(person(), measured_on=str(latest() + timedelta(1)))
    problem = expect_problem(response, 422)
    assert problem["errors"][0]["message"] == "must not be in the future"


def test_waiting_answers_when_all_tasks_are_finished(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(SUM)
    made = accepted(one, models=BOTH)
    path = f"{PATH}/{made['assessment_id']}"
    answers: list[Any] = []
    waiter = one.elsewhere()
    thread = threading.Thread(
        target=lambda: answers.append(waiter.get(path, query_string={"wait": 30}).json)
    )
    thread.start()
    run_jobs()
    thread.join(30)
    assert [task["status"] for task in answers[0]["tasks"]] == ["succeeded"] * 2


def test_an_assessment_is_its_owners_alone(person: PersonFactory, http: FlaskClient) -> None:
    one, other = person(10), person()
    path = f"{PATH}/{accepted(one, {'bone_density': 1.0})['assessment_id']}"
    expect_problem(other.get(path), 404)
    expect_problem(other.get(path, query_string={"wait": 1}), 404)
    expect_problem(other.get(f"{PATH}/{NO_ID}"), 404)
    assert other.get(PATH).json == {"items": [], "next_cursor": None}
    for method, where in (("POST", PATH), ("GET", PATH), ("GET", path), ("POST", f"{PATH}/check")):
        expect_problem(http.open(where, method=method, json={}), 401)


def test_the_export_has_assessments_and_erasing_takes_them(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(2 * SUM)
    user_id = one.id()
    made = accepted(one, models=BOTH)
    run_jobs()
    accepted(one, models=BOTH)
    export = one.get("/api/auth/me/export").json
    first = next(e for e in export["assessments"] if e["id"] == made["assessment_id"])
    assert {**first, "tasks": ..., "price": SUM, "charged": SUM} == {
        **shown(one, made),
        "tasks": ...,
    }
    of_it = [t["id"] for t in export["tasks"] if t["assessment_id"] == made["assessment_id"]]
    assert sorted(of_it) == sorted(made["task_ids"])
    assert one.delete("/api/auth/me", json={"password": PASSWORD}).status_code == 204
    with sessions() as session:
        for table in (Assessment, Task):
            assert not session.scalars(select(table).where(table.user_id == user_id)).all()
    with sessions() as session:
        assert audit(session).differences == ()


def test_administrators_see_the_tasks_of_an_assessment(
    person: PersonFactory, admin: Person
) -> None:
    made = accepted(person(SUM), models=BOTH)
    listed = admin.get("/api/admin/tasks", query_string={"limit": 2}).json["items"]
    assert {each["assessment_id"] for each in listed} == {made["assessment_id"]}


def checked(one: Person, answers: Any, **members: Any) -> dict[str, Any]:
    response = one.post(f"{PATH}/check", {"answers": answers, **members})
    assert response.status_code == 200, response.text
    return {each["model"]["name"]: each for each in response.json["clocks"]}


def test_a_check_says_of_every_active_clock_what_it_lacks(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person()
    empty = checked(one, {})
    assert empty.keys() >= PRICES.keys()
    assert {each["ready"] for each in empty.values()} == {False}
    assert empty["phenoage"]["lacks"] == ["chronological_age", *PANEL]
    assert empty["phenoage"]["at_least"] == 10
    assert empty["kaggle-age"]["at_least"] == 1
    found = checked(one, PANEL, chronological_age=50)
    assert (found["phenoage"]["ready"], found["phenoage"]["lacks"]) == (True, [])
    assert found["phenoage"]["price"] == PRICES["phenoage"]
    assert found["gold-bioage"]["lacks"] == ["ggt"]
    assert found["mortality-age"]["lacks"][0] == "sex"
    assert count(sessions, Task, one) == count(sessions, Assessment, one) == 0
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_what_is_ready_in_a_check_is_what_ready_runs(person: PersonFactory) -> None:
    one = person(5000)
    for answers in (PANEL, {**PANEL, "sex": "male"}, {"bone_density": 1.0}):
        found = checked(one, answers, chronological_age=50)
        made = accepted(one, answers, models="ready")
        ready = {name for name, each in found.items() if each["ready"]}
        assert ready == {task["model"]["name"] for task in shown(one, made)["tasks"]}
        assert made["price"] == sum(found[name]["price"] for name in ready)


def test_giving_at_least_so_many_of_what_is_lacking_makes_a_clock_ready(
    person: PersonFactory,
) -> None:
    one = person()
    examples = {f.key: f.example for n in PRICES for f in find_clock(n).manifest.features}
    for name, each in checked(one, {}).items():
        if name not in PRICES:
            continue
        answers = {key: examples[key] for key in each["lacks"] if key in examples}
        age = {"chronological_age": 50} if "chronological_age" in each["lacks"] else {}
        few = dict(list(answers.items())[: each["at_least"] - len(age)])
        assert checked(one, few, **age)[name]["ready"], (name, few)
        too_few = dict(list(few.items())[:-1])
        assert not checked(one, too_few, **age)[name]["ready"], (name, too_few)


def test_a_check_tells_bad_answers_and_warnings_by_clock(person: PersonFactory) -> None:
    one = person()
    found = checked(one, {**PANEL, "glucose": 9000}, chronological_age=50)
    for name in BOTH:
        assert not found[name]["ready"]
        assert [e["pointer"] for e in found[name]["errors"]] == ["/answers/glucose"]
        assert found[name]["lacks"] == []
    found = checked(one, {**PANEL, "glucose": 40}, chronological_age=15)
    assert found["phenoage"]["warnings"][0].startswith("glucose ")
    assert [e["pointer"] for e in found["phenoage"]["errors"]] == ["/chronological_age"]
    assert not found["phenoage"]["ready"]


def test_a_check_refuses_what_no_clock_knows_and_uses_the_profile(person: PersonFactory) -> None:
    one = person()
    expect_problem(one.post(f"{PATH}/check", {"answers": {"happiness": 1}}), 422)
    one.patch("/api/auth/me/profile", {"birth_date": "1974-02-11"})
    body = {"answers": PANEL, "measured_on": "2024-02-11"}
    found = one.post(f"{PATH}/check", body).json
    assert (found["chronological_age"], found["age_from_profile"]) == (50.0, True)
    assert next(e for e in found["clocks"] if e["model"]["name"] == "phenoage")["ready"]


def test_a_newer_version_that_is_active_is_the_one_that_ready_asks(
    person: PersonFactory, admin: Person
) -> None:
    name = new_name()
    path = "/api/admin/ml-models"
    for version in ("1.0.0", "2.0.0"):
        admin.post(path, data=bundle(name, version), content_type="application/zip")
    admin.post(f"{path}/{name}/activate", {"version": "2.0.0"})
    one = person(5000)
    assert checked(one, {"bone_density": 1.0})[name]["model"]["version"] == "2.0.0"
    admin.post(f"{path}/{name}/rollback")
    assert checked(one, {"bone_density": 1.0})[name]["model"]["version"] == "1.0.0"
    pinned = accepted(one, {"bone_density": 1.0}, models=[f"{name}@2.0.0", f"{name}@1.0.0"])
    assert [t["model"]["version"] for t in shown(one, pinned)["tasks"]] == ["2.0.0", "1.0.0"]


def test_predictions_and_assessments_at_once_keep_the_books(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    """Credits for some of them; what was taken in is whole, and held to the credit."""
    one = person(2 * SUM + 3 * PRICES["kaggle-age"])
    answers: list[Any] = []

    def submit(who: Person, n: int) -> None:
        answers.append(assess(who, models=BOTH) if n % 2 else who.predict({"bone_density": 1.0}))

    threads = [threading.Thread(target=submit, args=(one.elsewhere(), n)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {each.status_code for each in answers} == {202, 402}
    whole = [each.json for each in answers if "assessment_id" in each.json]
    assert all(len(shown(one, made)["tasks"]) == 2 for made in whole)
    single = [each for each in answers if "task_id" in each.json]
    assert one.wallet()["held"] == len(whole) * SUM + len(single) * PRICES["kaggle-age"]
    assert count(sessions, Task, one) == 2 * len(whole) + len(single)
    run_jobs()
    assert one.wallet()["held"] == 0
    with sessions() as session:
        assert audit(session).differences == ()


def test_the_audit_finds_an_assessment_that_nobody_can_see_the_tasks_of(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person()
    key = uuid.uuid4()
    with sessions.begin() as session:
        kept = {"answers": {}, "units": {}, "context": [], "not_run": [], "measured_on": today()}
        session.add(Assessment(id=key, user_id=uuid.UUID(one.id()), **kept))
    with sessions() as session:
        told = audit(session).differences
    with sessions.begin() as session:
        session.delete(session.get_one(Assessment, key))
    assert told == (f"assessment {key}: 0 tasks, 0 of them another person's",)


def test_a_clock_whose_bundle_is_broken_does_not_stop_the_others(
    person: PersonFactory, admin: Person, sessions: Sessions
) -> None:
    name, one = new_name(), person(5000)
    blob = bundle(name)
    admin.post("/api/admin/ml-models", data=blob, content_type="application/zip")
    with sessions.begin() as session:
        version = session.scalars(select(ModelVersion).where(ModelVersion.name == name)).one()
        version.bundle = b"rotten"
        version_id = version.id
    model_registry._loaded.pop(version_id, None)
    try:
        found = checked(one, PANEL, chronological_age=50)
        assert (found[name]["ready"], found["phenoage"]["ready"]) == (False, True)
        assert [e["message"] for e in found[name]["errors"]] == ["its bundle cannot be trusted"]
        made = accepted(one, models="ready")
        assert name in {each["model"]["name"] for each in made["not_run"]}
        assert errors_of(assess(one, models=["phenoage", name])) == {
            "/models": f"{name}: its bundle cannot be trusted"
        }
        assert "/answers/albmin" in errors_of(assess(one, {**PANEL, "albmin": 1}, models="ready"))
    finally:
        with sessions.begin() as session:
            session.get_one(ModelVersion, version_id).bundle = blob
