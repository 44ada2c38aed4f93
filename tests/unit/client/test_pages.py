"""Lists a page at a time."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agelens.client import Client, Listing, Page, Task, Transaction
from unit.client.cohort_wire import COHORT
from unit.client.stub import TASK, TRANSACTION, Stub, client_of, problem

USER = {
    "id": "u1",
    "email": "a@b.example",
    "role": "user",
    "created_at": "2026-11-23T10:00:00Z",
    "erased_at": None,
    "wallet": {"balance": 5, "held": 2, "available": 3},
}
ListsPage = Callable[..., Page[Any]]


@pytest.mark.parametrize(
    ("page_of", "path", "item", "filters"),
    [
        (
            lambda client, **given: client.history_page(**given),
            "/api/tasks/history",
            TASK,
            {"status": "succeeded", "model": "kaggle-age"},
        ),
        (
            lambda client, **given: client.wallet.transactions_page(**given),
            "/api/wallet/transactions",
            TRANSACTION,
            {},
        ),
        (
            lambda client, **given: client.admin.users_page(**given),
            "/api/admin/users",
            USER,
            {"email": "a@b"},
        ),
        (
            lambda client, **given: client.admin.transactions_page(**given),
            "/api/admin/transactions",
            TRANSACTION,
            {},
        ),
        (
            lambda client, **given: client.admin.tasks_page(**given),
            "/api/admin/tasks",
            TASK,
            {"status": "queued", "model": "kdm"},
        ),
    ],
)
def test_a_page_is_one_request_and_says_where_the_next_starts(
    page_of: ListsPage, path: str, item: dict[str, Any], filters: dict[str, str]
) -> None:
    first = {"items": [item, item | {"id": "second"}], "next_cursor": "c1"}
    last = {"items": [], "next_cursor": None}
    stub = Stub(httpx.Response(200, json=first), httpx.Response(200, json=last))
    client = client_of(stub)
    page = page_of(client, **filters)
    assert [each.id for each in page.items] == [item["id"], "second"]
    assert page.next_cursor == "c1"
    assert page_of(client, cursor="c1", limit=5, **filters) == Page((), None)
    asked = [dict(request.url.params) for request in stub.requests]
    assert asked == [filters | {"limit": "25"}, filters | {"cursor": "c1", "limit": "5"}]
    assert {request.url.path for request in stub.requests} == {path}


Lists = Callable[[Client], Listing[Any]]
PROBLEM = {"row": 3, "id": "p3", "message": "crp is odd", "fields": ["crp", "sex"]}
LISTS: list[tuple[Lists, dict[str, Any], str]] = [
    (lambda client: client.history(status="succeeded"), TASK, "t1"),
    (lambda client: client.wallet.transactions(), TRANSACTION, "topup"),
    (lambda client: client.admin.tasks(), TASK, "t1"),
    (lambda client: client.admin.users(), USER, "a@b.example"),
    (lambda client: client.cohorts["c1"].errors(), PROBLEM, "crp, sex"),
]


@pytest.mark.parametrize(("listed", "item", "words"), LISTS)
def test_a_list_shows_its_first_items_and_is_iterated_from_the_start(
    listed: Lists, item: dict[str, Any], words: str
) -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/cohorts/c1":
            return httpx.Response(200, json=COHORT)
        asked.append(request.url)
        cursor = None if "cursor" in request.url.params else "c"
        return httpx.Response(200, json={"items": [item], "next_cursor": cursor})

    items = listed(client_of(answer))
    assert "http://agelens.test" in repr(items)
    assert asked == []  # nothing is fetched before it is needed
    first = next(items)
    shown = items._repr_html_() or ""
    assert words in shown
    assert "There are more: iterate over it." in shown
    assert asked[-1].params["limit"] == "10"
    assert list(items) == [first]
    assert [url.params.get("cursor") for url in asked] == [None, None, "c"]


def test_a_list_that_cannot_be_asked_for_is_shown_as_text() -> None:
    assert client_of(Stub(problem(500, "away")), patience=0).history()._repr_html_() is None


def test_items_are_what_iterating_gives() -> None:
    def client(item: dict[str, Any]) -> Client:
        page = {"items": [item], "next_cursor": None}
        return client_of(Stub(httpx.Response(200, json=page)))

    assert client(TASK).history_page().items == tuple(client(TASK).history())
    assert isinstance(client(TASK).history_page().items[0], Task)
    one = client(TRANSACTION)
    assert one.wallet.transactions_page().items == tuple(one.wallet.transactions())
    assert isinstance(one.wallet.transactions_page().items[0], Transaction)
