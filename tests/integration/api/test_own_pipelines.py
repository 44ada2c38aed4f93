"""A scikit-learn pipeline of one's own: published, predicted, asked what-if, scored as a cohort."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agelens import bundle
from agelens.clocks.bundles import pack
from agelens.clocks.estimators.saved_pipeline import PIPELINE_FILE
from fitted_pipelines import READING, canonical_frame, fitted, forged, made, made_up_people, resaved
from integration.api.bundles import new_name
from integration.api.problem_shape import expect_problem
from integration.api.sent_cohorts import accepted, as_csv, cohort, result_rows, send
from integration.api.test_admin_models import publish
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]
PEOPLE, AGE = made_up_people()
KINDS = ("spline", "interactions", "histogram")


def published(admin: Person, kind: str) -> str:
    """The name of a clock that was just published from this pipeline."""
    name = new_name()
    ours = bundle.from_estimator(
        fitted(kind), PEOPLE[:600], AGE[:600], name=name, title="Ours", price=2, **READING,
        X_calibration=PEOPLE[600:], y_calibration=AGE[600:],
    )  # fmt: skip
    response = publish(admin, pack(ours.files))
    assert response.status_code == 201, response.text
    assert response.json["headline"]["better"] == "lower"
    return name


def answers_of(place: int) -> dict[str, Any]:
    """One person's answers, in the laboratory's unit of albumin."""
    row = canonical_frame(PEOPLE).iloc[place]
    answers = {key: row[key] for key in row.index}
    answers["albumin"] = PEOPLE["alb"].iloc[place]
    return answers


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_pipeline_is_predicted_charged_and_explained(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, kind: str
) -> None:
    name, one = published(admin, kind), person(10)
    place = int(np.flatnonzero(PEOPLE["alb"].notna())[-1])

    sent = one.predict(answers_of(place), model=name, units={"albumin": "g/dL"})
    assert sent.status_code == 202, sent.text
    run_jobs()

    task = one.task(sent.json["task_id"])
    assert (task["status"], task["charged"]) == ("succeeded", 2)
    result = task["result"]
    given = fitted(kind).predict(PEOPLE.iloc[[place]])[0]
    assert result["prediction"] == pytest.approx(given, abs=1e-9)
    total = result["base_value"] + sum(row["years"] for row in result["contributions"])
    assert total == pytest.approx(result["prediction"], abs=1e-9)
    assert result["interval"]["low"] < result["prediction"] < result["interval"]["high"]
    assert "split conformal" in result["interval"]["method"]


def test_what_a_pipeline_may_lack_is_imputed_and_marked_and_what_it_needs_is_asked_for(
    admin: Person, person: PersonFactory, run_jobs: RunJobs
) -> None:
    name, one = published(admin, "spline"), person(10)
    answers = answers_of(0)
    without_albumin = {key: value for key, value in answers.items() if key != "albumin"}

    sent = one.predict(without_albumin, model=name)
    run_jobs()
    result = one.task(sent.json["task_id"])["result"]
    rows = {row["feature"]: row for row in result["contributions"]}
    assert rows["albumin"]["imputed"]
    assert result["missing"] == ["albumin"]

    del without_albumin["smoking_status"]
    refused = one.predict(without_albumin, model=name)
    problem = expect_problem(refused, 422, "invalid_answers")
    assert problem["errors"][0]["field"] == "smoking_status"


def test_what_if_and_the_models_page_know_it(
    admin: Person, person: PersonFactory, run_jobs: RunJobs
) -> None:
    name, one = published(admin, "histogram"), person(10)
    place = int(np.flatnonzero(PEOPLE["alb"].notna())[0])
    sent = one.predict(answers_of(place), model=name, units={"albumin": "g/dL"})
    run_jobs()

    asked = {"changes": [{"bmi": 31}]}
    found = one.post(f"/api/tasks/{sent.json['task_id']}/what-if", asked)

    assert found.status_code == 200, found.text
    changed = PEOPLE.iloc[[place]].assign(bmi=31)
    expected = fitted("histogram").predict(changed)[0]
    assert found.json["results"][0]["prediction"] == pytest.approx(expected, abs=1e-9)
    model = one.get(f"/api/ml-models/{name}").json
    assert model["explanation"].startswith("Shapley values of the path-dependent game")
    assert "## What it is not" in model["card"]


def test_a_cohort_is_scored_with_the_numbers_of_the_pipeline(
    admin: Person, person: PersonFactory, run_jobs: RunJobs
) -> None:
    name, one = published(admin, "spline"), person(100)
    some = PEOPLE[600:620]
    rows = canonical_frame(some).astype(object).where(canonical_frame(some).notna(), "")

    made_cohort = accepted(send(one, as_csv(rows.to_dict("records")), query={"model": name}))
    run_jobs()

    done = cohort(one, made_cohort["id"])
    assert (done["status"], done["rows_scored"], done["charged"]) == ("succeeded", 20, 40)
    results = result_rows(one, made_cohort["id"])
    np.testing.assert_allclose(
        [float(row["prediction"]) for row in results], fitted("spline").predict(some), atol=1e-6
    )


def test_a_pipeline_with_a_foreign_type_is_refused_and_not_published(admin: Person) -> None:
    def add(schema: Any) -> None:
        schema["content"]["content"]["extra"] = {
            "__class__": "system", "__module__": "posix", "__loader__": "FunctionNode",
        }  # fmt: skip

    files = made("ridge").files
    stated = [*made("ridge").clock.clock._trusted, "posix.system"]
    name = new_name()
    hostile = forged(
        files, {PIPELINE_FILE: resaved(files, add)}, name=name, trusted_types=sorted(stated)
    )

    problem = expect_problem(publish(admin, pack(hostile)), 422, "invalid_bundle")

    assert "posix.system" in problem["detail"]
    assert admin.get(f"/api/ml-models/{name}").status_code == 404
