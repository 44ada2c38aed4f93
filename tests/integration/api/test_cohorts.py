"""Cohorts from the file to the results, by the real API and a real worker."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from integration.api.bundles import bundle, new_name
from integration.api.problem_shape import expect_problem
from integration.api.sent_cohorts import (
    CSV,
    PATH,
    PRICE_PER_ROW,
    accepted,
    as_csv,
    cohort,
    people,
    result_rows,
    send,
)
from integration.conftest import PersonFactory
from integration.people import Person

pytestmark = pytest.mark.usefixtures("run_jobs")
RunJobs = Callable[[], None]


def scored(who: Person, run_jobs: RunJobs, rows: list[dict[str, Any]], **query: Any) -> Any:
    """A cohort that a worker has finished."""
    made = accepted(send(who, as_csv(rows), query=query))
    run_jobs()
    return cohort(who, made["id"])


def test_a_file_is_accepted_its_price_held_and_told_in_full(person: PersonFactory) -> None:
    one = person(100)
    response = send(one, as_csv(people(3)), query={"name": "ours.csv", "id_column": "person"})
    wire = accepted(response)
    assert response.headers["Location"] == f"{PATH}/{wire['id']}"
    assert response.headers["Retry-After"]
    expected = {
        "status": "queued",
        "name": "ours.csv",
        "format": "csv",
        "header": list(people(1)[0]),
        "columns": "agelens",
        "mapping": {},
        "units": {},
        "values": {},
        "censored": None,
        "sheet": None,
        "header_row": None,
        "notes": [],
        "id_column": "person",
        "rows": 3,
        "rows_done": 0,
        "rows_scored": 0,
        "rows_failed": 0,
        "price_per_row": PRICE_PER_ROW,
        "price": 3 * PRICE_PER_ROW,
        "charged": 0,
        "started_at": None,
        "finished_at": None,
        "error": None,
        "summary": None,
    }
    assert {name: wire[name] for name in expected} == expected
    assert set(wire) == {*expected, "id", "model", "created_at"}
    assert wire["model"]["name"] == "kaggle-age"
    shown = cohort(one, wire["id"])
    assert shown.pop("waiting_for")["message"]
    assert shown == wire
    assert one.wallet() == {"balance": 100, "held": 30, "available": 70}


def test_rows_that_were_scored_are_paid_and_the_rest_released(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    rows = people(4)
    rows[2]["systolic_bp"] = 1000
    done = scored(one, run_jobs, rows, id_column="person")
    assert (done["status"], done["rows_done"]) == ("succeeded", 4)
    assert (done["rows_scored"], done["rows_failed"]) == (3, 1)
    assert done["charged"] == 3 * PRICE_PER_ROW
    assert one.wallet() == {"balance": 70, "held": 0, "available": 70}
    assert {entry["cohort_id"] for entry in one.transactions()} == {None, done["id"]}
    assert done["summary"]["scored"] == 3
    assert done["summary"]["prediction"]["mean"] > 0
    assert done["started_at"] <= done["finished_at"]


def test_each_row_has_the_numbers_that_a_prediction_of_it_has(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    rows = people(2)
    answers = {k: v for k, v in rows[1].items() if k != "person"}
    task_id = one.predict(answers).json["task_id"]
    done = scored(one, run_jobs, rows)
    alone = one.task(task_id)["result"]
    second = result_rows(one, done["id"])[1]
    assert float(second["prediction"]) == alone["prediction"]
    assert float(second["base_value"]) == alone["base_value"]
    assert float(second["interval_low"]) == alone["interval"]["low"]
    told = {c["feature"]: c["years"] for c in alone["contributions"]}
    for feature, years in told.items():
        assert float(second[f"contribution:{feature}"]) == pytest.approx(years, abs=1e-9)


def test_whoever_cannot_pay_keeps_nothing(person: PersonFactory) -> None:
    one = person(29)
    expect_problem(send(one, as_csv(people(3))), 402, "insufficient_credits")
    assert one.get(PATH).json == {"items": [], "next_cursor": None}
    assert one.wallet() == {"balance": 29, "held": 0, "available": 29}


def test_one_row_is_a_cohort(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    done = scored(one, run_jobs, people(1))
    assert (done["status"], done["charged"]) == ("succeeded", 10)


def test_when_no_row_can_be_scored_nothing_is_charged(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    done = scored(one, run_jobs, people(5, systolic_bp=-1))
    assert (done["status"], done["charged"], done["rows_failed"]) == ("succeeded", 0, 5)
    assert done["summary"]["prediction"] is None
    assert one.wallet() == {"balance": 100, "held": 0, "available": 100}


@pytest.mark.parametrize("value", ["a text", "nan", "1e999", "="])
def test_a_cell_that_is_no_number_counts_as_missing_where_the_clock_can_do_without(
    person: PersonFactory, run_jobs: RunJobs, value: str
) -> None:
    one = person(100)
    rows = people(3)
    rows[1]["systolic_bp"] = value
    done = scored(one, run_jobs, rows)
    assert done["rows_done"] == 3
    found = result_rows(one, done["id"])
    assert [row["row"] for row in found] == ["1", "2", "3"]
    assert [bool(row["prediction"]) for row in found] == [True] * 3
    if value != "nan":  # not measured, like an empty cell
        assert [row["warnings"] != "" for row in found] == [False, True, False]
        assert "systolic_bp" in found[1]["warnings"]


@pytest.mark.parametrize("value", ["a text", "1e999", "="])
def test_a_cell_that_is_no_number_costs_its_row_alone_where_the_clock_needs_it(
    person: PersonFactory, run_jobs: RunJobs, value: str
) -> None:
    one = person(100)
    features = one.get("/api/ml-models/phenoage").json["features"]
    row = {f["key"]: f["example"] for f in features} | {"chronological_age": 50}
    rows = [dict(row) for _ in range(3)]
    rows[1]["albumin"] = value
    done = scored(one, run_jobs, rows, model="phenoage")
    assert (done["rows_scored"], done["rows_failed"]) == (2, 1)
    found = result_rows(one, done["id"])
    assert [row["error"] != "" for row in found] == [False, True, False]
    assert "albumin" in found[1]["error"]


def test_a_column_without_any_value_is_missing_not_wrong(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    done = scored(one, run_jobs, people(3, glucose=""))
    assert (done["status"], done["rows_scored"]) == ("succeeded", 3)
    missing = {entry["feature"]: entry["rows"] for entry in done["summary"]["missing"]}
    assert missing["glucose"] == 3


def test_a_cohort_runs_with_the_units_that_are_named(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    in_mg = scored(one, run_jobs, people(2, glucose=95), units={"glucose": "mg/dL"})
    in_mmol = scored(one, run_jobs, people(2, glucose=95 * 0.0555))
    unnamed = scored(one, run_jobs, people(2, glucose=95))
    assert in_mg["units"] == {"glucose": "mg/dL"}
    assert in_mg["rows_scored"] == in_mmol["rows_scored"] == 2
    first, second = (result_rows(one, done["id"])[0] for done in (in_mg, in_mmol))
    assert float(first["prediction"]) == pytest.approx(float(second["prediction"]), abs=1e-9)
    assert unnamed["rows_failed"] == 2
    problems = one.get(f"{PATH}/{unnamed['id']}/errors").json["items"]
    assert "mg/dL" in problems[0]["message"]


def test_columns_of_other_names_are_mapped(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    ours = people(2)
    theirs = [{("RR sys" if k == "systolic_bp" else k): v for k, v in row.items()} for row in ours]
    mapped = scored(one, run_jobs, theirs, mapping={"RR sys": "systolic_bp"})
    assert mapped["mapping"] == {"RR sys": "systolic_bp"}
    same = scored(one, run_jobs, ours)
    assert result_rows(one, mapped["id"]) == result_rows(one, same["id"])


def test_waiting_answers_at_once_when_there_is_nothing_to_wait_for(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    done = scored(one, run_jobs, people(2))
    assert one.get(f"{PATH}/{done['id']}?wait=30").json == done
    queued = accepted(send(one, as_csv(people(2))))
    assert one.get(f"{PATH}/{queued['id']}?wait=0.3").json["status"] == "queued"


def test_canceling_releases_everything_and_canceling_again_is_harmless(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    made = accepted(send(one, as_csv(people(3))))
    for _ in range(2):
        canceled = one.post(f"{PATH}/{made['id']}/cancel")
        assert (canceled.status_code, canceled.json["status"]) == (200, "canceled")
    assert one.wallet() == {"balance": 100, "held": 0, "available": 100}
    run_jobs()
    assert cohort(one, made["id"])["status"] == "canceled"
    expect_problem(one.get(f"{PATH}/{made['id']}/results"), 409, "conflict")
    expect_problem(one.get(f"{PATH}/{made['id']}/errors"), 409, "conflict")


def test_a_clock_that_costs_nothing_scores_cohorts_of_those_who_have_nothing(
    person: PersonFactory, admin: Person, run_jobs: RunJobs
) -> None:
    name, one = new_name(), person()
    path = "/api/admin/ml-models"
    content = bundle(name, price=0)
    sent = admin.post(path + "?force=true", data=content, content_type="application/zip")
    assert sent.status_code == 201, sent.text
    admin.post(f"{path}/{name}/activate", {"version": "1.0.0"})
    made = accepted(send(one, as_csv(people(3, glucose=5)), query={"model": name}))
    assert made["price"] == 0
    run_jobs()
    done = cohort(one, made["id"])
    assert (done["status"], done["rows_scored"], done["charged"]) == ("succeeded", 3, 0)
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_what_is_finished_cannot_be_canceled(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    done = scored(one, run_jobs, people(1))
    expect_problem(one.post(f"{PATH}/{done['id']}/cancel"), 409, "conflict")


def test_only_what_is_not_active_is_deleted(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    made = accepted(send(one, as_csv(people(1))))
    expect_problem(one.delete(f"{PATH}/{made['id']}"), 409, "conflict")
    run_jobs()
    assert one.delete(f"{PATH}/{made['id']}").status_code == 204
    expect_problem(one.get(f"{PATH}/{made['id']}"), 404, "not_found")
    assert one.wallet()["balance"] == 90, "what it cost stays paid"


def test_the_list_is_newest_first_paged_and_without_summaries(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    first = scored(one, run_jobs, people(1))
    second = accepted(send(one, as_csv(people(1))))
    page = one.get(f"{PATH}?limit=1").json
    assert [item["id"] for item in page["items"]] == [second["id"]]
    after = one.get(f"{PATH}?limit=1&cursor={page['next_cursor']}").json
    assert [item["id"] for item in after["items"]] == [first["id"]]
    assert after["next_cursor"] is None
    assert "summary" not in after["items"][0]
    only = one.get(f"{PATH}?status=succeeded").json["items"]
    assert [item["id"] for item in only] == [first["id"]]
    expect_problem(one.get(f"{PATH}?status=nonsense"), 422)


@pytest.mark.parametrize(
    ("method", "end"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/results"),
        ("GET", "/errors"),
        ("POST", "/cancel"),
        ("POST", "/run"),
        ("POST", "/preview"),
    ],
)
def test_somebody_elses_cohort_does_not_exist(
    person: PersonFactory, run_jobs: RunJobs, method: str, end: str
) -> None:
    done = scored(person(100), run_jobs, people(1))
    body = {"json": {}} if end in {"/run", "/preview"} else {}
    stranger = person()
    theirs = stranger.request(method, f"{PATH}/{done['id']}{end}", **body)
    nobodys = stranger.request(method, f"{PATH}/{uuid.uuid4()}{end}", **body)
    for answer in (theirs, nobodys):
        expect_problem(answer, 404, "not_found")
    assert theirs.json["detail"] == nobodys.json["detail"]


def test_nobody_sends_without_a_login(person: PersonFactory) -> None:
    response = person().http.post(PATH, data=as_csv(people(1)), content_type=CSV)
    expect_problem(response, 401, "unauthenticated")


def test_cohorts_are_counted_for_those_who_run_the_service(
    person: PersonFactory, admin: Person
) -> None:
    one = person(100)
    before = admin.get("/api/admin/queues").json["cohorts"]["queued"]
    accepted(send(one, as_csv(people(1))))
    assert admin.get("/api/admin/queues").json["cohorts"]["queued"] == before + 1
    assert f'agelens_cohorts{{status="queued"}} {before + 1}.0' in one.get("/metrics").text
