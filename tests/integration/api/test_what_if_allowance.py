"""What-if scenarios stand in for nobody's prediction: they leave half a panel, and are counted."""

import threading
import uuid
from itertools import combinations
from typing import Any

import pytest
from agelens.storage import SCENARIOS_PER_TASK, Task
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.test_what_if import CLOCKS, RunJobs, answers_for, ask, finished
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

SEVERAL = {"systolic_bp": 118, "bone_density": 1.05}


def set_left(sessions: sessionmaker[Session], task_id: str, left: int) -> None:
    with sessions.begin() as session:
        chosen = Task.id == uuid.UUID(task_id)
        session.execute(update(Task).where(chosen).values(scenarios_left=left))


def left_of(sessions: sessionmaker[Session], task_id: str) -> int | None:
    with sessions() as session:
        return session.scalar(select(Task.scenarios_left).where(Task.id == uuid.UUID(task_id)))


def used_by(person: Person, model: str) -> list[dict[str, Any]]:
    features = person.get(f"/api/ml-models/{model}").json["features"]
    return [feature for feature in features if feature["informative"]]


def other_value(feature: dict[str, Any]) -> float | str:
    """A value that the example person does not have."""
    if feature["kind"] == "choice":
        return str(next(each for each in feature["choices"] if each != feature["example"]))
    return float(feature["example"]) * 1.02


@pytest.mark.parametrize("model", CLOCKS)
def test_no_combination_of_changes_scores_a_stranger(
    person: PersonFactory, run_jobs: RunJobs, model: str
) -> None:
    """A stranger differs in everything; however much of that is sent at once, half is refused."""
    one = person(200)
    used = used_by(one, model)
    answers = answers_for(one, model)
    task_id = finished(one, run_jobs, model=model, answers=answers)
    stranger = {f["key"]: other_value(f) for f in used if f["key"] != "sex"}
    most = (len(used) + 1) // 2
    keys = list(stranger)
    too_many = [dict.fromkeys(keys[:place], None) | stranger for place in (0, 2)]
    too_many += [{key: stranger[key] for key in some} for some in _some_of(keys, most + 1)]
    for change in too_many:
        response = ask(one, task_id, {}, change)
        expect_field(response, "/changes/1", f"at most {most} of the {len(used)}")
    for some in _some_of(keys, most):
        assert ask(one, task_id, {key: stranger[key] for key in some}).status_code == 200


def _some_of(keys: list[str], number: int) -> list[tuple[str, ...]]:
    return list(combinations(keys, number))[:: max(1, len(keys))][:8]


def test_answers_given_or_taken_away_are_changes_too(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(50)
    panel = {"systolic_bp": 130, "bone_density": 1.0, "hearing_ability": 40, "glucose": 5.2}
    task_id = finished(one, run_jobs, answers=panel)
    added = {"vision_sharpness": 0.4, "total_cholesterol": 5.0, "diastolic_bp": 80}
    expect_field(ask(one, task_id, added), "/changes/0", "at most 2 of the 4")
    gone = dict.fromkeys(("systolic_bp", "bone_density", "hearing_ability"))
    expect_field(ask(one, task_id, gone), "/changes/0", "run a new prediction")
    assert ask(one, task_id, {"systolic_bp": None, "vision_sharpness": 0.4}).status_code == 200


def test_sex_is_never_changed(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(50)
    answers = answers_for(one, "mortality-age")
    task_id = finished(one, run_jobs, model="mortality-age", answers=answers)
    other = {"female": "male", "male": "female"}[answers["sex"]]
    expect_field(ask(one, task_id, {"sex": other}), "/changes/0/sex", "run a new prediction")
    expect_field(ask(one, task_id, {}, {"Sex": other}), "/changes/1/Sex", "cannot be changed")
    assert ask(one, task_id, {"sex": answers["sex"]}).status_code == 200
    kaggle = {key: answers_for(one, "kaggle-age")[key] for key in ("systolic_bp", "glucose")}
    task_id = finished(one, run_jobs, answers=kaggle)
    expect_field(ask(one, task_id, {"sex": other}), "/changes/0/sex")


def test_only_scenarios_of_several_changes_are_counted(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    curve = [{"systolic_bp": 100 + step} for step in range(50)]
    answer = ask(one, task_id, {}, *curve[1:])
    assert answer.json["scenarios_left"] == left_of(sessions, task_id) == SCENARIOS_PER_TASK
    answers = answers_for(one, "kaggle-age")
    same = {"bone_density": answers["bone_density"], "glucose": answers["glucose"]}
    answer = ask(one, task_id, {**same, "systolic_bp": 118}, SEVERAL, SEVERAL)
    assert answer.json["scenarios_left"] == left_of(sessions, task_id) == SCENARIOS_PER_TASK - 2


def test_a_value_that_went_through_another_unit_is_the_same(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    answers = {**answers_for(one, "kaggle-age"), "glucose": 97, "total_cholesterol": 203}
    units = {"glucose": "mg/dL", "total_cholesterol": "mg/dL"}
    task_id = finished(one, run_jobs, answers=answers, units=units)
    rows = one.task(task_id)["result"]["contributions"]
    canonical = {r["feature"]: r["value"] for r in rows if r["feature"] in units}
    assert ask(one, task_id, {**canonical, "systolic_bp": 118}).status_code == 200
    assert left_of(sessions, task_id) == SCENARIOS_PER_TASK


def test_a_used_up_allowance_is_told_and_single_changes_go_on(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    set_left(sessions, task_id, 1)
    problem = expect_problem(ask(one, task_id, SEVERAL, SEVERAL), 409, "scenarios_used_up")
    assert "1 of them left" in problem["detail"]
    assert "new prediction" in problem["detail"]
    assert left_of(sessions, task_id) == 1
    assert ask(one, task_id, SEVERAL).json["scenarios_left"] == 0
    expect_problem(ask(one, task_id, SEVERAL), 409, "scenarios_used_up")
    assert ask(one, task_id, {"systolic_bp": 118}).status_code == 200


def test_a_refused_request_counts_nothing(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    expect_problem(ask(one, task_id, SEVERAL, {"bmi": 500}), 422)
    assert left_of(sessions, task_id) == SCENARIOS_PER_TASK


def test_requests_at_once_never_share_a_scenario(
    person: PersonFactory, run_jobs: RunJobs, sessions: sessionmaker[Session]
) -> None:
    one = person(50)
    task_id = finished(one, run_jobs)
    set_left(sessions, task_id, 25)
    statuses: list[int] = []

    def vary(who: Person) -> None:
        statuses.append(ask(who, task_id, *[SEVERAL] * 5).status_code)

    threads = [threading.Thread(target=vary, args=(one.elsewhere(),)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200] * 5 + [409] * 7
    assert left_of(sessions, task_id) == 0
