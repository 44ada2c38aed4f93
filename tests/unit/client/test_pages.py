"""Lists a page at a time."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agelens.client import Client, Page, Task, Transaction
from unit.client.stub import TASK, TRANSACTION, Stub, client_of

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


def test_items_are_what_iterating_gives() -> None:
    def client(item: dict[str, Any]) -> Client:
        page = {"items": [item], "next_cursor": None}
        return client_of(Stub(httpx.Response(200, json=page)))

    assert client(TASK).history_page().items == tuple(client(TASK).history())
    assert isinstance(client(TASK).history_page().items[0], Task)
    one = client(TRANSACTION)
    assert one.wallet.transactions_page().items == tuple(one.wallet.transactions())
    assert isinstance(one.wallet.transactions_page().items[0], Transaction)
