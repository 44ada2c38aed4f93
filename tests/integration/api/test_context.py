"""Pregnancy and acute illness: said once, warned of, kept out of percentiles."""

from collections.abc import Callable

import pytest
from integration.api.problem_shape import expect_field
from integration.api.sent_cohorts import CSV, as_csv
from integration.api.test_what_if import answers_for, ask, finished
from integration.conftest import PersonFactory

RunJobs = Callable[[], None]


@pytest.mark.parametrize("model", ["phenoage", "mortality-age", "kaggle-age"])
def test_who_is_pregnant_or_ill_is_warned_and_not_ranked(
    person: PersonFactory, run_jobs: RunJobs, model: str
) -> None:
    one = person(200)
    plain = one.task(finished(one, run_jobs, model=model))
    said = ["pregnant", "acutely_ill"]
    with_context = one.task(finished(one, run_jobs, model=model, context=said))
    assert (plain["context"], with_context["context"]) == ([], said)
    before, after = plain["result"], with_context["result"]
    assert after["prediction"] == before["prediction"]
    assert after["contributions"] == before["contributions"]
    assert before["age_gap"]["percentile"] is not None
    assert after["age_gap"]["percentile"] is None
    assert after["age_gap"]["raw"] == before["age_gap"]["raw"]
    new = [warning for warning in after["warnings"] if warning not in before["warnings"]]
    assert [warning.split()[0] for warning in new] == ["pregnancy", "acute"]
    assert all("not ranked among other people" in warning for warning in new)


def test_scenarios_and_the_export_keep_what_was_said(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    task_id = finished(one, run_jobs, model="phenoage", context=["acutely_ill"])
    (varied,) = ask(one, task_id, {"albumin": 41}).json["results"]
    assert varied["age_gap"]["percentile"] is None
    assert any(warning.startswith("acute illness") for warning in varied["warnings"])
    (task,) = one.get("/api/auth/me/export").json["tasks"]
    assert task["context"] == ["acutely_ill"]


def test_a_draft_keeps_it_and_can_be_told_otherwise(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    answers = answers_for(one, "phenoage")
    body = {"model": "phenoage", "answers": answers, "chronological_age": 52}
    draft = one.post("/api/tasks", {**body, "context": ["pregnant"]}).json
    assert draft["context"] == ["pregnant"]
    edited = one.patch(f"/api/tasks/{draft['id']}", {"context": []}).json
    assert edited["context"] == []
    assert one.post(f"/api/tasks/{draft['id']}/run").status_code == 202
    run_jobs()
    assert one.task(draft["id"])["result"]["age_gap"]["percentile"] is not None


@pytest.mark.parametrize(
    ("context", "pointer"),
    [
        (["tired"], "/context/0"),
        ("pregnant", "/context"),
        ([None], "/context/0"),
        (None, "/context"),
        (["pregnant", "pregnant"], "/context"),
    ],
)
def test_what_is_no_context_is_refused(
    person: PersonFactory, context: object, pointer: str
) -> None:
    one = person(200)
    answers = answers_for(one, "phenoage")
    response = one.predict(answers, model="phenoage", chronological_age=52, context=context)
    expect_field(response, pointer)
    assert response.json["errors"][0]["field"] == "context"
    assert one.get("/api/tasks").json["items"] == []


def test_columns_of_a_cohort_say_who_is_pregnant_or_ill(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    answers = {**answers_for(one, "phenoage"), "chronological_age": 52}
    rows = [{**answers, "pregnant": said, "acutely_ill": "no"} for said in ("no", "yes", "")]
    options = {"query_string": {"model": "phenoage", "draft": "true"}}
    kept = one.request("POST", "/api/cohorts", data=as_csv(rows), content_type=CSV, **options).json
    preview = one.post(f"/api/cohorts/{kept['id']}/preview", {}).json
    labels = {m["column"]: [f["label"] for f in m["features"]] for m in preview["matches"]}
    assert labels["pregnant"] == ["Pregnant"]
    assert labels["acutely_ill"] == ["Acutely ill in the last two weeks"]
    assert one.post(f"/api/cohorts/{kept['id']}/run", {}).status_code == 202
    run_jobs()
    path = f"/api/cohorts/{kept['id']}/results"
    found = one.request("GET", path, query_string={"format": "json"}).json
    assert [row["age_gap_percentile"] is None for row in found] == [False, True, False]
    assert found[1]["warnings"].startswith("pregnancy changes biomarkers")
    assert found[0]["prediction"] == found[1]["prediction"]
