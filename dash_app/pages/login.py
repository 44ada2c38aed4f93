"""The pages to log in, to register, and to set a forgotten password."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import AccountOptions
from agelens.languages import N_, _, pgettext
from dash import Dash, dcc, html

from dash_app import forms, number_text, password_forms, routing, sessions
from dash_app.content import Component, Content
from dash_app.password_forms import BY_ADMINISTRATOR, BY_MAIL, FORGOT, NEW

RULES = N_("At least 8 characters and hard to guess. Several words in a row work well.")

ASK_OPERATOR = N_(
    "This AgeLens sends no e-mail. Ask whoever runs it for a link with which you can set a new "
    "password."
)


def register(app: Dash) -> None:
    """Under /login, /register, /forgot-password and /new-password."""
    routing.add("/login", log_in, title=N_("Log in"), login=False)
    routing.add("/register", sign_up, title=N_("Register"), login=False)
    routing.add(FORGOT, forgot, title=N_("Forgot your password?"), login=False)
    routing.add(NEW, new_password, title=N_("New password"), login=False)


def log_in(next: str | None = None) -> Component:
    """For people who have an account."""
    following = sessions.safe_place(next, "")
    return _page(
        pgettext("heading", "Log in"),
        _("Log in to continue.") if following else _("Welcome back."),
        _form("/forms/login", _("Log in"), following, autocomplete="current-password"),
        [
            *(
                _("No account yet?"),
                " ",
                _other("/register", pgettext("button", "Register"), following),
            ),
            html.Br(),
            dmc.Anchor(_("Forgot your password?"), href=FORGOT),
        ],
    )


def sign_up(next: str | None = None) -> Component:
    """For people who have none."""
    following = sessions.safe_place(next, "")
    return _page(
        _("Register"),
        _what_is_needed(password_forms.options()),
        _form(
            "/forms/register",
            pgettext("button", "Register"),
            following,
            autocomplete="new-password",
            rules=_(RULES),
        ),
        [_("Already registered?"), " ", _other("/login", _("Log in"), following)],
    )


def _what_is_needed(options: AccountOptions | None) -> str:
    """And what one gets."""
    sends = options is not None and options.password_reset == BY_MAIL
    sentences = [
        _(
            "All you need is an e-mail address and a password. We write to you only when you "
            "forget your password."
        )
        if sends
        else _("All you need is an e-mail address and a password. We send no e-mail.")
    ]
    if options and options.welcome_credits:
        credits = number_text.credits(options.welcome_credits)
        sentences.append(_("New accounts start with {credits}.", credits=credits))
    return " ".join(sentences)


def forgot() -> Component:
    """Asks for the address, or says whom to ask."""
    options = password_forms.options()
    if options is not None and options.password_reset == BY_ADMINISTRATOR:
        lead, form = _(ASK_OPERATOR), _messages(forms.last_message())
    else:
        lead = _("Enter your e-mail address. We will send you a link to set a new password.")
        form = [_form("/forms/forgot-password", _("Send the link"), "")]
    return _page(_("Forgot your password?"), lead, form, [_other("/login", _("Log in"), "")])


def new_password() -> Component:
    """For whoever has opened a link."""
    if not password_forms.has_link():
        again = _other(FORGOT, _("Ask for a new link"), "")
        return _page(_("New password"), _(password_forms.DEAD), [], [again])
    return _page(
        _("New password"),
        _("A new password logs you out on all devices and revokes your personal tokens."),
        _form(
            "/forms/new-password",
            _("Set the new password"),
            "",
            autocomplete="new-password",
            rules=_(RULES),
            email=False,
        ),
        [_other("/login", _("Log in"), "")],
    )


def _page(title: str, lead: str, form: Content, otherwise: list[Content]) -> Component:
    return html.Div(
        [
            dmc.Title(title, order=1),
            dmc.Text(lead, c="dimmed", mt=4, mb="lg"),
            dmc.Paper(form, withBorder=True, p="lg", radius="md") if form else None,
            dmc.Text(otherwise, mt="md", size="sm"),
        ],
        className="entry",
    )


def _form(
    action: str,
    button: str,
    following: str,
    *,
    autocomplete: str | None = None,
    rules: str | None = None,
    email: bool = True,
) -> Component:
    """With a field for the address, and one for the password where it says how to fill it in."""
    last = forms.last_message()
    problems_by_field = last.get("problems") or {}
    return html.Form(
        [
            *_hidden(csrf_token=forms.csrf_token(), next=following),
            dmc.Stack(
                [
                    *_messages(last),
                    _email(last.get("email", ""), problems_by_field.get("email"))
                    if email
                    else None,
                    _password(autocomplete, rules, problems_by_field.get("password"))
                    if autocomplete
                    else None,
                    dmc.Button(button, buttonProps={"type": "submit"}, fullWidth=True),
                ],
                gap="md",
            ),
        ],
        action=action,
        method="POST",
        className="entry-form",
    )


def _messages(last: forms.FormMessage) -> list[Content]:
    """What became of the form that was sent last."""
    message, confirmation = last.get("message"), last.get("done")
    return [
        *([dmc.Alert(message, color="red", className="problem")] if message else []),
        *([dmc.Alert(confirmation, color="teal")] if confirmation else []),
    ]


def _email(value: str, error: str | None) -> Component:
    return dmc.TextInput(
        id="login-email",
        label=_("E-mail"),
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
        label=_("Password"),
        name="password",
        description=rules,
        error=error,
        autoComplete=autocomplete,
        required=True,
        withAsterisk=False,
        visibilityToggleButtonProps={"aria-label": _("Show the password"), "tabIndex": 0},
        **({"aria-invalid": "true"} if error else {}),
    )


def _hidden(**values: str) -> list[Content]:
    return [dcc.Input(type="hidden", name=name, value=value) for name, value in values.items()]


def _other(page: str, label: str, following: str) -> Component:
    href = f"{page}?{urlencode({'next': following})}" if following else page
    return dmc.Anchor(label, href=href)
