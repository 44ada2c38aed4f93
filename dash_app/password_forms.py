"""Forgotten passwords: plain forms, and the links of mails that lead to one of them.

A link's secret stays in the address for one redirect only, and then in the session: so neither the
browser's history nor a form's page has it. Opening a link uses nothing up; programs open links, too.
"""

from contextlib import suppress

from agelens.client import AccountOptions, ClientError, InvalidInput, NotFound
from agelens.languages import N_, _, language
from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from dash_app import api_client, problems, sessions
from dash_app.forms import LONGEST_EMAIL

LONGEST_TOKEN = 200
BY_MAIL, BY_ADMINISTRATOR = "mail", "administrator"  # who hands out links, as the API says it
FORGOT, NEW = "/forgot-password", "/new-password"
SENT = N_(
    "If there is an account with this address, a mail with a link is on its way. The link works for "
    "one hour. Look in the spam folder, too."
)
CHANGED = N_("Your password was changed. Log in with the new one.")
DEAD = N_("This link is not valid, or not any more. Ask for a new one.")


def init_app(server: Flask) -> None:
    """Add the forms' targets, and where links lead."""
    server.add_url_rule("/forms/forgot-password", "forgot", _forgot, methods=["POST"])
    server.add_url_rule("/forms/new-password", "new_password", _set, methods=["POST"])
    server.add_url_rule("/reset/<token>", "reset_link", _open)


def options() -> AccountOptions | None:
    """What the service offers to people with an account; None while it cannot be asked."""
    with suppress(ClientError), api_client.anonymous() as client:
        return client.options()
    return None


def has_link() -> bool:
    """Whether this browser has opened a link."""
    return "reset_token" in session


def _open(token: str) -> BaseResponse:
    session["reset_token"] = token[:LONGEST_TOKEN]
    return redirect(NEW, 303)


def _forgot() -> BaseResponse:
    email = request.form.get("email", "").strip()[:LONGEST_EMAIL]
    try:
        with api_client.anonymous() as client:
            client.password.forgot(email, language=language())
    except InvalidInput as error:
        beside = problems.field_messages(error)
        session["form_message"] = {"email": email, "problems": beside}
    except ClientError as error:
        session["form_message"] = {"email": email, "message": problems.error_message(error)}
    else:
        session["form_message"] = {"done": _(SENT)}
    return redirect(FORGOT, 303)


def _set() -> BaseResponse:
    try:
        with api_client.anonymous() as client:
            token, password = session.get("reset_token", ""), request.form.get("password", "")
            client.password.reset(token, password)
    except NotFound:
        session.pop("reset_token", None)
        session["form_message"] = {"message": _(DEAD)}
        return redirect(FORGOT, 303)
    except InvalidInput as error:
        session["form_message"] = {"problems": problems.field_messages(error)}
        return redirect(NEW, 303)
    except ClientError as error:
        session["form_message"] = {"message": problems.error_message(error)}
        return redirect(NEW, 303)
    sessions.end()  # every login of the person has ended, and maybe this was one
    session["form_message"] = {"done": _(CHANGED)}
    return redirect("/login", 303)
