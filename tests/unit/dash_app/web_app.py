"""The web app in front of an API that the test makes up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from agelens.settings import WebSettings
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dash_app.app import create_app

Handle = Callable[[httpx.Request], httpx.Response]
USER = {
    "id": "5f8f6d1c-0000-4000-8000-000000000001",
    "email": "one@example.org",
    "role": "user",
    "created_at": "2026-01-01T00:00:00+00:00",
}
ORIGIN = {"Origin": "http://localhost"}


def app_with(handle: Handle, **settings: Any) -> Flask:
    """The app, its API answered by `handle`."""
    server = create_app(WebSettings(AGELENS_URL="http://api.test", secret_key="k" * 32, **settings))
    server.extensions["agelens_transport"] = httpx.MockTransport(handle)
    return server


def api(*, hours: float = 1.0, user: dict[str, Any] | None = None) -> Handle:
    """Lets anybody in, for so long."""

    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/api/auth/login":
            until = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
            return httpx.Response(200, json={"access_token": "its-token", "expires_at": until})
        if path == "/api/auth/logout":
            return httpx.Response(204)
        return httpx.Response(200, json=user or USER)

    return handle


def problem(status: int, *, detail: str = "No.", **more: Any) -> httpx.Response:
    """What the API answers when it refuses."""
    return httpx.Response(status, json={"title": "No", "detail": detail} | more)


def csrf(browser: FlaskClient) -> str:
    """What a page of the app hands out, and its forms send back."""
    browser.get("/login")
    cookie = browser.get_cookie("_csrf_token")
    assert cookie is not None
    return cookie.value


def send(browser: FlaskClient, form: str, **fields: str) -> TestResponse:
    """Send a form as a page of the app does."""
    body = {"csrf_token": csrf(browser), **fields}
    return browser.post(f"/forms/{form}", data=body, headers=ORIGIN)


def log_in(browser: FlaskClient) -> TestResponse:
    """With credentials that the made-up API takes."""
    return send(browser, "login", email="one@example.org", password="secret secret")


def callback(browser: FlaskClient, path: str, search: str = "", **headers: str) -> Any:
    """Ask for a page's content as the browser does once the app has loaded."""
    body = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": search},
        ],
        "changedPropIds": ["_pages_location.pathname"],
        "state": [],
    }
    return browser.post(
        "/_dash-update-component",
        data=json.dumps(body),
        content_type="application/json",
        headers={"X-CSRFToken": csrf(browser), **ORIGIN} | headers,
    )
