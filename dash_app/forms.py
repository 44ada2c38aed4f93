"""Log in, register and log out with plain HTML forms, which password managers understand."""

from contextlib import suppress
from typing import TypedDict
from urllib.parse import urlencode, urlsplit

from agelens.client import ClientError, Conflict, InvalidInput, Unauthenticated
from agelens.languages import N_, _
from flask import Flask, Response, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from dash_app import api_client, problems, sessions

AFTER_REGISTERING = "/new"
AFTER_LOGGING_IN = "/history"
LONGEST_EMAIL = 254  # what is kept in a cookie has to fit into one
NOT_REVOKED = N_(
    "You are logged out in this browser. We can't reach AgeLens right now to end the login there; "
    "it will expire by itself."
)


class FormMessage(TypedDict, total=False):
    """What a form says after it was sent: the e-mail typed, problems by field, and a message above it.

    `done` is a message that says what went well.
    """

    email: str
    problems: dict[str, str]
    message: str | None
    done: str


def init_app(server: Flask, csrf: CSRFProtect) -> None:
    """Add the forms' targets, and the token that each of our forms and callbacks sends back."""
    server.add_url_rule("/forms/login", "login", _login, methods=["POST"])
    server.add_url_rule("/forms/register", "register", _register, methods=["POST"])
    server.add_url_rule("/forms/logout", "logout", _logout, methods=["POST"])
    server.register_error_handler(CSRFError, _refuse)
    server.before_request(_go_on)

    @server.after_request
    def hand_out_token(response: Response) -> Response:
        if response.mimetype == "text/html":
            secure = bool(server.config["SESSION_COOKIE_SECURE"])
            response.set_cookie(
                sessions.CSRF_COOKIE, generate_csrf(), samesite="Strict", secure=secure
            )
        return response


def csrf_token() -> str:
    """For the hidden field of a form."""
    token: str = generate_csrf()
    return token


def last_message() -> FormMessage:
    """Pop the message of the form that was sent last."""
    message: FormMessage = session.pop("form_message", {})
    return message


def welcome_credits() -> int:
    """With how many credits somebody starts who has just registered; said once."""
    credits: int = session.pop("welcome_credits", 0)
    return credits


def _go_on() -> BaseResponse | None:
    """Past the login, for people who are logged in already."""
    otherwise = {"/login": AFTER_LOGGING_IN, "/register": AFTER_REGISTERING}.get(request.path)
    if request.method != "GET" or otherwise is None or sessions.person() is None:
        return None
    return redirect(sessions.safe_place(request.args.get("next"), otherwise), 303)


def _login() -> BaseResponse:
    email = request.form.get("email", "").strip()
    following = sessions.safe_place(request.form.get("next"), AFTER_LOGGING_IN)
    try:
        _enter(email, request.form.get("password", ""))
    except ClientError as error:
        return _again("/login", error)
    return redirect(following, 303)


def _register() -> BaseResponse:
    email = request.form.get("email", "").strip()
    password = request.form.get("password", "")
    following = sessions.safe_place(request.form.get("next"), AFTER_REGISTERING)
    try:
        with api_client.anonymous() as client:
            client.register(email, password)
        _enter(email, password)
        with suppress(ClientError), api_client.client() as client:
            session["welcome_credits"] = client.wallet.available
    except ClientError as error:
        return _again("/register", error)
    return redirect(following, 303)


def _enter(email: str, password: str) -> None:
    with api_client.anonymous() as client:
        token = client.login(email, password)
        sessions.begin(client.me(), token)


def _logout() -> BaseResponse:
    try:
        with api_client.client() as client:
            client.logout()
    except ClientError as error:
        problems.log.warning("A token could not be revoked: %s", error)
        sessions.end()
        session["form_message"] = {"message": _(NOT_REVOKED)}
        return redirect("/login", 303)
    sessions.end()
    return redirect("/", 303)


def _again(page: str, error: ClientError) -> BaseResponse:
    """Back to the form, with what was typed and what is wrong with it; never the password."""
    beside, message = {}, None
    match error:
        case InvalidInput():
            beside = problems.field_messages(error)
        case Conflict():
            beside = {"email": problems.error_message(error)}
        case Unauthenticated():
            message = _("Wrong e-mail address or password.")
        case _:
            message = problems.error_message(error)
    email = request.form.get("email", "").strip()[:LONGEST_EMAIL]
    session["form_message"] = {"email": email, "problems": beside, "message": message}
    following = sessions.safe_place(request.form.get("next"), "")
    return redirect(f"{page}?{urlencode({'next': following})}" if following else page, 303)


def _refuse(error: CSRFError) -> ResponseReturnValue:
    """A page of ours whose session has ended leads to the login; to others it is a plain 400."""
    if not _sent_by_a_page_of_ours():
        return Response(
            f"{_('This request did not come from an AgeLens page.')}\n", 400, mimetype="text/plain"
        )
    if request.path == "/_dash-update-component":  # the answer that takes the browser to the login
        return {"multi": True, "response": {}, "sideUpdate": {"login-needed": {"data": True}}}
    if sessions.person() is None:
        session["form_message"] = {
            "message": _("This page was open for too long. Please try again.")
        }
    return redirect("/login", 303)


def _sent_by_a_page_of_ours() -> bool:
    """As the browser says, which no page can make it say otherwise. It decides on words only."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and origin.netloc == request.host
