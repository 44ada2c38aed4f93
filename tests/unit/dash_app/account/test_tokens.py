"""The list of tokens."""

from datetime import UTC, datetime, timedelta

from agelens.client import Token
from flask import Flask, session

from dash_app.pages.account import new_token, tokens

EXPIRES = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)


def token(kind: str = "login", expires_at: datetime = EXPIRES) -> Token:
    return Token("t", "login", kind, EXPIRES - timedelta(days=30), expires_at)


def test_the_login_of_this_browser_is_known_by_the_moment_it_expires() -> None:
    server = Flask(__name__)
    server.secret_key = "for tests only"
    with server.test_request_context():
        assert not tokens.is_of_this_session(token())
        session["person"] = {"expires_at": EXPIRES.isoformat()}
        assert tokens.is_of_this_session(token())
        assert not tokens.is_of_this_session(token("personal"))
        later = EXPIRES + timedelta(microseconds=1)
        assert not tokens.is_of_this_session(token(expires_at=later))


def test_days_that_are_no_number_go_to_the_service_as_they_are() -> None:
    assert new_token._number(" 30 ") == 30
    assert new_token._number("a month") == "a month"
    assert new_token._number("-1") == "-1"
    assert new_token._number("  ") is None
