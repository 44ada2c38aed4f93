"""The places of the administration: each at its own address, with the way to the others."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.dash_app.web_app import USER, api, app_with, callback, log_in

PLACES = (
    "activity",
    "users",
    "transactions",
    "tasks",
    "cohorts",
    "models",
    "inputs",
    "queues",
    "retrainings",
)
ACTIVITY: dict[str, Any] = {"period": "24h", "bucket": "hour", "items": []}
QUEUES: dict[str, Any] = {
    "queues": [{"name": "predictions", "waiting": 3}],
    "tasks": {"queued": 3, "running": 0},
    "cohorts": {"queued": 0, "running": 0},
    "retrainings": {"queued": 0, "running": 0},
    "workers": ["worker-of-a-test"],
    "trainers": [],
}


UPDATES = [
    {
        "name": "phenoage",
        "version": "1.1.0",
        "active_version": "1.0.0",
        "published": True,
        "command": "agelens models activate phenoage 1.1.0",
    },
    {
        "name": "kdm",
        "version": "1.1.0",
        "active_version": "1.0.0",
        "published": False,
        "command": "agelens migrate",
    },
]


def service(request: httpx.Request) -> httpx.Response:
    """An API for an administrator, in which nothing has happened yet."""
    if request.url.path == "/api/admin/queues":
        return httpx.Response(200, json=QUEUES)
    if request.url.path == "/api/admin/activity":
        return httpx.Response(200, json=ACTIVITY)
    if request.url.path == "/api/ml-models":
        return httpx.Response(200, json={"items": [], "next_cursor": None})
    if request.url.path.startswith("/api/admin/"):
        found: dict[str, Any] = {"items": [], "next_cursor": None}
        if request.url.path == "/api/admin/ml-models":
            found["newer_shipped"] = UPDATES
        return httpx.Response(200, json=found)
    return api(user=USER | {"role": "admin"})(request)


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component that is sent."""
    if isinstance(tree, list):
        for child in tree:
            yield from parts(child)
    elif isinstance(tree, dict):
        if "props" in tree:
            yield tree["props"]
        for child in tree.values():
            yield from parts(child)


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    """An administrator's."""
    found = app_with(service).test_client()
    log_in(found)
    return found


def shown(browser: FlaskClient, path: str) -> dict[str, Any]:
    found: dict[str, Any] = callback(browser, path).get_json()["response"]
    return found


@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_its_heading_and_title_and_is_marked_among_all_of_them(
    browser: FlaskClient, place: str
) -> None:
    sent = shown(browser, f"/admin/{place}")
    found = list(parts(sent["_pages_content"]["children"]))
    assert [part["children"] for part in found if part.get("order") == 1] == [place.capitalize()]
    assert (
        sent["_pages_store"]["data"]["title"] == f"{place.capitalize()} · Administration · AgeLens"
    )
    links = {part["children"]: part for part in found if part.get("className") == "place"}
    assert [link["href"] for link in links.values()] == [f"/admin/{place}" for place in PLACES]
    current = [name for name, link in links.items() if link.get("aria-current") == "page"]
    assert current == [place.capitalize()]


def test_newer_clocks_of_the_release_are_told_with_what_to_do(browser: FlaskClient) -> None:
    page = json.dumps(shown(browser, "/admin/models"))
    for words in (
        "phenoage 1.1.0 came with this release and is newer than the active 1.0.0.",
        "agelens models activate phenoage 1.1.0",
        "kdm 1.1.0 came with this release and is newer than the active 1.0.0.",
        "agelens migrate",
    ):
        assert words in page


def test_what_waits_and_who_works_is_shown(browser: FlaskClient) -> None:
    page = json.dumps(shown(browser, "/admin/queues"))
    for words in ("predictions", "worker-of-a-test", "No trainer is running"):
        assert words in page
