"""Files of every kind become cohorts, in a form and as a body; results as a workbook."""

import gzip
import io
import json
from collections.abc import Callable

import pyarrow as pa
import pyarrow.feather
import pytest
from foreign_files import packed, xlsx
from integration.api.problem_shape import expect_field
from integration.api.sent_cohorts import (
    PATH,
    accepted,
    as_csv,
    cohort,
    people,
    result_rows,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from python_calamine import CalamineWorkbook

RunJobs = Callable[[], None]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_of(rows: list[dict[str, object]]) -> list[list[object]]:
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def feather(rows: list[dict[str, object]]) -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


FILES: dict[str, tuple[str, str, Callable[[list[dict[str, object]]], bytes]]] = {
    "people.xlsx": (EXCEL, "excel", lambda rows: xlsx(People=sheet_of(rows))),
    "people.csv.gz": ("application/gzip", "csv", lambda rows: gzip.compress(as_csv(rows))),
    "people.zip": ("application/zip", "csv", lambda rows: packed({"p.csv": as_csv(rows)})),
    "people.feather": ("application/vnd.apache.arrow.file", "feather", feather),
    "people.txt": ("text/csv", "csv", lambda rows: as_csv(rows).decode().encode("utf-16")),
    "people.json": (
        "application/json",
        "json",
        lambda rows: b"".join(json.dumps(row).encode() + b"\n" for row in rows),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_any_kind_is_taken_in_a_form_and_as_a_body(
    person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one, (kind, kept_as, make) = person(1000), FILES[name]
    content = make(people(3))
    expected = accepted(send(one, as_csv(people(3))))["id"]
    made = [accepted(send(one, content, kind)), accepted(send_form(one, content, name))]
    assert [each["format"] for each in made] == [kept_as] * 2
    run_jobs()
    ages = [row["prediction"] for row in result_rows(one, expected)]
    assert all(ages)
    for each in made:
        assert [row["prediction"] for row in result_rows(one, each["id"])] == ages


def test_a_packed_json_file_may_say_how_it_is_read(person: PersonFactory) -> None:
    body = {"id_column": "person", "name": "packed", "draft": True, "rows": people(2)}
    made = accepted(
        send(person(), gzip.compress(json.dumps(body).encode()), "application/gzip"), 201
    )
    assert (made["id_column"], made["name"], made["status"]) == ("person", "packed", "draft")


def test_sheet_and_header_row_are_said_and_how_it_was_read_is_kept(person: PersonFactory) -> None:
    one, rows = person(), sheet_of(people(2))
    book = xlsx(Old=rows, New=[["Export"], [], *rows])
    expect_field(send_form(one, book, "b.xlsx"), "/file", "people in several sheets")
    made = accepted(send_form(one, book, "b.xlsx", sheet="New", draft="true"), 201)
    assert cohort(one, made["id"])["notes"] == [made["notes"][0]]
    assert made["notes"][0].startswith("the columns are named in row 3 of sheet New: ")
    expect_field(send_form(one, book, "b.xlsx", sheet="None"), "/file", "its sheets are: Old, New")
    expect_field(send(one, as_csv(people(1)), query={"sheet": "New"}), "/sheet", "only a workbook")


@pytest.mark.parametrize("name", ["people.xlsx", "people.csv.gz", "people.zip", "people.feather"])
def test_a_broken_file_is_an_error_at_the_file(person: PersonFactory, name: str) -> None:
    kind, _, make = FILES[name]
    content = make(people(3))
    expect_field(send(person(), content[: len(content) // 2], kind), "/file", "is not a readable")


def test_results_come_back_as_a_workbook(person: PersonFactory, run_jobs: RunJobs) -> None:
    one, rows = person(1000), people(3)
    rows[1]["person"] = "=1+1"
    made = accepted(send(one, as_csv(rows), query={"id_column": "person", "name": "May"}))
    run_jobs()
    response = one.get(f"{PATH}/{made['id']}/results", query_string={"format": "xlsx"})
    assert (response.status_code, response.content_type) == (200, EXCEL)
    assert response.headers["Content-Disposition"] == 'attachment; filename="May-results.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    header, *found = book.get_sheet_by_index(0).to_python()
    plain = result_rows(one, made["id"])
    assert header == list(plain[0])
    place = header.index("prediction")
    assert [row[place] for row in found] == [float(row["prediction"]) for row in plain]
    assert [row[header.index("id")] for row in found] == ["P-0", "=1+1", "P-2"]


def test_whoever_sends_a_workbook_gets_it_back_with_the_answers_beside(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one, rows = person(1000), people(3)
    rows[1] = dict.fromkeys(rows[1]) | {"person": "P-1"}  # not scored, and there all the same
    rows = [row | {"Doctor": "Dr. Ö", "Shelf": None, "Note": 7} for row in rows]
    book = xlsx(People=sheet_of(rows))
    mapping = json.dumps(dict.fromkeys(("Doctor", "Shelf", "Note"), "ignored"))
    made = accepted(send(one, book, EXCEL, query={"id_column": "person", "mapping": mapping}))
    run_jobs()
    response = one.get(f"{PATH}/{made['id']}/results", query_string={"format": "xlsx"})
    assert response.status_code == 200, response.text
    answers = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    header, *found = answers.get_sheet_by_index(0).to_python()
    own, ours = header[: len(rows[0])], header[len(rows[0]) :]
    assert own == list(rows[0])
    assert ours == list(result_rows(one, made["id"])[0])
    assert [row[own.index("Doctor")] for row in found] == ["Dr. Ö"] * 3
    assert [row[own.index("Note")] for row in found] == [7.0] * 3
    assert [row[own.index("person")] for row in found] == ["P-0", "P-1", "P-2"]
    errors = [row[header.index("error")] for row in found]
    assert [bool(error) for error in errors] == [False, True, False]
    plain = one.get(f"{PATH}/{made['id']}/results", query_string={"format": "csv"}).text
    assert "Doctor" not in plain
