"""What went wrong, in words: for a page, a field, or a notice in the corner."""

import logging
from typing import Any

import dash_mantine_components as dmc
from agelens.client import (
    ApiError,
    ClientError,
    Forbidden,
    InsufficientCredits,
    InvalidInput,
    NotFound,
    RateLimited,
    ServerError,
    Unauthenticated,
    Unavailable,
    Unreachable,
)
from dash import html, set_props

from dash_app import sessions

log = logging.getLogger(__name__)
OURS = "Something in this page failed. Reload it and try again."
AWAY = "The AgeLens service does not answer at the moment. Nothing was lost; try again in a few seconds."


class LoginNeededError(Exception):
    """The page is for people who are logged in, and nobody is."""


def words(error: Exception) -> str:
    """One or two sentences for a person."""
    match error:
        case Unreachable() | Unavailable():
            return AWAY
        case RateLimited():
            wait = error.retry_after_seconds
            when = f"in {wait:.0f} seconds" if wait else "in a little while"
            return f"That was a lot in a short time. Try again {when}."
        case InvalidInput():
            return " ".join(by_field(error).values()) or error.detail
        case Forbidden():
            return "Only an administrator can do this."
        case ServerError():
            known_as = f" Its operator can look it up as {error.request_id}." * bool(
                error.request_id
            )
            return f"The service failed at this.{known_as}"
        case ApiError():
            return error.detail
        case ClientError():
            return str(error)
        case _:
            return OURS


def by_field(error: InvalidInput) -> dict[str, str]:
    """What is wrong with each field, by the last step of its pointer."""
    found: dict[str, str] = {}
    for problem in error.problems:
        name = problem.pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
        message = problem.message[:1].upper() + problem.message[1:]
        found[name] = f"{found[name]} {message}" if name in found else message
    return found


def alert(error: Exception, title: str = "That did not work") -> dmc.Alert:
    """For the place on a page where something was tried."""
    return dmc.Alert(words(error), title=title, color="red", variant="light", className="problem")


def notify(message: str, *, title: str | None = None, good: bool = False) -> None:
    """A notice in the corner, from within any callback."""
    notice = {
        "action": "show",
        "message": message,
        "title": title,
        "color": "teal" if good else "red",
        "autoClose": 6000 if good else 12000,
        "position": "bottom-right",
    }
    set_props("notices", {"sendNotifications": [notice]})


def to_login() -> None:
    """Have the browser go to the login page and come back here afterwards."""
    sessions.end()
    set_props("login-needed", {"data": True})


def on_error(error: Exception) -> None:
    """Every callback's errors end here: what the API says is shown, what is ours is logged."""
    if isinstance(error, LoginNeededError | Unauthenticated):
        to_login()
    elif isinstance(error, ClientError):
        notify(words(error), title="That did not work")
    else:
        log.error("A callback failed", exc_info=error)
        notify(OURS, title="An error of ours")


def page(error: Exception) -> Any:
    """A whole page that says why it cannot be shown."""
    match error:
        case NotFound():
            return not_found()
        case Unreachable() | Unavailable():
            title = "The service is away"
        case InsufficientCredits():
            title = "Not enough credits"
        case _:
            title = "This page cannot be shown"
    parts = [
        dmc.Title(title, order=1),
        dmc.Text(words(error)),
        dmc.Group([dmc.Button("Try again", id="try-again"), dmc.Anchor("Home", href="/")]),
    ]
    return html.Div(dmc.Stack(parts), className="problem-page", role="alert")


def not_found(**_: Any) -> Any:
    """There is no such page, or it is somebody else's."""
    return dmc.Stack(
        [
            dmc.Title("There is nothing here", order=1),
            dmc.Text("This page does not exist, or it belongs to somebody else."),
            html.Div(dmc.Anchor("Back to the start", href="/")),
        ],
        className="problem-page",
    )
