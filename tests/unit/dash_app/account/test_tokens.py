"""The lists of devices and of personal tokens."""

from datetime import UTC, datetime, timedelta

from agelens.client import Token
from dash.development.base_component import Component

from dash_app.pages.account import new_token, token_tables

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def token(name: str, kind: str = "login", *, current: bool = False) -> Token:
    return Token(name, name, kind, NOW, NOW + timedelta(days=30), current=current)


MINE = [
    token("notebook", "personal"),
    token("Chrome on Android"),
    token("Firefox on Windows", current=True),
    token("login"),
]


def rows(table: Component) -> list[str]:
    """What each row of a table says, all its texts."""
    found: list[str] = []
    for part in table._traverse():
        if type(part).__name__ == "Td":
            found.append(texts(part))
    return found


def texts(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, list | tuple):
        return "".join(map(texts, part))
    return texts(getattr(part, "children", None) or "")


def test_devices_are_apart_from_tokens_and_this_one_is_first_and_marked() -> None:
    devices, tokens = rows(token_tables.devices(MINE)), rows(token_tables.tokens(MINE))
    assert devices[::4] == ["Firefox on Windows This device", "Chrome on Android", "Unknown device"]
    assert tokens[0] == "notebook"
    assert len(tokens) == len(token_tables.OF_TOKENS)


def test_without_personal_tokens_that_is_what_is_said() -> None:
    assert "no personal tokens" in texts(token_tables.tokens(MINE[1:]))


def test_days_that_are_no_number_go_to_the_service_as_they_are() -> None:
    assert new_token._number(" 30 ") == 30
    assert new_token._number("a month") == "a month"
    assert new_token._number("-1") == "-1"
    assert new_token._number("  ") is None
