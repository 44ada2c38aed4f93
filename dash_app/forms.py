"""Logging in, registering and logging out: plain HTML forms, so that password managers understand them."""

from typing import Any

from agelens.client import ClientError, Conflict, InvalidInput, Unauthenticated
from flask import Flask, Response, redirect, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from dash_app import access, problems, sessions

AFTER_REGISTERING = "/new"
AFTER_LOGGING_IN = "/history"


def init_app(server: Flask, csrf: CSRFProtect) -> None:
    """Add the forms' targets, and the token that each of our forms and callbacks sends back."""
    server.add_url_rule("/forms/login", "login", _login, methods=["POST"])
    server.add_url_rule("/forms/register", "register", _register, methods=["POST"])
    server.add_url_rule("/forms/logout", "logout", _logout, methods=["POST"])
    server.register_error_handler(CSRFError, _refuse)

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


def told() -> dict[str, Any]:
    """What the form that was sent last has to say, once: `email`, `problems` by field, `message`."""
    found: dict[str, Any] = session.pop("told", {})
    return found


def _login() -> Any:
    email = request.form.get("email", "").strip()
    following = sessions.safe_place(request.form.get("next"), AFTER_LOGGING_IN)
    try:
        _enter(email, request.form.get("password", ""))
    except ClientError as error:
        return _again("/login", email, following, error)
    return redirect(following, 303)


def _register() -> Any:
    email = request.form.get("email", "").strip()
    password = request.form.get("password", "")
    following = sessions.safe_place(request.form.get("next"), AFTER_REGISTERING)
    try:
        with access.anonymous() as client:
            client.register(email, password)
        _enter(email, password)
    except ClientError as error:
        return _again("/register", email, following, error)
    return redirect(following, 303)


def _enter(email: str, password: str) -> None:
    with access.anonymous() as client:
        token = client.login(email, password)
        sessions.begin(client.me(), token)


def _logout() -> Any:
    try:
        with access.client() as client:
            client.logout()
    except ClientError as error:
        problems.log.warning("A token could not be revoked: %s", error)
        session["told"] = {"message": "You are logged out here. " + problems.words(error)}
        told_then = session["told"]
        sessions.end()
        session["told"] = told_then
        return redirect("/login", 303)
    sessions.end()
    return redirect("/", 303)


def _again(page: str, email: str, following: str, error: ClientError) -> Any:
    """Back to the form, with what was typed and what is wrong with it; never the password."""
    by_field = problems.by_field(error) if isinstance(error, InvalidInput) else {}
    if isinstance(error, Conflict):
        by_field = {"email": problems.words(error)}
    message = None if by_field else problems.words(error)
    if isinstance(error, Unauthenticated):
        message = "The e-mail address or the password is wrong."
    session["told"] = {"email": email, "problems": by_field, "message": message}
    return redirect(f"{page}?{_query(following)}", 303)


def _query(following: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"next": following})


def _refuse(error: CSRFError) -> Any:
    """The session has ended meanwhile, or another site tried something."""
    if request.path == "/_dash-update-component":  # the answer that takes the browser to the login
        return {"multi": True, "response": {}, "sideUpdate": {"login-needed": {"data": True}}}
    session["told"] = {"message": "This page had been open for too long. Please try again."}
    return redirect("/login", 303)
