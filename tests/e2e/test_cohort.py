"""Thirty thousand people through real processes: every row scored once, paid once, in order."""

import csv
import io
import socket
import time
from collections.abc import Iterator

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from e2e.conftest import MakePerson
from e2e.test_large_bodies import MEGABYTE, most_resident_bytes, resident_bytes

ROWS = 30_000
WRONG_EVERY = 1000
PATH = "/api/cohorts"
# Made up, inside every plausible range; the second column is in mg/dL.
MIDDLES = {
    "albumin": 44.0,
    "glucose": 95.0,
    "creatinine": 75.0,
    "crp": 1.5,
    "lymphocytes": 30.0,
    "mean_cell_volume": 90.0,
    "red_cell_width": 13.2,
    "alkaline_phosphatase": 65.0,
    "white_cells": 6.5,
    "chronological_age": 50.0,
}


def people() -> bytes:
    """A CSV file in which every thousandth person has an impossible albumin."""
    rng = np.random.default_rng(5)
    columns = {k: np.round(v * rng.uniform(0.9, 1.1, ROWS), 2) for k, v in MIDDLES.items()}
    columns["albumin"][::WRONG_EVERY] = -1
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["person", *columns])
    writer.writerows([f"P-{n}", *row] for n, row in enumerate(zip(*columns.values(), strict=True)))
    return text.getvalue().encode()


@pytest.fixture
def researcher(make_person: MakePerson, admin: Client) -> tuple[Client, str]:
    """Somebody with credits for all rows, and a token of theirs."""
    person = make_person()
    price = person.models["phenoage"].price
    admin.admin.topup(person.me().email, ROWS * price)
    return person, person.tokens.create("cohorts").access_token


@pytest.fixture
def http(service: Stack, researcher: tuple[Client, str]) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {researcher[1]}"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=60) as client:
        yield client


def sent(http: httpx.Client, content: bytes) -> str:
    """The id of a cohort of these people."""
    query = {"model": "phenoage", "units": '{"glucose": "mg/dL"}', "id_column": "person"}
    headers = {"Content-Type": "text/csv"}
    response = http.post(PATH, params=query, content=content, headers=headers)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def finished(http: httpx.Client, cohort_id: str) -> dict[str, object]:
    for _ in range(20):
        found: dict[str, object] = http.get(f"{PATH}/{cohort_id}?wait=30").json()
        if found["status"] not in {"queued", "running"}:
            return found
    raise AssertionError(found)


def test_thirty_thousand_people_are_scored_once_and_paid_once(
    http: httpx.Client, researcher: tuple[Client, str]
) -> None:
    person, _ = researcher
    price = person.models["phenoage"].price
    query = {"model": "phenoage", "units": '{"glucose": "mg/dL"}', "id_column": "person"}
    content, headers = people(), {"Content-Type": "text/csv", "Idempotency-Key": "once"}
    first = http.post(PATH, params=query, content=content, headers=headers)
    again = http.post(PATH, params=query, content=content, headers=headers)
    assert (first.status_code, first.json()) == (202, again.json())
    assert first.json()["rows"] == ROWS
    done = finished(http, first.json()["id"])
    wrong = ROWS // WRONG_EVERY
    assert (done["status"], done["rows_done"]) == ("succeeded", ROWS)
    assert (done["rows_scored"], done["rows_failed"]) == (ROWS - wrong, wrong)
    assert done["charged"] == (ROWS - wrong) * price
    wallet = person.wallet.show()
    assert (wallet.balance, wallet.held) == (wrong * price, 0)
    results = http.get(f"{PATH}/{done['id']}/results", params={"format": "parquet"})
    table = pyarrow.parquet.read_table(io.BytesIO(results.content))
    assert table["row"].to_pylist() == list(range(1, ROWS + 1))
    assert table["id"].to_pylist() == [f"P-{n}" for n in range(ROWS)]
    scored = table.filter(pc.is_null(table["error"]))
    assert scored.num_rows == ROWS - wrong
    total = scored["base_value"]
    for name in scored.column_names:
        if name.startswith("contribution:"):
            total = pc.add(total, scored[name])
    assert pc.max(pc.abs(pc.subtract(total, scored["prediction"]))).as_py() < 1e-6
    problems = http.get(f"{PATH}/{done['id']}/errors", params={"limit": 100}).json()
    assert [item["row"] for item in problems["items"]] == [
        n * WRONG_EVERY + 1 for n in range(wrong)
    ]
    assert pa.types.is_floating(table.schema.field("prediction").type)


def test_memory_does_not_grow_with_the_rows(
    http: httpx.Client, researcher: tuple[Client, str], service: Stack, admin: Client
) -> None:
    few, many = 6, 24
    person, _ = researcher
    price = person.models["phenoage"].price
    admin.admin.topup(person.me().email, 3 * (few + many) * ROWS * price)
    head, rows = people().split(b"\r\n", 1)

    def there_and_back(count: int) -> float:
        """The most that the API's memory grew, in megabytes."""
        content = b"\r\n".join([head, rows * count])
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            done = finished(http, sent(http, content))
            for form in ("csv", "parquet"):
                with http.stream("GET", f"{PATH}/{done['id']}/results?format={form}") as response:
                    assert sum(map(len, response.iter_raw())) > len(content)
        assert done["rows_done"] == count * ROWS
        return (max(samples) - before) / MEGABYTE

    for _ in range(service.settings.api_processes * 2):  # whichever process takes it
        there_and_back(1)
    # what one upload takes varies by about 20 MB; with rows in memory it would be all that was added
    with_few = max(there_and_back(few) for _ in range(2))
    with_many = min(there_and_back(many) for _ in range(2))
    assert with_many < with_few + len(rows) * (many - few) / MEGABYTE / 2


def test_who_hangs_up_while_results_come_leaves_no_traceback(
    http: httpx.Client, service: Stack
) -> None:
    done = finished(http, sent(http, people()))
    with http.stream("GET", f"{PATH}/{done['id']}/results?format=json") as response:
        assert next(response.iter_raw(1000))
    assert http.get("/healthz").status_code == 200
    token = http.headers["Authorization"]
    for length in ("Content-Length: 100000", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2]))) as line:
            request = f"POST {PATH} HTTP/1.1\r\nHost: here\r\nAuthorization: {token}\r\n"
            line.sendall(f"{request}Content-Type: text/csv\r\n{length}\r\n\r\n".encode())
            line.sendall(b"9\r\nalbumin\r\n")
    assert http.get("/healthz").status_code == 200
    time.sleep(0.5)  # what is written about them is written soon
    said = (service.settings.home / "logs" / "api.log").read_text()
    assert "Traceback" not in said
