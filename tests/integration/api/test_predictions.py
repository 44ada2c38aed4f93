"""A panel in, an explained age out."""

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL
from kaggle_row import KAGGLE_ROW, SAME_ROW_BY_KEY

TASK = {
    "id",
    "status",
    "model",
    "answers",
    "units",
    "chronological_age",
    "age_from_profile",
    "measured_on",
    "assessment_id",
    "baseline",
    "context",
    "models",
    "price",
    "charged",
    "attempts",
    "created_at",
    "started_at",
    "finished_at",
    "validation_errors",
    "error",
    "result",
}
RESULT = {
    "prediction",
    "unit",
    "interval",
    "base_value",
    "base_meaning",
    "contributions",
    "age_gap",
    "narrowing",
    "missing",
    "clipped",
    "warnings",
    "model",
}
CONTRIBUTION = {
    "feature",
    "label",
    "value",
    "unit",
    "years",
    "imputed",
    "clipped",
    "reference_range",
    "modifiable",
}
RunJobs = Callable[[], None]


def test_a_submission_says_where_the_result_will_be(person: PersonFactory) -> None:
    one = person(10)
    response = one.predict()
    assert response.status_code == 202
    task_id = response.json["task_id"]
    assert str(uuid.UUID(task_id)) == task_id
    assert response.headers["Location"] == f"/api/tasks/{task_id}"
    assert int(response.headers["Retry-After"]) >= 1
    task = one.get(response.headers["Location"]).json
    assert set(task) == TASK
    assert task["model"] == {"name": "kaggle-age", "version": task["model"]["version"]}
    assert (task["status"], task["price"], task["charged"]) == ("queued", 10, 0)
    assert (task["attempts"], task["started_at"], task["finished_at"]) == (0, None, None)
    assert (task["answers"], task["units"], task["chronological_age"]) == (PANEL, {}, None)
    assert (task["validation_errors"], task["error"], task["result"]) == ([], None, None)


def test_a_row_under_the_kaggle_files_own_headers_is_the_same_person(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(20)
    sent = [one.predict(answers) for answers in (KAGGLE_ROW, SAME_ROW_BY_KEY)]
    assert [response.status_code for response in sent] == [202, 202], sent[0].text
    run_jobs()
    by_header, by_key = (one.task(response.json["task_id"])["result"] for response in sent)
    assert by_header["prediction"] == pytest.approx(by_key["prediction"], abs=1e-9)
    assert by_header["missing"] == []


def test_a_finished_task_explains_its_number(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    task_id = one.predict(chronological_age=50).json["task_id"]
    run_jobs()
    task = one.task(task_id)
    assert set(task) == TASK
    assert (task["status"], task["charged"], task["attempts"]) == ("succeeded", 10, 1)
    assert task["created_at"] < task["started_at"] < task["finished_at"]
    result = task["result"]
    assert set(result) >= RESULT
    assert 18 <= result["prediction"] <= 89
    assert result["unit"] == "years"
    assert result["interval"]["low"] < result["prediction"] < result["interval"]["high"]
    assert result["interval"]["level"] == 0.9
    assert result["interval"]["method"]
    assert result["base_meaning"]
    years = [c["years"] for c in result["contributions"]]
    assert abs(sum(years) + result["base_value"] - result["prediction"]) < 1e-6
    assert years == sorted(years, key=abs, reverse=True)
    assert all(set(c) == CONTRIBUTION for c in result["contributions"])
    told = {c["feature"]: c["value"] for c in result["contributions"] if not c["imputed"]}
    assert told["systolic_bp"] == 134
    assert result["age_gap"]["raw"] == pytest.approx(result["prediction"] - 50)
    assert set(result["age_gap"]) == {
        "raw",
        "adjusted",
        "percentile",
        "reference",
        "percentile_range",
        "others",
    }
    assert "glucose" in result["missing"]
    assert {each["feature"] for each in result["narrowing"]} == set(result["missing"])
    assert set(result["narrowing"][0]) == {"feature", "label", "width_now", "width_expected"}
    assert set(result["model"]) == {"name", "version", "sha256", "data_sha256", "code_version"}
    assert len(result["model"]["sha256"]) == len(result["model"]["data_sha256"]) == 64


def test_without_an_age_there_is_no_gap(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    task_id = one.queued()
    run_jobs()
    assert one.task(task_id)["result"]["age_gap"] is None


def test_units_and_aliases_mean_the_same_panel(person: PersonFactory, run_jobs: RunJobs) -> None:
    """200 mg/dL of cholesterol are 5.172 mmol/L (386.65 g/mol)."""
    one = person(30)
    ids = [
        one.predict({"total_cholesterol": 200 * 10 / 386.65, "systolic_bp": 120}),
        one.predict(
            {"total_cholesterol": 200, "systolic_bp": 120}, units={"total_cholesterol": "mg/dL"}
        ),
        one.predict({"Cholesterol Level (mg/dL)": 200, "systolic_bp": 120}),
    ]
    run_jobs()
    results = [one.task(r.json["task_id"])["result"]["prediction"] for r in ids]
    assert results[1:] == pytest.approx([results[0]] * 2, abs=0.01)


def test_too_little_credit_queues_nothing(person: PersonFactory) -> None:
    one = person(9)
    problem = expect_problem(one.predict(), 402, "insufficient_credits")
    assert "10" in problem["detail"]
    assert one.get("/api/tasks").json["items"] == []
    assert one.wallet() == {"balance": 9, "held": 0, "available": 9}
    assert [entry["kind"] for entry in one.transactions()] == ["topup"]


@pytest.mark.parametrize(
    ("answers", "pointer", "words"),
    [
        ({"systolic_bp": "high"}, "/answers/systolic_bp", ["number"]),
        ({"systolic_bp": True}, "/answers/systolic_bp", ["number"]),
        ({"systolic_bp": 1e308}, "/answers/systolic_bp", ["between 40 and 370", "mmHg"]),
        ({"height": -170}, "/answers/height", ["between"]),
        ({"total_cholesterol": 210}, "/answers/total_cholesterol", ["mmol/L", "mg/dL"]),
        ({"sex": "martian"}, "/answers/sex", []),
        ({"sex": 5}, "/answers/sex", []),
        ({"favourite_colour": 5}, "/answers/favourite_colour", []),
        ({"": 5}, "/answers/", []),
        ({"a/b~c": 5}, "/answers/a~1b~0c", []),
        ({"Blood Pressure (s/d)": "120"}, "/answers/Blood Pressure (s~1d)", []),
        ({"systolic_bp": [120]}, "/answers/systolic_bp", ["number"]),
        ({"systolic_bp": {"value": 120}}, "/answers/systolic_bp", ["number"]),
        ({"systolic_bp": "9" * 501}, "/answers/systolic_bp", []),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_field(
    person: PersonFactory, answers: dict[str, object], pointer: str, words: list[str]
) -> None:
    one = person(100)
    expect_field(one.predict(answers), pointer, *words)
    assert one.get("/api/tasks").json["items"] == []
    assert one.wallet()["held"] == 0


def test_every_wrong_answer_is_named_at_once(person: PersonFactory) -> None:
    wrong = {"systolic_bp": 5, "sex": "x", "nonsense": 1}
    response = person(10).predict(wrong, units={"glucose": "stone"}, chronological_age=-1)
    problem = expect_problem(response, 422, "invalid_answers")
    assert {error["pointer"] for error in problem["errors"]} == {
        "/answers/systolic_bp",
        "/answers/sex",
        "/answers/nonsense",
        "/units/glucose",
        "/chronological_age",
    }


def test_a_key_and_its_alias_together_are_refused(person: PersonFactory) -> None:
    both = {"total_cholesterol": 5, "Cholesterol Level (mg/dL)": 200}
    expect_field(person(10).predict(both), "/answers/Cholesterol Level (mg~1dL)")


@pytest.mark.parametrize("age", ["40", True, -1, 131, 1e308, [], {}])
def test_an_impossible_age_is_refused(person: PersonFactory, age: object) -> None:
    expect_field(person(10).predict(chronological_age=age), "/chronological_age")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/answers"),
        ({"answers": None}, "/answers"),
        ({"answers": []}, "/answers"),
        ({"answers": "x"}, "/answers"),
        ({"answers": {f"k{i}": 1 for i in range(501)}}, "/answers"),
        ({"answers": PANEL, "units": []}, "/units"),
        ({"answers": PANEL, "units": {"systolic_bp": 5}}, "/units/systolic_bp"),
        ({"answers": PANEL, "model": 5}, "/model"),
        ({"answers": PANEL, "model": ""}, "/model"),
        ({"answers": PANEL, "model": "x" * 130}, "/model"),
        ({"answers": PANEL, "price": 0}, "/price"),
    ],
)
def test_a_malformed_submission_is_refused_beside_its_field(
    person: PersonFactory, body: dict[str, object], pointer: str
) -> None:
    expect_field(person(10).post("/api/tasks/predict", body), pointer)


def test_an_unknown_clock_is_404(person: PersonFactory) -> None:
    expect_problem(person(10).predict(model="nonsense"), 404, "not_found")


def test_submitting_needs_a_login(http: FlaskClient) -> None:
    expect_problem(http.post("/api/tasks/predict", json={"answers": PANEL}), 401)
