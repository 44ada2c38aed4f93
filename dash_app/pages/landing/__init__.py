"""The landing page: what AgeLens does, with a live example."""

import dash_mantine_components as dmc
from agelens.client import ClientError, Example, Model
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, clock_order, problems, routing, sessions
from dash_app.content import Component, Content
from dash_app.pages.landing import clocks, example
from dash_app.sentences_with_components import filled

LEAD = N_(
    "Enter the values from a health check or a blood test. AgeLens estimates your biological age, "
    "says how certain that is, and shows how many years each value adds or takes away."
)
GOODBYE = N_(
    "Your answers, results, tokens and e-mail address have been deleted, and you are logged out "
    "everywhere. Thank you for trying AgeLens."
)


def register(app: Dash) -> None:
    """Under /."""
    routing.add("/", layout, title=N_("Biological age, explained"), login=False)


def layout(goodbye: str | None = None) -> Component:
    """The page stands without the service, too; then without an example."""
    person, models = _example_and_models()
    return dmc.Stack(
        [
            _notice(_("Your account has been deleted"), _(GOODBYE)) if goodbye else None,
            html.Div(
                [_headline(), example.card(person, models) or _away()], className="landing-top"
            ),
            example.explained(person),
            _steps(),
            clocks.section(models),
            _limits(),
        ],
        gap=56,
        className="landing",
    )


def _example_and_models() -> tuple[Example | None, list[Model]]:
    try:
        with api_client.anonymous() as client:
            models = clock_order.in_order(client.models)
            return client.models.example(clocks.shown_first(models)), models
    except ClientError as error:
        problems.log.warning("The landing page is shown without an example: %s", error)
        return None, []


def _headline() -> Component:
    return dmc.Stack(
        [
            dmc.Title(_("Biological age, with every number explained"), order=1),
            dmc.Text(_(LEAD), size="lg"),
            dmc.Group(_buttons(), gap="sm"),
            dmc.Text(_for_whom(), size="sm", c="dimmed"),
        ],
        gap="lg",
        className="landing-headline",
    )


def _for_whom() -> list[Content]:
    programs = dmc.Anchor(
        _("programs"),
        href=api_client.public_api_url("/docs"),
        refresh=True,
        inherit=True,
        underline="always",
    )
    return filled(
        _(
            "For anyone with a lab report, for researchers with a file of many people, and for "
            "{programs} and notebooks. Not medical advice."
        ),
        programs=programs,
    )


def _buttons() -> list[Content]:
    if sessions.person() is not None:
        return [
            dmc.Anchor(_("New assessment"), href="/new", className="call primary"),
            dmc.Anchor(_("History"), href="/history", className="call"),
        ]
    return [
        dmc.Anchor(_("Register"), href="/register", className="call primary", refresh=True),
        dmc.Anchor(_("Log in"), href="/login", className="call", refresh=True),
    ]


def _away() -> Component:
    return dmc.Paper(
        [
            dmc.Text(_("No example right now"), fw=600, mb=4),
            dmc.Text(problems.away(), size="sm", mb="md"),
            dmc.Button(_("Try again"), id="try-again", variant="default"),
        ],
        withBorder=True,
        p="lg",
    )


def _notice(title: str, text: str) -> Component:
    return dmc.Alert(text, title=title, color="teal", variant="light")


STEPS = (
    (
        N_("Enter what you have"),
        N_(
            "Each field accepts the units that labs use and warns you when a value looks like a "
            "different unit. Leave blank what you do not have."
        ),
    ),
    (
        N_("See your age and how certain it is"),
        N_(
            "Your biological age with its interval, how you compare with people of your age, and "
            "what each value adds or takes away. We check that the parts add up before you see them."
        ),
    ),
    (
        N_("Try out changes"),
        N_(
            "Move a slider for weight, blood pressure or smoking and watch the age follow. Keep "
            "your results, compare two, and see why your age changed."
        ),
    ),
)


def _steps() -> Component:
    return html.Section(
        [
            dmc.Title(_("How it works"), order=2, mb="md"),
            html.Ol(
                [
                    html.Li(
                        [
                            dmc.Title(_(title), order=3, size="h4", mb=6),
                            dmc.Text(_(text), size="sm"),
                        ]
                    )
                    for title, text in STEPS
                ],
                className="landing-steps",
            ),
        ]
    )


LIMITS = (
    (
        N_("It is not medical advice."),
        N_(
            "No clock here diagnoses anything or has been approved as a medical device. Talk to a "
            "doctor about your health."
        ),
    ),
    (
        N_("An age is an estimate."),
        N_(
            "Clocks that can estimate their uncertainty give a range; the others say why not. Often "
            "your own age is inside the range, and then chance alone may explain the difference."
        ),
    ),
    (
        N_("A clock only knows the people it learned from."),
        N_(
            "For others it may be wrong. Each clock's description says what data it learned from "
            "and what it does not measure."
        ),
    ),
    (
        N_("A factor is not a cause."),
        N_(
            "A factor's years show how the clock used that value, not what changing it would do "
            "for you."
        ),
    ),
)


def _limits() -> Component:
    return html.Section(
        [
            dmc.Title(_("What it cannot do"), order=2, mb="md"),
            html.Div(
                [
                    html.Div([dmc.Text(_(title), fw=600), dmc.Text(_(text), size="sm", c="dimmed")])
                    for title, text in LIMITS
                ],
                className="landing-limits",
            ),
        ]
    )
