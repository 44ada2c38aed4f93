"""The login and registration pages."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import Dash, dcc, html

from dash_app import forms, routing, sessions
from dash_app.content import Component, Content

RULES = "At least 8 characters and hard to guess. Several words in a row work well."


def register(app: Dash) -> None:
    """Under /login and /register."""
    routing.add("/login", log_in, title="Log in", login=False)
    routing.add("/register", sign_up, title="Register", login=False)


def log_in(next: str | None = None) -> Component:
    """For people who have an account."""
    following = sessions.safe_place(next, "")
    return _page(
        "Log in",
        "Welcome back." if not following else "Log in to continue.",
        _form("/forms/login", "Log in", following, autocomplete="current-password"),
        ["No account yet? ", _other("/register", "Register", following)],
    )


def sign_up(next: str | None = None) -> Component:
    """For people who have none."""
    following = sessions.safe_place(next, "")
    return _page(
        "Register",
        "All you need is an e-mail address and a password. We send no e-mail.",
        _form(
            "/forms/register",
            "Register",
            following,
            autocomplete="new-password",
            rules=RULES,
        ),
        ["Already registered? ", _other("/login", "Log in", following)],
    )


def _page(title: str, lead: str, form: Component, otherwise: list[Content]) -> Component:
    return html.Div(
        [
            dmc.Title(title, order=1),
            dmc.Text(lead, c="dimmed", mt=4, mb="lg"),
            dmc.Paper(form, withBorder=True, p="lg", radius="md"),
            dmc.Text(otherwise, mt="md", size="sm"),
        ],
        className="entry",
    )


def _form(
    action: str, button: str, following: str, *, autocomplete: str, rules: str | None = None
) -> Component:
    last = forms.last_message()
    wrong = last.get("problems") or {}
    message = last.get("message")
    return html.Form(
        [
            *_hidden(csrf_token=forms.csrf_token(), next=following),
            dmc.Stack(
                [
                    dmc.Alert(message, color="red", className="problem") if message else None,
                    _email(last.get("email", ""), wrong.get("email")),
                    _password(autocomplete, rules, wrong.get("password")),
                    dmc.Button(button, buttonProps={"type": "submit"}, fullWidth=True),
                ],
                gap="md",
            ),
        ],
        action=action,
        method="POST",
        className="entry-form",
    )


def _email(value: str, error: str | None) -> Component:
    return dmc.TextInput(
        id="login-email",
        label="E-mail",
        name="email",
        value=value,
        error=error,
        autoComplete="username",
        required=True,
        withAsterisk=False,
        attributes={"input": {"type": "email", "maxLength": 254, "spellCheck": "false"}},
    )


def _password(autocomplete: str, rules: str | None, error: str | None) -> Component:
    return dmc.PasswordInput(
        id="login-password",
        label="Password",
        name="password",
        description=rules,
        error=error,
        autoComplete=autocomplete,
        required=True,
        withAsterisk=False,
        visibilityToggleButtonProps={"aria-label": "Show the password", "tabIndex": 0},
        **({"aria-invalid": "true"} if error else {}),
    )


def _hidden(**values: str) -> list[Content]:
    return [dcc.Input(type="hidden", name=name, value=value) for name, value in values.items()]


def _other(page: str, label: str, following: str) -> Component:
    href = f"{page}?{urlencode({'next': following})}" if following else page
    return dmc.Anchor(label, href=href)
