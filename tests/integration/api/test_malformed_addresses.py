"""Whatever stands in a path or a query string: a 4xx problem at worst, never a 5xx."""

import base64
import json

import pytest
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import Person


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/api/tasks/%00",
        "/api/ml-models/%00",
        "/api/ml-models/a%00b",
        "/api/tasks?model=%00",
        "/api/tasks?cursor=%00",
        "/api/tasks?status=a%00",
        "/api/tasks?%00=1",
        "/api/wallet/transactions?cursor=%00",
        "/api/admin/users?email=%00",
        "/docs/assets/%00",
    ],
)
def test_a_nul_in_an_address_is_400(admin: Person, path: str) -> None:
    expect_problem(admin.get(path), 400, "bad_request")


@pytest.mark.parametrize(
    "path",
    [
        "/api/admin/wallets/%00/topup",
        "/api/admin/ml-models/%00/activate",
        "/api/admin/ml-models/%00/rollback",
    ],
)
def test_a_nul_in_a_name_is_400(admin: Person, path: str) -> None:
    expect_problem(admin.post(path, {"amount": 5}), 400, "bad_request")


@pytest.mark.parametrize("unreadable", ["%%%", "é", "A" * 500, "A" * 501, "=", "💩", "-_-_"])
@pytest.mark.parametrize("path", ["/api/tasks", "/api/wallet/transactions", "/api/admin/users"])
def test_an_unreadable_cursor_is_refused(admin: Person, path: str, unreadable: str) -> None:
    expect_field(admin.get(path, query_string={"cursor": unreadable}), "/cursor")


SOME_DAY, SOME_ID = "2024-01-01T00:00:00+00:00", "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "forged",
    [
        [SOME_DAY, 5],
        [SOME_DAY, []],
        [SOME_DAY, None],
        [SOME_DAY, "x"],
        [5, SOME_ID],
        ["2024-01-01T00:00:00", SOME_ID],
        ["yesterday", SOME_ID],
        [SOME_DAY],
        [SOME_DAY, SOME_ID, 1],
        {},
        None,
        5,
        [[[[]]]],
    ],
)
def test_a_forged_cursor_is_refused(admin: Person, forged: object) -> None:
    for path in ("/api/tasks", "/api/admin/tasks", "/api/admin/users"):
        expect_field(admin.get(path, query_string={"cursor": encoded(forged)}), "/cursor")


@pytest.mark.parametrize("forged", [[10**30], [2**63], [True], ["5"], [1.5], [None], [1, 2], []])
def test_a_forged_place_in_the_ledger_is_refused(admin: Person, forged: object) -> None:
    for path in ("/api/wallet/transactions", "/api/admin/transactions"):
        expect_field(admin.get(path, query_string={"cursor": encoded(forged)}), "/cursor")


def test_a_cursor_at_the_end_of_time_is_an_empty_or_full_list(person: PersonFactory) -> None:
    one = person()
    draft = one.draft()["id"]
    for moment, found in (
        ("0001-01-01T00:00:00+23:59", []),
        ("9999-12-31T23:59:59-23:59", [draft]),
    ):
        page = one.get("/api/tasks", query_string={"cursor": encoded([moment, SOME_ID])})
        assert [task["id"] for task in page.json["items"]] == found


def encoded(forged: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
