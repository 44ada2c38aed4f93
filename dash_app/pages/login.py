"""Logging in and registering."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, dcc, html

from dash_app import forms, routing, sessions


def register(app: Dash) -> None:
    """Under /login and /register."""
    routing.add("/login", log_in, title="Log in", login=False)
    routing.add("/register", sign_up, title="Register", login=False)


def log_in(next: str | None = None) -> Any:
    """For people who have an account."""
    return _form("Log in", "/forms/login", "current-password", next)


def sign_up(next: str | None = None) -> Any:
    """For people who have none."""
    return _form("Register", "/forms/register", "new-password", next)


def _form(title: str, action: str, password: str, following: str | None) -> Any:
    told = forms.told()
    wrong = told.get("problems") or {}
    return html.Form(
        dmc.Stack(
            [
                dmc.Title(title, order=1),
                dmc.Alert(told["message"], color="red", className="problem")
                if told.get("message")
                else None,
                dcc.Input(type="hidden", name="csrf_token", value=forms.csrf_token()),
                dcc.Input(type="hidden", name="next", value=sessions.safe_place(following, "")),
                dmc.TextInput(
                    label="E-mail",
                    name="email",
                    value=told.get("email", ""),
                    error=wrong.get("email"),
                    autoComplete="email",
                ),
                dmc.PasswordInput(
                    label="Password",
                    name="password",
                    error=wrong.get("password"),
                    autoComplete=password,
                ),
                dmc.Button(title, buttonProps={"type": "submit"}),
            ],
            maw=420,
        ),
        action=action,
        method="POST",
    )
