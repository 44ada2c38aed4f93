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
from agelens.languages import N_, _, in_sentence, ngettext, translated_text
from dash import html, set_props

from dash_app import sessions
from dash_app.content import Component

log = logging.getLogger(__name__)
OURS = N_("Something went wrong on this page. Reload it and try again.")
UNREACHABLE_TITLE = N_("We can't reach AgeLens right now")
NOTHING_LOST = N_("Nothing was lost. Try again in a few seconds.")
REQUIRED = N_("is required by this clock")
# The API says what is wrong; a form says what to do.
FORM_MESSAGES = {N_("is too easy to guess"): N_("Choose a stronger password")}


class LoginNeededError(Exception):
    """The page is for people who are logged in, and nobody is."""


def away() -> str:
    """Why nothing works for the moment, where there is no room for a page."""
    return f"{_(UNREACHABLE_TITLE)}. {_(NOTHING_LOST)}"


def error_message(error: Exception) -> str:
    """One or two sentences for a person."""
    match error:
        case Unreachable() | Unavailable():
            return away()
        case RateLimited():
            return _too_many(error.retry_after_seconds)
        case InvalidInput():
            return " ".join(field_messages(error).values()) or error.detail
        case Forbidden():
            return _("Only an administrator can do this.")
        case ServerError():
            return _at_our_end(error.request_id)
        case ApiError():
            return error.detail
        case ClientError():
            return translated_text(str(error))
        case _:
            return _(OURS)


def _too_many(wait_seconds: float | None) -> str:
    if not wait_seconds:
        return _("Too many requests in a short time. Try again in a moment.")
    return ngettext(
        "Too many requests in a short time. Try again in {n} second.",
        "Too many requests in a short time. Try again in {n} seconds.",
        round(wait_seconds),
        n=round(wait_seconds),
    )


def _at_our_end(request_id: str | None) -> str:
    told = _("Something went wrong at our end.")
    if not request_id:
        return told
    return f"{told} {_('If you report it, quote {number}.', number=request_id)}"


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
    if problem.message == _(REQUIRED):
        return enter_your(problem.field)
    better = {_(told): _(instead) for told, instead in FORM_MESSAGES.items()}
    message = better.get(problem.message, problem.message)
    return message[:1].upper() + message[1:]


def enter_your(label: str) -> str:
    """What to do about a required answer that is missing: "Enter your albumin."."""
    return _("Enter your {label}.", label=in_sentence(label.replace("_", " ")))


def alert(error: Exception, title: str = N_("Something went wrong")) -> dmc.Alert:
    """For the place on a page where something was tried."""
    return dmc.Alert(
        error_message(error), title=_(title), color="red", variant="light", className="problem"
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
        notify(error_message(error), title=_("Something went wrong"))
    else:
        log.error("A callback failed", exc_info=error)
        notify(_(OURS), title=_("Something went wrong"))


def page(error: Exception) -> Component:
    """A whole page that says why it cannot be shown."""
    message = error_message(error)
    match error:
        case NotFound():
            return not_found()
        case Unreachable() | Unavailable():
            title, message = _(UNREACHABLE_TITLE), _(NOTHING_LOST)
        case InsufficientCredits():
            title = _("Not enough credits")
        case _:
            title = _("We can't show this page")
    parts = [
        dmc.Title(title, order=1),
        dmc.Text(message),
        dmc.Group([dmc.Button(_("Try again"), id="try-again"), dmc.Anchor(_("Home"), href="/")]),
    ]
    return html.Div(dmc.Stack(parts), className="problem-page", role="alert")


def not_found(**_in_address: object) -> Component:
    """There is no such page, or it is somebody else's."""
    return dmc.Stack(
        [
            dmc.Title(_("Page not found"), order=1),
            dmc.Text(_("This page does not exist, or you do not have access to it.")),
            html.Div(dmc.Anchor(_("Back to the home page"), href="/")),
        ],
        className="problem-page",
    )
