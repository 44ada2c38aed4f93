"""Error messages: for a page, a form field, or a notification."""

import logging

import dash_mantine_components as dmc
from agelens.client import (
    ApiError,
    ClientError,
    FieldProblem,
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
from dash_app.content import Component

log = logging.getLogger(__name__)
OURS = "Something went wrong on this page. Reload it and try again."
UNREACHABLE_TITLE = "We can't reach AgeLens right now"
NOTHING_LOST = "Nothing was lost. Try again in a few seconds."
AWAY = f"{UNREACHABLE_TITLE}. {NOTHING_LOST}"
REQUIRED = "is required by this clock"
# The API says what is wrong; a form says what to do.
FORM_MESSAGES = {"is too easy to guess": "Choose a stronger password"}


class LoginNeededError(Exception):
    """The page is for people who are logged in, and nobody is."""


def error_message(error: Exception) -> str:
    """One or two sentences for a person."""
    match error:
        case Unreachable() | Unavailable():
            return AWAY
        case RateLimited():
            wait = error.retry_after_seconds
            when = f"in {wait:.0f} seconds" if wait else "in a moment"
            return f"Too many requests in a short time. Try again {when}."
        case InvalidInput():
            return " ".join(field_messages(error).values()) or error.detail
        case Forbidden():
            return "Only an administrator can do this."
        case ServerError():
            reference = f" If you report it, quote {error.request_id}." if error.request_id else ""
            return f"Something went wrong at our end.{reference}"
        case ApiError():
            return error.detail
        case ClientError():
            return str(error)
        case _:
            return OURS


def field_messages(error: InvalidInput) -> dict[str, str]:
    """What is wrong with each field, by the last step of its pointer."""
    found: dict[str, str] = {}
    for problem in error.problems:
        name = problem.pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
        message = field_message(problem)
        found[name] = f"{found[name]} {message}" if name in found else message
    return found


def field_message(problem: FieldProblem) -> str:
    """The message beside a field; it names what to enter by the field's key where that is missing."""
    if problem.message == REQUIRED:
        return enter_your(problem.field)
    message = FORM_MESSAGES.get(problem.message, problem.message)
    return message[:1].upper() + message[1:]


def enter_your(label: str) -> str:
    """What to do about a required answer that is missing: "Enter your albumin."."""
    return f"Enter your {in_sentence(label.replace('_', ' '))}."


def in_sentence(label: str) -> str:
    """A label inside a sentence; abbreviations stay as they are."""
    rest = label.partition(" ")[0][1:]
    return label[:1].lower() + label[1:] if rest.isalpha() and rest.islower() else label


def alert(error: Exception, title: str = "Something went wrong") -> dmc.Alert:
    """For the place on a page where something was tried."""
    return dmc.Alert(
        error_message(error), title=title, color="red", variant="light", className="problem"
    )


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
        notify(error_message(error), title="Something went wrong")
    else:
        log.error("A callback failed", exc_info=error)
        notify(OURS, title="Something went wrong")


def page(error: Exception) -> Component:
    """A whole page that says why it cannot be shown."""
    message = error_message(error)
    match error:
        case NotFound():
            return not_found()
        case Unreachable() | Unavailable():
            title, message = UNREACHABLE_TITLE, NOTHING_LOST
        case InsufficientCredits():
            title = "Not enough credits"
        case _:
            title = "We can't show this page"
    parts = [
        dmc.Title(title, order=1),
        dmc.Text(message),
        dmc.Group([dmc.Button("Try again", id="try-again"), dmc.Anchor("Home", href="/")]),
    ]
    return html.Div(dmc.Stack(parts), className="problem-page", role="alert")


def not_found(**_: object) -> Component:
    """There is no such page, or it is somebody else's."""
    return dmc.Stack(
        [
            dmc.Title("Page not found", order=1),
            dmc.Text("This page does not exist, or you do not have access to it."),
            html.Div(dmc.Anchor("Back to the home page", href="/")),
        ],
        className="problem-page",
    )
