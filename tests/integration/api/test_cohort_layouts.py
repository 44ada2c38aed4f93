"""A draft whose header row or sheet was not found right is read again, without another upload."""

from collections.abc import Callable
from typing import Any

import pytest
from agelens.services.cohorts import original_files
from foreign_files import xlsx
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    PARQUET,
    PATH,
    accepted,
    as_csv,
    as_parquet,
    people,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]


def titled(count: int) -> bytes:
    """The header is in row 4, below a table of its own that looks like one."""
    above = b"sex,systolic_bp\nmale,120\n\n"
    return above + as_csv(people(count))


def draft(who: Person, content: bytes, **fields: Any) -> Any:
    return accepted(send_form(who, content, draft="true", **fields), 201)


def layout(who: Person, cohort_id: str) -> Any:
    return accepted(who.get(f"{PATH}/{cohort_id}/layout"), 200)


def test_the_beginning_of_a_file_is_shown_with_the_row_that_counts_as_its_header(
    person: PersonFactory,
) -> None:
    one = person()
    made = draft(one, titled(30))
    found = layout(one, made["id"])
    assert found["first_rows"][:3] == [["sex", "systolic_bp"], ["male", "120"], []]
    assert found["first_rows"][3][:2] == ["person", "sex"]
    assert (found["header_row"], found["sheet"], found["sheets"]) == (1, None, [])
    assert found["can_change"] is True
    assert len(found["first_rows"]) == 12


def test_another_header_row_makes_another_draft_in_the_place_of_the_first(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(1000)
    first = draft(one, titled(3), name="mine.csv", model="kaggle-age")
    response = one.post(f"{PATH}/{first['id']}/layout", {"header_row": 4})
    made = accepted(response, 201)
    assert response.headers["Location"].endswith(made["id"])
    assert (made["header"], made["rows"]) == (list(people(1)[0]), 3)
    assert (made["name"], made["header_row"]) == ("mine.csv", 4)
    assert made["model"] == first["model"]
    expect_problem(one.get(f"{PATH}/{first['id']}"), 404, "not_found")
    assert [each["id"] for each in one.get(PATH).json["items"]] == [made["id"]]
    again = layout(one, made["id"])
    assert (again["header_row"], again["first_rows"][0]) == (4, ["sex", "systolic_bp"])
    accepted(one.post(f"{PATH}/{made['id']}/run", {}), 202)
    run_jobs()
    assert one.get(f"{PATH}/{made['id']}").json["rows_scored"] == 3


def test_a_row_that_cannot_be_a_header_leaves_the_draft_as_it_was(person: PersonFactory) -> None:
    one = person()
    made = draft(one, as_csv(people(3)))
    expect_field(one.post(f"{PATH}/{made['id']}/layout", {"header_row": 99}), "/header_row")
    expect_field(one.post(f"{PATH}/{made['id']}/layout", {"header_row": 0}), "/header_row")
    expect_field(one.post(f"{PATH}/{made['id']}/layout", {"sheet": "A"}), "/sheet")
    assert one.get(f"{PATH}/{made['id']}").json["rows"] == 3
    assert layout(one, made["id"])["header_row"] == 1


def test_whoever_has_ten_drafts_can_read_one_again(person: PersonFactory) -> None:
    one = person()
    made = [draft(one, as_csv(people(2)))["id"] for _ in range(10)]
    accepted(one.post(f"{PATH}/{made[0]}/layout", {"header_row": 1}), 201)
    assert len(one.get(PATH).json["items"]) == 10


def test_another_sheet_of_a_workbook_is_read(person: PersonFactory) -> None:
    one = person()
    rows = [list(people(1)[0]), *(list(row.values()) for row in people(5))]
    book = xlsx(Notes=[["Nothing to see"], ["here", 1]], Study=rows)
    sent = send_form(one, book, "people.xlsx", draft="true", sheet="Notes")
    first = accepted(sent, 201)
    found = layout(one, first["id"])
    assert (found["sheet"], found["sheets"]) == ("Notes", ["Notes", "Study"])
    assert found["first_rows"][0][0] == "Nothing to see"
    made = accepted(one.post(f"{PATH}/{first['id']}/layout", {"sheet": "Study"}), 201)
    assert (made["rows"], made["sheet"]) == (5, "Study")
    assert layout(one, made["id"])["first_rows"][1][0] == "P-0"


def test_a_file_whose_header_is_no_row_has_no_layout(person: PersonFactory) -> None:
    one = person()
    sent = send(one, as_parquet(people(2)), PARQUET, query={"draft": "true"})
    made = accepted(sent, 201)
    found = layout(one, made["id"])
    assert (found["first_rows"], found["can_change"]) == ([], False)
    expect_problem(one.post(f"{PATH}/{made['id']}/layout", {}), 409, "conflict")


def test_of_a_large_file_only_its_beginning_is_kept(
    person: PersonFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(original_files, "MOST_BYTES", 100)
    one = person()
    made = draft(one, as_csv(people(5)))
    found = layout(one, made["id"])
    assert (found["can_change"], found["first_rows"][1][0]) == (False, "P-0")
    refused = one.post(f"{PATH}/{made['id']}/layout", {"header_row": 1})
    assert "send it again" in expect_problem(refused, 409, "conflict")["detail"]


def test_the_layout_is_of_ones_own_drafts(person: PersonFactory) -> None:
    one = person(1000)
    made = draft(one, as_csv(people(2)))
    expect_problem(person().get(f"{PATH}/{made['id']}/layout"), 404, "not_found")
    expect_problem(person().post(f"{PATH}/{made['id']}/layout", {}), 404, "not_found")
    accepted(one.post(f"{PATH}/{made['id']}/run", {}), 202)
    expect_problem(one.get(f"{PATH}/{made['id']}/layout"), 409, "conflict")
    expect_problem(one.post(f"{PATH}/{made['id']}/layout", {}), 409, "conflict")
