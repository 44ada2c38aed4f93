"""A file that is looked at before it is paid: draft, preview, run."""

from collections.abc import Callable
from typing import Any

import pytest
from agelens.domain.registry import DATA_SETS
from agelens.tables.batch_reader import BatchReader
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    PATH,
    PRICE_PER_ROW,
    accepted,
    as_csv,
    cohort,
    people,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]


def draft(who: Person, rows: list[dict[str, Any]], **fields: Any) -> Any:
    return accepted(send_form(who, as_csv(rows), draft="true", **fields), 201)


def preview(who: Person, cohort_id: str, **said: Any) -> Any:
    return accepted(who.post(f"{PATH}/{cohort_id}/preview", said), 200)


def test_a_draft_costs_nothing_and_waits(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person()
    made = draft(one, people(3))
    assert (made["status"], made["rows"], made["price"]) == ("draft", 3, 0)
    assert made["header"] == list(people(1)[0])
    run_jobs()
    assert cohort(one, made["id"]) == made
    assert one.wallet()["held"] == 0


def test_a_preview_says_how_the_file_is_read_what_is_wrong_and_what_it_costs(
    person: PersonFactory,
) -> None:
    one = person()
    rows = people(30)
    rows[4]["systolic_bp"] = 1000
    made = draft(one, rows)
    seen = preview(one, made["id"], id_column="person")
    assert seen["cohort_id"] == made["id"]
    assert seen["model"]["name"] == "kaggle-age"
    assert (seen["columns"], seen["rows"]) == ("agelens", 30)
    assert (seen["price_per_row"], seen["price"]) == (PRICE_PER_ROW, 300)
    assert [match["column"] for match in seen["matches"]] == made["header"]
    found = {m["column"]: m["features"] for m in seen["matches"]}
    assert found["systolic_bp"] == [{"feature": "systolic_bp", "label": "Systolic blood pressure"}]
    assert found["person"] == []
    missing = {entry["feature"] for entry in seen["missing"]}
    assert "glucose" in missing
    assert "systolic_bp" not in missing
    assert seen["sample"] == [[str(v) for v in row.values()] for row in rows[:5]]
    assert (seen["checked_rows"], seen["readable_rows"]) == (30, 29)
    assert [problem["row"] for problem in seen["problems"]] == [5]
    assert "systolic_bp" in seen["problems"][0]["message"]
    assert seen["problems"][0]["fields"] == ["systolic_bp"]
    assert cohort(one, made["id"]) == made, "a preview changes nothing"


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names with which a reader of the file was made, one after the other."""
    made: list[str] = []

    class Counted(BatchReader):
        def __init__(self, *args: Any, **options: Any) -> None:
            made.append(options["columns"])
            super().__init__(*args, **options)

    monkeypatch.setattr("agelens.tables.reader.BatchReader", Counted)
    return made


def test_the_columns_are_guessed_once(person: PersonFactory, readers: list[str]) -> None:
    one = person(100)
    made = draft(one, people(2))
    assert readers == [], "a draft is kept as it is"
    preview(one, made["id"])
    assert readers == list(DATA_SETS)
    readers.clear()
    preview(one, made["id"], columns="agelens")
    assert readers == ["agelens"]
    readers.clear()
    accepted(one.post(f"{PATH}/{made['id']}/run", {}))
    assert readers == list(DATA_SETS)
    readers.clear()
    accepted(send(one, as_csv(people(2))))
    assert readers == ["agelens"]


def test_a_preview_guesses_whose_names_the_columns_have(person: PersonFactory) -> None:
    one = person()
    made = accepted(
        send(
            one,
            "Gender,Bone Density (g/cm²),Hearing Ability (dB)\nMale,1.1,40\n".encode(),
            query={"draft": "true"},
        ),
        201,
    )
    assert preview(one, made["id"])["columns"] == "kaggle"
    given = one.post(f"{PATH}/{made['id']}/preview", {"columns": "agelens"})
    expect_field(given, "/columns", "kaggle")


def test_a_draft_that_is_run_is_scored_as_its_options_say(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    rows = people(2, glucose=95)
    made = draft(one, rows)
    run = f"{PATH}/{made['id']}/run"
    response = one.post(run, {"model": "kaggle-age", "units": {"glucose": "mg/dL"}})
    wire = accepted(response)
    assert response.headers["Location"] == f"{PATH}/{made['id']}"
    assert (wire["status"], wire["price"]) == ("queued", 20)
    assert one.wallet()["held"] == 20
    assert accepted(one.post(run, {}))["status"] == "queued", "again is harmless"
    assert one.wallet()["held"] == 20
    run_jobs()
    done = cohort(one, made["id"])
    assert (done["status"], done["rows_scored"], done["units"]) == (
        "succeeded",
        2,
        {"glucose": "mg/dL"},
    )
    assert accepted(one.post(run, {}))["status"] == "succeeded"
    assert one.wallet() == {"balance": 80, "held": 0, "available": 80}


def test_what_was_said_with_a_draft_counts_when_it_is_run(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    made = draft(one, people(2, glucose=95), units={"glucose": "mg/dL"}, id_column="person")
    assert preview(one, made["id"])["readable_rows"] == 2
    wire = accepted(one.post(f"{PATH}/{made['id']}/run", {}))
    assert (wire["units"], wire["id_column"]) == ({"glucose": "mg/dL"}, "person")
    run_jobs()
    assert cohort(one, made["id"])["rows_scored"] == 2


def test_the_clock_that_was_named_with_a_draft_runs_it(person: PersonFactory) -> None:
    one = person(100)
    text = one.get(f"{PATH}/template?model=phenoage").data
    made = accepted(send(one, text, query={"draft": "true", "model": "phenoage"}), 201)
    assert preview(one, made["id"])["model"]["name"] == "phenoage"
    wire = accepted(one.post(f"{PATH}/{made['id']}/run", {}))
    assert wire["model"]["name"] == "phenoage"


def test_a_draft_that_cannot_be_paid_stays_one(person: PersonFactory) -> None:
    one = person(19)
    made = draft(one, people(2))
    expect_problem(one.post(f"{PATH}/{made['id']}/run", {}), 402, "insufficient_credits")
    assert cohort(one, made["id"]) == made
    assert one.wallet()["held"] == 0


@pytest.mark.parametrize("end", ["run", "preview"])
def test_options_that_do_not_fit_the_file_are_refused(person: PersonFactory, end: str) -> None:
    one = person(100)
    made = draft(one, people(2))
    path = f"{PATH}/{made['id']}/{end}"
    expect_problem(one.post(path, {"id_column": "none"}), 422)
    expect_problem(one.post(path, {"mapping": {"none": "glucose"}}), 422)
    expect_problem(one.post(path, {"units": {"glucose": "furlong"}}), 422)
    expect_field(one.post(path, {"columns": "none"}), "/columns")
    expect_field(one.post(path, {"nonsense": 1}), "/nonsense")
    expect_problem(one.post(path, {"model": "none"}), 404, "not_found")
    assert cohort(one, made["id"]) == made


def test_a_draft_is_deleted_and_not_canceled(person: PersonFactory) -> None:
    one = person()
    made = draft(one, people(1))
    expect_problem(one.post(f"{PATH}/{made['id']}/cancel"), 409, "conflict")
    assert one.delete(f"{PATH}/{made['id']}").status_code == 204
    expect_problem(one.get(f"{PATH}/{made['id']}"), 404, "not_found")


def test_only_a_draft_has_a_preview(person: PersonFactory) -> None:
    one = person(100)
    made = accepted(send(one, as_csv(people(1))))
    expect_problem(one.post(f"{PATH}/{made['id']}/preview", {}), 409, "conflict")
    expect_problem(one.get(f"{PATH}/{made['id']}/sample"), 409, "conflict")


def test_the_first_rows_are_shown_also_while_no_column_is_known(person: PersonFactory) -> None:
    one, other = person(), person()
    made = draft(one, [{"a": place, "b": "x" if place % 2 else None} for place in range(7)])
    expect_problem(one.post(f"{PATH}/{made['id']}/preview", {}), 422, "invalid_input")
    shown = accepted(one.get(f"{PATH}/{made['id']}/sample"), 200)
    assert shown == {"rows": [["0", ""], ["1", "x"], ["2", ""], ["3", "x"], ["4", ""]]}
    expect_problem(other.get(f"{PATH}/{made['id']}/sample"), 404, "not_found")


def test_names_of_columns_are_matched_without_a_draft(person: PersonFactory) -> None:
    one = person()
    for number in range(10):
        draft(one, people(1), name=f"draft {number}")
    said = {"header": ["person", "pressure", "glucose"], "mapping": {"pressure": "systolic_bp"}}
    seen = accepted(one.post(f"{PATH}/match", said), 200)
    assert (seen["model"]["name"], seen["columns"]) == ("kaggle-age", "agelens")
    assert (seen["price_per_row"], seen["hints"]) == (PRICE_PER_ROW, [])
    answers = [[f["feature"] for f in match["features"]] for match in seen["matches"]]
    assert answers == [[], ["systolic_bp"], ["glucose"]]
    assert "sex" in {entry["feature"] for entry in seen["missing"]}
    assert len(one.get(PATH).json["items"]) == 10


def test_names_of_columns_that_are_not_said_to_be_anybodys_are_guessed(
    person: PersonFactory,
) -> None:
    said = {"header": ["Gender", "Blood Pressure (s/d)"]}
    assert accepted(person().post(f"{PATH}/match", said), 200)["columns"] == "kaggle"


def test_a_draft_is_run_with_the_columns_that_its_preview_shows(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(100)
    text = "Gender,Bone Density (g/cm²),Hearing Ability (dB)\nMale,1.1,40\n".encode()
    made = accepted(send(one, text, query={"draft": "true"}), 201)
    path = f"{PATH}/{made['id']}"
    assert accepted(one.post(f"{path}/preview"), 200)["columns"] == "kaggle"
    assert accepted(one.post(f"{path}/run"))["columns"] == "kaggle"
    run_jobs()
    assert cohort(one, made["id"])["rows_scored"] == 1


@pytest.mark.parametrize("kind", [None, "application/json"])
def test_a_request_of_which_every_field_is_optional_needs_no_body(
    person: PersonFactory, kind: str | None
) -> None:
    one = person(100)
    made = draft(one, people(1))
    accepted(one.post(f"{PATH}/{made['id']}/preview", content_type=kind), 200)
    accepted(one.post(f"{PATH}/{made['id']}/run", content_type=kind))
    refused = one.post(f"{PATH}/{made['id']}/run", data=b"{}", content_type="text/plain")
    expect_problem(refused, 415, "unsupported_media_type")
    expect_problem(one.post(f"{PATH}/match"), 415, "unsupported_media_type")


def test_columns_that_have_too_little_for_any_row_are_said_before_anything_is_paid(
    person: PersonFactory,
) -> None:
    one = person(10_000)
    row = {"chronological_age": 50, "sex": "male", "systolic_bp": 120, "glucose": 5}
    words = "the file has too little for this clock, which needs at least 7 of its 22 markers"
    response = send(one, as_csv([row]), query={"model": "mortality-age"})
    expect_field(response, "/columns", words)
    made = draft(one, [row], model="mortality-age")
    for seen in (
        preview(one, made["id"]),
        accepted(one.post(f"{PATH}/match", {"model": "mortality-age", "header": list(row)}), 200),
    ):
        (hint,) = seen["hints"]
        assert hint.startswith(words)
    expect_field(one.post(f"{PATH}/{made['id']}/run"), "/columns", words)
    assert one.wallet()["held"] == 0


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/header"),
        ({"header": []}, "/header"),
        ({"header": ["glucose", "Glucose"]}, "/columns"),
        ({"header": ["glucose", "a\nb"]}, "/header"),
        ({"header": ["glucose", *map(str, range(2000))]}, "/header"),
        ({"header": ["glucose"], "mapping": {"x": "sex"}}, "/mapping/x"),
        ({"header": ["glucose"], "units": {"glucose": "stones"}}, "/units/glucose"),
        ({"header": ["nothing"]}, "/columns"),
        ({"header": ["glucose"], "id_column": "person"}, "/id_column"),
    ],
)
def test_a_header_that_cannot_be_read_is_said(
    person: PersonFactory, said: dict[str, Any], pointer: str
) -> None:
    expect_field(person().post(f"{PATH}/match", said), pointer)


@pytest.mark.parametrize("option", ["mapping", "units"])
@pytest.mark.parametrize("text", [r'{"\ud800": "sex"}', r'{"sex": "\udfff"}', "[" * 3000, "{"])
def test_options_that_no_answer_could_repeat_are_no_json(
    person: PersonFactory, option: str, text: str
) -> None:
    answer = send_form(person(), as_csv(people(1)), **{option: text})
    assert "must be JSON" in expect_field(answer, f"/{option}")
