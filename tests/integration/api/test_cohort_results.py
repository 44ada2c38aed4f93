"""What comes out of a cohort: results in three formats, and the rows that were not scored."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet
import pytest
from agelens.web.extensions import db
from flask import Flask
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    PARQUET,
    PATH,
    accepted,
    as_csv,
    people,
    result_rows,
    send,
)
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]
FORMULAS = ["=1+1", "+1+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x")']


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(1000)


@pytest.fixture
def cohort_id(one: Person, run_jobs: RunJobs) -> str:
    """Five people, the second and the fourth of whom cannot be scored."""
    rows = people(5)
    rows[1]["systolic_bp"] = 1000
    rows[3]["systolic_bp"] = 900
    made = accepted(send(one, as_csv(rows), query={"id_column": "person", "name": "Höhe 1/2.csv"}))
    run_jobs()
    return str(made["id"])


def read_csv(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def read_parquet(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    return found


READERS: dict[str, tuple[str, Callable[[bytes], list[dict[str, Any]]]]] = {
    "csv": ("text/csv; charset=utf-8", read_csv),
    "parquet": (PARQUET, read_parquet),
    "json": ("application/json", json.loads),
}


@pytest.mark.parametrize("format", READERS)
def test_results_come_in_each_format_in_order_with_and_without_contributions(
    one: Person, cohort_id: str, format: str
) -> None:
    kind, read = READERS[format]
    response = one.get(f"{PATH}/{cohort_id}/results?format={format}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
    name = f'attachment; filename="H-he-1-2-results.{format}"'
    assert response.headers["Content-Disposition"] == name
    rows = read(response.data)
    assert [int(row["row"]) for row in rows] == [1, 2, 3, 4, 5]
    assert [row["id"] for row in rows] == [f"P-{n}" for n in range(5)]
    for number, row in enumerate(rows, start=1):
        scored = number not in {2, 4}
        assert (row["prediction"] in {"", None}) != scored
        assert (row["error"] in {"", None}) == scored
        if scored:
            parts = [float(v) for k, v in row.items() if k.startswith("contribution:")]
            total = float(row["base_value"]) + sum(parts)
            assert total == pytest.approx(float(row["prediction"]), abs=1e-6)
    fewer = one.get(f"{PATH}/{cohort_id}/results?format={format}&contributions=false")
    kept = [k for k in rows[0] if not k.startswith("contribution:")]
    assert read(fewer.data) == [{k: row[k] for k in kept} for row in rows]


def test_csv_is_what_one_gets_without_asking(one: Person, cohort_id: str) -> None:
    response = one.get(f"{PATH}/{cohort_id}/results")
    assert response.data == one.get(f"{PATH}/{cohort_id}/results?format=csv").data
    expect_field(one.get(f"{PATH}/{cohort_id}/results?format=xml"), "/format")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_csv_is_a_formula(one: Person, run_jobs: RunJobs, text: str) -> None:
    rows = people(2)
    rows[0]["person"] = text
    rows[1]["person"], rows[1]["systolic_bp"] = "P-1", text
    made = accepted(send(one, as_csv(rows), query={"id_column": "person"}))
    run_jobs()
    found = result_rows(one, made["id"])
    assert found[0]["id"] == f"'{text}"
    assert not [cell for row in found for cell in row.values() if _runs(cell)]
    as_it_was = one.get(f"{PATH}/{made['id']}/results?format=json")
    assert json.loads(as_it_was.data)[0]["id"] == text


def test_ids_are_kept_to_the_letter_or_refused_with_their_row(
    one: Person, run_jobs: RunJobs
) -> None:
    rows = people(3)
    for row, text in zip(rows, ["-5", "+49", "P\u202e1"], strict=True):
        row["person"] = text
    made = accepted(send(one, as_csv(rows), query={"id_column": "person"}))
    run_jobs()
    found = result_rows(one, made["id"])
    assert [row["id"] for row in found] == ["-5", "+49", ""]
    assert "control characters" in found[2]["error"]
    assert found[2]["error"].endswith('"P\ufffd1"')
    assert found[2]["prediction"] == ""


def _runs(cell: str) -> bool:
    """Whether a spreadsheet takes a cell that is no number for a formula."""
    try:
        float(cell)
    except ValueError:
        return cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return False


def test_rows_that_were_not_scored_are_listed_with_reasons_a_page_at_a_time(
    one: Person, cohort_id: str
) -> None:
    whole = one.get(f"{PATH}/{cohort_id}/errors").json
    assert whole["next_cursor"] is None
    assert [(item["row"], item["id"]) for item in whole["items"]] == [(2, "P-1"), (4, "P-3")]
    assert "systolic blood pressure must be" in whole["items"][0]["message"], "labels, not keys"
    assert [item["fields"] for item in whole["items"]] == [["systolic_bp"]] * 2
    first = one.get(f"{PATH}/{cohort_id}/errors?limit=1").json
    second = one.get(f"{PATH}/{cohort_id}/errors?limit=1&cursor={first['next_cursor']}").json
    assert first["items"] + second["items"] == whole["items"]
    assert second["next_cursor"] is None
    expect_field(one.get(f"{PATH}/{cohort_id}/errors?cursor=nonsense"), "/cursor")
    expect_field(one.get(f"{PATH}/{cohort_id}/errors?limit=0"), "/limit")


def test_results_and_errors_are_there_once_the_cohort_has_succeeded(one: Person) -> None:
    made = accepted(send(one, as_csv(people(2))))
    for end in ("results", "errors"):
        problem = expect_problem(one.get(f"{PATH}/{made['id']}/{end}"), 409, "conflict")
        assert "queued" in problem["detail"]


def test_streaming_holds_no_connection_of_the_database(
    app: Flask, one: Person, cohort_id: str
) -> None:
    headers = {"Authorization": f"Bearer {one.token}"}
    with app.app_context():
        pool = db.engine.pool
    with app.test_client() as http:
        response = http.get(f"{PATH}/{cohort_id}/results", headers=headers, buffered=False)
        pieces = response.iter_encoded()
        assert next(pieces).startswith(b"row,")
        assert "Connections in pool" in pool.status()
        assert pool.checkedout() == 0  # type: ignore[attr-defined]
        response.close()  # as when the client hangs up


def test_the_template_is_a_file_that_scores(one: Person, run_jobs: RunJobs) -> None:
    for query in ("", "?model=phenoage", "?model=mortality-age&columns=bioage-r"):
        response = one.get(f"{PATH}/template{query}")
        assert (response.status_code, response.mimetype) == (200, "text/csv")
        assert "-template.csv" in response.headers["Content-Disposition"]
        options = dict(part.split("=") for part in query[1:].split("&") if part)
        made = accepted(send(one, response.data, query=options))
        run_jobs()
        assert one.get(f"{PATH}/{made['id']}").json["rows_scored"] == made["rows"] == 1
    expect_problem(one.get(f"{PATH}/template?model=none"), 404, "not_found")
    expect_field(one.get(f"{PATH}/template?columns=none"), "/columns")
