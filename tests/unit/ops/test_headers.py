"""The headers that the API and the web app send alike."""

import re

import pytest
from agelens.response_headers import CONTENT_SECURITY_POLICY, add_headers
from flask import Flask, Response, abort, request
from flask.testing import FlaskClient


@pytest.fixture
def app() -> Flask:
    app = Flask("app")

    @app.before_request
    def refuse() -> None:
        if request.path == "/refused":
            abort(403)

    app.add_url_rule("/", "page", lambda: "<p>about a person</p>")
    app.add_url_rule("/api/tagged", "answer", _tagged)
    app.add_url_rule("/assets/fixed.js", "asset", _fixed)
    app.add_url_rule("/script.js", "script", _tagged)
    add_headers(app)
    return app


def _tagged() -> Response:
    response = Response("{}", mimetype="application/json")
    response.add_etag()
    return response


def _fixed() -> Response:
    return Response("", headers={"Cache-Control": "public, max-age=31536000"})


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_app_has_its_own_policy_or_the_strictest(app: Flask, browser: FlaskClient) -> None:
    assert browser.get("/").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    app.config["CONTENT_SECURITY_POLICY"] = "default-src 'self'"
    assert browser.get("/").headers["Content-Security-Policy"] == "default-src 'self'"


def test_what_is_about_a_person_is_not_kept(browser: FlaskClient) -> None:
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert browser.get("/api/tagged").headers["Cache-Control"] == "no-store"
    assert browser.get("/nothing").headers["Cache-Control"] == "no-store"


def test_scripts_are_kept_as_they_say(browser: FlaskClient) -> None:
    assert browser.get("/assets/fixed.js").headers["Cache-Control"] == "public, max-age=31536000"
    assert "Cache-Control" not in browser.get("/script.js").headers


def test_a_form_of_ours_over_tls_can_be_told_from_a_foreign_one(browser: FlaskClient) -> None:
    # Flask-WTF compares the referrer there; other hosts still see none.
    assert browser.get("/").headers["Referrer-Policy"] == "same-origin"


def test_a_request_keeps_its_id_unless_it_could_break_a_log_line(browser: FlaskClient) -> None:
    kept = browser.get("/", headers={"X-Request-ID": "abc-1"})
    assert kept.headers["X-Request-ID"] == "abc-1"
    made = browser.get("/", headers={"X-Request-ID": 'a" b'}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_even_a_request_that_the_app_refuses_at_once_has_its_id(browser: FlaskClient) -> None:
    refused = browser.get("/refused", headers={"X-Request-ID": "abc-1"})
    assert (refused.status_code, refused.headers["X-Request-ID"]) == (403, "abc-1")
    assert refused.headers["X-Frame-Options"] == "DENY"
