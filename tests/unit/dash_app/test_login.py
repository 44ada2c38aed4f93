"""What the pages of logging in and registering say."""

from agelens.services.passwords import MIN_LENGTH

from dash_app.pages import login


def test_the_rule_for_passwords_is_the_service_s() -> None:
    assert f"At least {MIN_LENGTH} characters" in login.RULES
