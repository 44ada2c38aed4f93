"""One's panels by the day of measurement, each clock's trend, and two panels compared."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from agelens.services import trends
from agelens.storage import Task
from flask.testing import FlaskClient
from integration.api.bundles import new_name
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.test_assessments import PANEL, accepted
from integration.api.test_compare import compared, publish
from integration.api.test_page_sizes import read_to_the_end
from integration.conftest import PersonFactory
from integration.people import NO_ID, Person
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]
PATH = "/api/timeline"
TWO = ["phenoage", "mortality-age"]
WOMAN = {**PANEL, "sex": "female"}


def measured(one: Person, run_jobs: RunJobs, day: str, answers: Any = None, **members: Any) -> str:
    """The id of an assessment by two clocks."""
    said = {"models": TWO, "measured_on": day, **members}
    made = accepted(one, answers or WOMAN, **said)
    run_jobs()
    return str(made["assessment_id"])


def alone(one: Person, run_jobs: RunJobs, answers: Any = None, **members: Any) -> str:
    """The id of a single prediction by PhenoAge."""
    said = {"model": "phenoage", "chronological_age": 50, **members}
    task_id = str(one.predict(answers or PANEL, **said).json["task_id"])
    run_jobs()
    return task_id


def listed(one: Person, **query: object) -> Any:
    response = one.get(PATH, query_string=query)
    assert response.status_code == 200, response.text
    return response.json["items"]


def ids(one: Person, **query: object) -> list[str]:
    return [entry["id"] for entry in listed(one, **query)]


def test_assessments_and_single_predictions_are_one_list_by_the_day_of_measurement(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    draft = one.draft(measured_on="2025-06-01")["id"]
    newest = measured(one, run_jobs, "2026-02-01")
    oldest = alone(one, run_jobs, measured_on="2024-03-31")
    middle = measured(one, run_jobs, "2025-03-31")
    today = alone(one, run_jobs)
    undated = one.draft()["id"]
    found = listed(one)
    assert [e["id"] for e in found] == [undated, today, newest, draft, middle, oldest]
    assert found[3]["measured_on"] == "2025-06-01"
    by_id = {entry["id"]: entry for entry in found}
    assert (by_id[oldest]["assessment_id"], by_id[middle]["assessment_id"]) == (None, middle)
    assert by_id[oldest]["chronological_age"] == by_id[middle]["chronological_age"] == 50
    assert [r["status"] for r in by_id[draft]["results"]] == ["draft"]


def test_an_entry_has_of_each_task_what_the_task_says(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    made = measured(one, run_jobs, "2026-02-01")
    (entry,) = listed(one)
    tasks = one.get(f"/api/assessments/{made}").json["tasks"]
    assert [each["model"]["name"] for each in entry["results"]] == TWO
    for short, task in zip(entry["results"], tasks, strict=True):
        result = task["result"]
        assert short["task_id"] == task["id"]
        for name in ("status", "model", "price", "charged", "validation_errors", "error"):
            assert short[name] == task[name]
        for name in ("unit", "prediction", "interval"):
            assert short[name] == result[name]
        assert short["age_gap"] == result["age_gap"]["raw"]


def test_pages_overlap_nowhere_and_leave_nothing_out(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    for day in ("2024-01-01", "2025-01-01"):
        measured(one, run_jobs, day)
        for _ in range(3):  # of one day
            one.draft(measured_on=day)
    everything = ids(one, limit=200)
    assert len(set(everything)) == 8
    paged: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = one.get(PATH, query_string={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        assert len(page.json["items"]) <= 3
        paged += [entry["id"] for entry in page.json["items"]]
        cursor = page.json["next_cursor"]
    assert paged == everything


def test_a_page_of_large_entries_ends_early(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    made = [one.draft()["id"] for _ in range(30)]
    large = [{"pointer": "/answers", "field": "sex", "message": "x" * 150_000}]
    with sessions.begin() as session:
        update_all = update(Task).where(Task.id.in_(made)).values(validation_errors=large)
        session.execute(update_all)
    found, lengths = read_to_the_end(one, PATH)
    assert found == made[::-1]
    assert len(lengths) >= 3


def test_filters_keep_whole_panels_with_a_result_that_matches(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    both = measured(one, run_jobs, "2025-01-01")
    single = alone(one, run_jobs, measured_on="2025-03-01")
    draft = one.draft(model="phenoage", measured_on="2025-02-01")["id"]
    assert ids(one, model="phenoage") == [single, draft, both]
    assert ids(one, model="phenoage@1.0.0", status="succeeded") == [single, both]
    assert ids(one, model="mortality-age") == [both]
    assert len(listed(one, model="mortality-age")[0]["results"]) == 2
    assert ids(one, status="draft") == [draft]
    assert ids(one, model="mortality-age", status="draft") == []
    assert ids(one, since="2025-02-01") == [single, draft]
    assert ids(one, since="2025-01-15", until="2025-02-01") == [draft]
    assert ids(one, until="2024-12-31") == []
    assert ids(one, model="nonsense") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=nonsense", "/status"),
        ("limit=0", "/limit"),
        ("model=" + "x" * 130, "/model"),
        ("cursor=nonsense", "/cursor"),
        ("since=yesterday", "/since"),
        ("until=2026-02-30", "/until"),
        ("since=1899-12-31", "/since"),
    ],
)
def test_an_impossible_filter_is_refused(person: PersonFactory, query: str, pointer: str) -> None:
    expect_field(person().get(f"{PATH}?{query}"), pointer)


def test_nobody_sees_what_is_another_persons(person: PersonFactory, run_jobs: RunJobs) -> None:
    one, stranger = person(100), person(100)
    mine, theirs = (alone(who, run_jobs) for who in (one, stranger))
    assert ids(one) == [mine]
    (clock,) = one.get(f"{PATH}/trend").json["clocks"]
    assert [point["task_id"] for point in clock["points"]] == [mine]
    for pair in ((mine, theirs), (theirs, mine), (mine, NO_ID)):
        expect_problem(one.post(f"{PATH}/{pair[0]}/compare/{pair[1]}"), 404, "not_found")


def test_it_needs_a_login(http: FlaskClient) -> None:
    for path in (PATH, f"{PATH}/trend"):
        expect_problem(http.get(path), 401)
    expect_problem(http.post(f"{PATH}/{NO_ID}/compare/{NO_ID}"), 401)


def test_a_trend_judges_every_change_as_a_comparison_does(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    last = alone(
        one, run_jobs, {**PANEL, "albumin": 25, "creatinine": 320}, measured_on="2026-01-10"
    )
    first = measured(one, run_jobs, "2024-01-10")
    measured(one, run_jobs, "2025-01-10", {**WOMAN, "albumin": 43.5})
    found = one.get(f"{PATH}/trend").json
    assert found["complete"] is True
    pheno, mortality = found["clocks"]
    assert (pheno["model"], mortality["model"]) == ("phenoage", "mortality-age")
    assert [p["measured_on"] for p in pheno["points"]] == ["2024-01-10", "2025-01-10", "2026-01-10"]
    assert [p["assessment_id"] is None for p in pheno["points"]] == [False, False, True]
    assert pheno["points"][2]["task_id"] == last
    assert pheno["points"][0]["assessment_id"] == first
    assert pheno["points"][0]["change"] is None
    assert [p["change"]["real"] for p in pheno["points"][1:]] == [False, True]
    pairs = [(pheno["points"][n], pheno["points"][n + 1]["change"]) for n in (0, 1)]
    for (before, change), after in zip(pairs, pheno["points"][1:], strict=True):
        assert change["since"] == before["task_id"]
        see_that_it_is_the_comparison(one, change, after["task_id"])
    see_that_it_is_the_comparison(one, pheno["overall"], last)
    assert pheno["overall"]["since"] == pheno["points"][0]["task_id"]
    assert [p["interval"] is None for p in mortality["points"]] == [False, False]


def see_that_it_is_the_comparison(one: Person, change: Any, task_id: str) -> None:
    said = compared(one, change["since"], task_id)
    assert change["change"] == pytest.approx(said["change"])
    noise = said["measurement"]["minimum_detectable_change"]
    assert change["minimum_detectable_change"] == pytest.approx(noise)
    assert change["real"] == said["real"]


def test_a_trend_is_of_one_clock_and_of_some_time(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(500)
    for day in ("2024-01-10", "2025-01-10", "2026-01-10"):
        measured(one, run_jobs, day)

    def days(**query: str) -> dict[str, list[str]]:
        clocks = one.get(f"{PATH}/trend", query_string=query).json["clocks"]
        return {c["model"]: [p["measured_on"] for p in c["points"]] for c in clocks}

    assert days(model="phenoage", since="2025-01-10") == {"phenoage": ["2025-01-10", "2026-01-10"]}
    assert days(until="2024-12-31") == {name: ["2024-01-10"] for name in TWO}
    assert days(model="kdm") == {}


def test_a_trend_is_of_the_newest_panels(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends, "MOST_PANELS", 2)
    one = person(100)
    for day in ("2026-01-10", "2024-01-10", "2025-01-10"):
        alone(one, run_jobs, measured_on=day)
    found = one.get(f"{PATH}/trend").json
    assert found["complete"] is False
    days = [point["measured_on"] for point in found["clocks"][0]["points"]]
    assert days == ["2025-01-10", "2026-01-10"]


def test_clocks_of_another_unit_and_without_noise_are_trends_too(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    for day in ("2025-01-10", "2026-01-10"):
        for model in ("dysregulation", "kaggle-age"):
            answers = WOMAN if model == "dysregulation" else {"bone_density": 1, "sex": "female"}
            alone(one, run_jobs, answers, model=model, measured_on=day)
    clocks = {c["model"]: c for c in one.get(f"{PATH}/trend").json["clocks"]}
    assert clocks["dysregulation"]["unit"] != "years"
    assert clocks["dysregulation"]["overall"]["real"] is False
    change = clocks["kaggle-age"]["points"][1]["change"]
    assert (change["real"], change["minimum_detectable_change"]) == (None, None)
    assert "published within-person variation" in change["reason"]


def test_a_change_of_the_version_is_not_judged(
    person: PersonFactory, admin: Person, run_jobs: RunJobs
) -> None:
    one, name = person(100), new_name()
    for version, day in (("1.0.0", "2024-01-10"), ("1.1.0", "2025-01-10")):
        publish(admin, name, version, 1.0)
        alone(one, run_jobs, model=name, measured_on=day)
    (clock,) = one.get(f"{PATH}/trend").json["clocks"]
    assert [point["version"] for point in clock["points"]] == ["1.0.0", "1.1.0"]
    change = clock["points"][1]["change"]
    assert (change["real"], change["reason"]) == (None, trends.OTHER_VERSION)
    assert clock["overall"] is None


def compare(one: Person, a: str, b: str, **query: str) -> Any:
    response = one.post(f"{PATH}/{a}/compare/{b}", query_string=query)
    assert response.status_code == 200, response.text
    return response.json


def test_two_panels_are_compared_clock_by_clock_the_one_measured_first_before(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    later = measured(one, run_jobs, "2026-01-10", {**WOMAN, "albumin": 40, "crp": 2.5})
    earlier = measured(one, run_jobs, "2025-01-10", {**WOMAN, "urea_nitrogen": 5})
    found = compare(one, later, earlier)
    assert (found["before"]["id"], found["after"]["id"]) == (earlier, later)
    assert found["years_passed"] == pytest.approx(1.0, abs=0.001)
    assert [c["model"]["name"] for c in found["comparisons"]] == TWO
    for each in found["comparisons"]:
        pair = (each["before"]["task_id"], each["after"]["task_id"])
        assert each == compared(one, *pair)
    changed = {b["feature"]: b for b in found["biomarkers"] if b["changed"]}
    assert set(changed) == {"albumin", "crp", "urea_nitrogen"}
    assert (changed["albumin"]["before"], changed["albumin"]["after"]) == (44, 40)
    assert changed["albumin"]["reference_range"]["low"]
    assert (changed["urea_nitrogen"]["before"], changed["urea_nitrogen"]["after"]) == (5, None)
    turned = compare(one, later, earlier, as_given="true")
    assert (turned["before"]["id"], turned["after"]["id"]) == (later, earlier)
    assert turned["years_passed"] == -found["years_passed"]


def test_a_panel_and_a_single_prediction_share_the_clocks_that_scored_both(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(500)
    both = measured(one, run_jobs, "2025-01-10")
    single = alone(one, run_jobs, measured_on="2026-01-10")
    found = compare(one, both, single)
    assert [c["model"]["name"] for c in found["comparisons"]] == ["phenoage"]
    assert found["not_compared"] == [
        {"model": "mortality-age", "reason": "only_before", "detail": ""}
    ]
    task = one.get(f"/api/assessments/{both}").json["tasks"][1]["id"]
    apart = compare(one, task, single)
    assert apart["comparisons"] == []
    assert {n["reason"] for n in apart["not_compared"]} == {"only_before", "only_after"}
    draft = one.draft(measured_on=date(2025, 5, 1).isoformat())["id"]
    assert compare(one, draft, single)["not_compared"][0]["reason"] == "only_after"
