"""Files of made-up people, as the API takes them, and sending them."""

import csv
import io
import json
import secrets
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from integration.people import Person
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

PATH = "/api/cohorts"
CSV, PARQUET, NDJSON = "text/csv", "application/vnd.apache.parquet", "application/x-ndjson"
PRICE_PER_ROW = 10  # of the default clock

Row = dict[str, Any]


def people(count: int, **changes: Any) -> list[Row]:
    """People who differ, all inside every plausible range."""
    return [
        {
            "person": f"P-{n}",
            "sex": ("female", "male")[n % 2],
            "systolic_bp": 110 + n % 60,
            "diastolic_bp": 70 + n % 20,
            "bone_density": 0.7 + 0.01 * (n % 50),
            "vision_sharpness": 0.3 + 0.01 * (n % 40),
            "hearing_ability": 20 + n % 50,
        }
        | changes
        for n in range(count)
    ]


def as_csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: Sequence[Row]) -> bytes:
    content = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_pylist(list(rows)), content)
    return content.getvalue()


def as_ndjson(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_json(rows: Sequence[Row]) -> bytes:
    return json.dumps(list(rows)).encode()


def send(
    who: Person, content: bytes, kind: str = CSV, *, query: Row | None = None, **options: Any
) -> TestResponse:
    """A file as the body, with its options in the address."""
    said = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in (query or {}).items()}
    return who.post(PATH, data=content, content_type=kind, query_string=said, **options)


def send_form(
    who: Person,
    content: bytes,
    file_name: str = "people.csv",
    /,
    *,
    boundary: str = "",
    **fields: Any,
) -> TestResponse:
    """A file in a form, with its options in further fields; `headers` is none of them."""
    headers = fields.pop("headers", {})
    said = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in fields.items()}
    data = {"file": FileStorage(io.BytesIO(content), filename=file_name), **said}
    boundary, body = encode_multipart(data, boundary=boundary or secrets.token_hex(16))
    kind = f"multipart/form-data; boundary={boundary}"
    return who.post(PATH, data=body, content_type=kind, headers=headers)


def accepted(response: TestResponse, status: int = 202) -> Any:
    """The cohort of an answer that took it."""
    assert response.status_code == status, response.text
    return response.json


def cohort(who: Person, cohort_id: str) -> Any:
    """One of the person's cohorts."""
    return accepted(who.get(f"{PATH}/{cohort_id}"), 200)


def result_rows(who: Person, cohort_id: str, **query: Any) -> list[dict[str, str]]:
    """The results as CSV, read."""
    response = who.get(f"{PATH}/{cohort_id}/results", query_string={"format": "csv", **query})
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))
