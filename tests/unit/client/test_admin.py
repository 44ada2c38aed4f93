"""What administrators ask about cohorts and clocks of the package."""

from typing import Any

import httpx
from unit.client.cohort_wire import COHORT
from unit.client.stub import Stub, client_of

SOMEBODYS: dict[str, Any] = {k: v for k, v in COHORT.items() if k != "summary"} | {"user_id": "u1"}
UPDATE = {
    "name": "phenoage",
    "version": "1.1.0",
    "active_version": "1.0.0",
    "published": True,
    "command": "agelens models activate phenoage 1.1.0",
}


def test_everybodys_cohorts_are_listed_and_narrowed_down() -> None:
    stub = Stub(
        httpx.Response(200, json={"items": [SOMEBODYS], "next_cursor": "more"}),
        httpx.Response(200, json={"items": [SOMEBODYS | {"id": "c2"}], "next_cursor": None}),
    )
    found = list(client_of(stub).admin.cohorts(status="queued", user="a@example.org"))
    assert [(cohort.id, cohort.user_id) for cohort in found] == [("c1", "u1"), ("c2", "u1")]
    first, second = (request.url for request in stub.requests)
    assert first.path == "/api/admin/cohorts"
    assert (first.params["status"], first.params["user"]) == ("queued", "a@example.org")
    assert second.params["cursor"] == "more"


def test_a_cohort_is_canceled_for_its_owner() -> None:
    stub = Stub(httpx.Response(200, json=SOMEBODYS | {"status": "canceled"}))
    assert client_of(stub).admin.cancel_cohort("c/1").status == "canceled"
    (request,) = stub.requests
    assert (request.method, request.url.raw_path) == ("POST", b"/api/admin/cohorts/c%2F1/cancel")


def test_newer_clocks_of_the_release_are_told_and_none_by_an_older_service() -> None:
    versions = {"items": [], "next_cursor": None}
    stub = Stub(
        httpx.Response(200, json=versions | {"newer_shipped": [UPDATE]}),
        httpx.Response(200, json=versions),
    )
    admin = client_of(stub).admin
    assert admin.newer_shipped() == (UPDATE,)
    assert admin.newer_shipped() == ()
