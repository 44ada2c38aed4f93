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
    result_rows,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]
US_UNITS = {"albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL", "crp": "mg/dL"}


def us_people(count: int, sex: tuple[str, str] = ("M", "F")) -> list[dict[str, Any]]:
    """As a laboratory in the US has them: no unit in the header, and four are not canonical."""
    return [
        {
            "id": f"P{n}",
            "age": 35 + n % 40,
            "sex": sex[n % 2],
            "albumin": round(3.9 + n % 9 / 10, 1),
            "creatinine": round(0.7 + n % 6 / 10, 1),
            "glucose": 84 + n % 30,
            "crp": round(0.1 + n % 4 / 10, 2),
            "lymphocytes": 25 + n % 12,
            "mcv": 85 + n % 10,
            "rdw": round(12.4 + n % 15 / 10, 1),
            "alp": 55 + n % 40,
            "wbc": round(5 + n % 30 / 10, 1),
        }
        for n in range(count)
    ]


def predictions(who: Person, cohort_id: str) -> list[str]:
    return [row["prediction"] for row in result_rows(who, cohort_id)]


def draft(who: Person, rows: list[dict[str, Any]], **fields: Any) -> Any:
    return accepted(send_form(who, as_csv(rows), draft="true", **fields), 201)


def kept(who: Person, made: Any) -> Any:
    """A draft as it is now, without what only one that is asked for has."""
    found = cohort(who, made["id"])
    assert found.pop("waiting_for") is None
    return found


def preview(who: Person, cohort_id: str, **said: Any) -> Any:
    return accepted(who.post(f"{PATH}/{cohort_id}/preview", said), 200)


def test_a_draft_costs_nothing_and_waits(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person()
    made = draft(one, people(3))
    assert (made["status"], made["rows"], made["price"]) == ("draft", 3, 0)
    assert made["header"] == list(people(1)[0])
    run_jobs()
    assert kept(one, made) == made
    assert one.wallet()["held"] == 0


def test_a_preview_says_how_the_file_is_read_what_is_wrong_and_what_it_costs(
    person: PersonFactory,
) -> None:
    one = person()
    rows = people(30)
    rows[4]["systolic_bp"] = "high"
    rows[5]["person"] = "P\t5"
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
    assert (seen["checked_rows"], seen["readable_rows"], seen["warned_rows"]) == (30, 29, 1)
    assert [problem["row"] for problem in seen["problems"]] == [6]
    assert seen["problems"][0]["message"].startswith("id must not have")
    assert [warning["row"] for warning in seen["warnings"]] == [5]
    assert "systolic blood pressure must be" in seen["warnings"][0]["message"]
    assert seen["grouped"][0]["n_rows"] == 1
    assert (seen["header"], seen["notes"], seen["suggestions"]) == (made["header"], [], [])
    assert seen["problems"][0]["fields"] == []
    assert kept(one, made) == made, "a preview changes nothing"


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
    # nothing is guessed: once to tell the columns of numbers while it is read, once to check them
    assert readers == ["agelens", "agelens"]


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
    given = preview(one, made["id"], columns="agelens")
    assert given["columns"] == "agelens"


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
    assert kept(one, made) == made
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
    assert kept(one, made) == made


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
    seen = preview(one, made["id"])
    assert [match["features"] for match in seen["matches"]] == [[], []]
    assert seen["hints"][0].startswith("no column of the file is one of: ")
    assert seen["readable_rows"] == 0
    expect_field(one.post(f"{PATH}/{made['id']}/run", {}), "/columns")
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
    words = "the file has too little for this clock, which needs at least 7 of its 21 markers"
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
        ({"header": ["glucose", "a\bb"]}, "/header"),
        ({"header": ["glucose", *map(str, range(2000))]}, "/header"),
        ({"header": ["glucose"], "mapping": {"x": "sex"}}, "/mapping/x"),
        ({"header": ["glucose"], "units": {"glucose": "stones"}}, "/units/glucose"),
        ({"header": ["glucose"], "values": {"note": {"1": "male"}}}, "/values/note"),
        ({"header": ["glucose", "sex"], "values": {"sex": {"1": "man of war"}}}, "/values/sex"),
        ({"header": ["glucose"], "censored": "maybe"}, "/censored"),
        ({"header": ["glucose"], "id_column": "person"}, "/id_column"),
    ],
)
def test_a_header_that_cannot_be_read_is_said(
    person: PersonFactory, said: dict[str, Any], pointer: str
) -> None:
    expect_field(person().post(f"{PATH}/match", said), pointer)


@pytest.mark.parametrize("names", [["nothing"], ["glucose", "Glucose"]])
def test_a_header_of_which_nothing_is_read_is_answered_with_what_is_wrong(
    person: PersonFactory, names: list[str]
) -> None:
    seen = accepted(person().post(f"{PATH}/match", {"header": names}), 200)
    assert [match["column"] for match in seen["matches"]] == names
    assert all(match["features"] == [] for match in seen["matches"])
    assert "column" in seen["hints"][0]


def test_codes_and_limits_are_read_as_their_owner_says(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(1000)
    rows = us_people(6, sex=("1", "2"))
    rows[0]["glucose"] = "<90"
    made = draft(one, rows, model="mortality-age")
    seen = preview(one, made["id"])
    codes = [(each["code"], each["meaning"]) for each in seen["codes"][0]["codes"]]
    assert codes == [("1", None), ("2", None)]
    said = {"values": {"sex": {"1": "male", "2": "female"}}, "censored": "limit"}
    said["units"] = US_UNITS
    seen = preview(one, made["id"], **said)
    assert (seen["readable_rows"], seen["problems"]) == (6, [])
    assert kept(one, made) == made, "a preview changes nothing"
    wire = accepted(one.post(f"{PATH}/{made['id']}/run", said))
    assert (wire["values"], wire["censored"]) == (said["values"], "limit")
    run_jobs()
    assert cohort(one, made["id"])["rows_scored"] == 6
    warned = accepted(one.get(f"{PATH}/{made['id']}/warnings"), 200)["items"]
    assert warned[0]["row"] == 1
    assert "limit" in warned[0]["message"]


def test_suggested_units_are_told_and_taken_where_that_is_said(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(10_000)
    rows = us_people(40)
    made = draft(one, rows, model="mortality-age")
    seen = preview(one, made["id"])
    units = {each["feature"]: each["suggested_unit"] for each in seen["suggestions"]}
    assert units == US_UNITS
    assert preview(one, made["id"], accept_suggestions=True)["readable_rows"] == 40
    assert kept(one, made) == made, "a preview changes nothing"
    by_hand = accepted(send_form(one, as_csv(rows), model="mortality-age", units=US_UNITS))
    run_jobs()
    accepting = accepted(
        send_form(one, as_csv(rows), model="mortality-age", accept_suggestions="true")
    )
    assert accepting["units"] == US_UNITS
    run_jobs()
    accepted(one.post(f"{PATH}/{made['id']}/run", {"accept_suggestions": True}))
    run_jobs()
    expected = predictions(one, by_hand["id"])
    assert all(expected)
    assert predictions(one, accepting["id"]) == expected
    assert predictions(one, made["id"]) == expected


def test_the_row_that_names_the_columns_is_found_or_said(person: PersonFactory) -> None:
    one = person()
    content = b"Klinik,\n,\n" + as_csv(people(2)) + as_csv(people(1))
    made = accepted(send_form(one, content, draft="true"), 201)
    assert made["header"][0] == "person"
    assert "row 3" in made["notes"][0]
    assert preview(one, made["id"])["notes"] == made["notes"]
    said = accepted(send_form(one, content, draft="true", header_row="6"), 201)
    assert (said["rows"], said["header_row"], said["notes"]) == (1, 6, [])
    expect_field(send_form(one, content, draft="true", header_row="0"), "/header_row")
    expect_field(send_form(one, content, draft="true", header_row="99"), "/header_row")
    expect_field(send_form(one, content, draft="true", sheet="x"), "/sheet")


@pytest.mark.parametrize("option", ["mapping", "units", "values"])
@pytest.mark.parametrize("text", [r'{"\ud800": "sex"}', r'{"sex": "\udfff"}', "[" * 3000, "{"])
def test_options_that_no_answer_could_repeat_are_no_json(
    person: PersonFactory, option: str, text: str
) -> None:
    answer = send_form(person(), as_csv(people(1)), **{option: text})
    assert "must be JSON" in expect_field(answer, f"/{option}")
