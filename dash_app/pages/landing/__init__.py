"""The landing page: what AgeLens does, with a live example."""

import dash_mantine_components as dmc
from agelens.client import ClientError, Example, Model
from dash import Dash, html

from dash_app import access, problems, routing, sessions
from dash_app.content import Component, Content
from dash_app.pages.landing import clocks, example

LEAD = (
    "Enter the values from a health check or a blood test. AgeLens estimates your biological age, "
    "says how certain that is, and shows how many years each value adds or takes away."
)
GOODBYE = (
    "Your answers, results, tokens and e-mail address have been deleted, and you are logged out "
    "everywhere. Thank you for trying AgeLens."
)


def register(app: Dash) -> None:
    """Under /."""
    routing.add("/", layout, title="Biological age, explained", login=False)


def layout(goodbye: str | None = None) -> Component:
    """The page stands without the service, too; then without an example."""
    person, models = _example_and_models()
    return dmc.Stack(
        [
            _notice("Your account has been deleted", GOODBYE) if goodbye else None,
            html.Div([_headline(), example.card(person) or _away()], className="landing-top"),
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
        with access.anonymous() as client:
            return client.models.example("default"), list(client.models)
    except ClientError as error:
        problems.log.warning("The landing page is shown without an example: %s", error)
        return None, []


def _headline() -> Component:
    return dmc.Stack(
        [
            dmc.Title("Biological age, with every number explained", order=1),
            dmc.Text(LEAD, size="lg"),
            dmc.Group(_buttons(), gap="sm"),
            dmc.Text(
                [
                    "For anyone with a lab report, for researchers with a file of many people, and for ",
                    dmc.Anchor(
                        "programs",
                        href=access.public_api_url("/docs"),
                        refresh=True,
                        inherit=True,
                        underline="always",
                    ),
                    " and notebooks. Not medical advice.",
                ],
                size="sm",
                c="dimmed",
            ),
        ],
        gap="lg",
        className="landing-headline",
    )


def _buttons() -> list[Content]:
    if sessions.person() is not None:
        return [
            dmc.Anchor("New assessment", href="/new", className="call primary"),
            dmc.Anchor("History", href="/history", className="call"),
        ]
    return [
        dmc.Anchor("Register", href="/register", className="call primary", refresh=True),
        dmc.Anchor("Log in", href="/login", className="call", refresh=True),
    ]


def _away() -> Component:
    return dmc.Paper(
        [
            dmc.Text("No example right now", fw=600, mb=4),
            dmc.Text(problems.AWAY, size="sm", mb="md"),
            dmc.Button("Try again", id="try-again", variant="default"),
        ],
        withBorder=True,
        p="lg",
    )


def _notice(title: str, text: str) -> Component:
    return dmc.Alert(text, title=title, color="teal", variant="light")


STEPS = (
    (
        "Enter what you have",
        "Each field accepts the units that labs use and warns you when a value looks like a "
        "different unit. Leave blank what you do not have.",
    ),
    (
        "See your age and how certain it is",
        "Your biological age with its interval, how you compare with people of your age, and what "
        "each value adds or takes away. We check that the parts add up before you see them.",
    ),
    (
        "Try out changes",
        "Move a slider for weight, blood pressure or smoking and watch the age follow. Keep your "
        "results, compare two, and see why your age changed.",
    ),
)


def _steps() -> Component:
    return html.Section(
        [
            dmc.Title("How it works", order=2, mb="md"),
            html.Ol(
                [
                    html.Li([dmc.Title(title, order=3, size="h4", mb=6), dmc.Text(text, size="sm")])
                    for title, text in STEPS
                ],
                className="landing-steps",
            ),
        ]
    )


LIMITS = (
    (
        "It is not medical advice.",
        "No clock here diagnoses anything or has been approved as a medical device. Talk to a "
        "doctor about your health.",
    ),
    (
        "An age is an estimate.",
        "Clocks that can estimate their uncertainty give a range; the others say why not. Often "
        "your own age is inside the range, and then chance alone may explain the difference.",
    ),
    (
        "A clock only knows the people it learned from.",
        "For others it may be wrong. Each clock's description says what data it learned from and "
        "what it does not measure.",
    ),
    (
        "A factor is not a cause.",
        "A factor's years show how the clock used that value, not what changing it would do for "
        "you.",
    ),
)


def _limits() -> Component:
    return html.Section(
        [
            dmc.Title("What it cannot do", order=2, mb="md"),
            html.Div(
                [
                    html.Div([dmc.Text(title, fw=600), dmc.Text(text, size="sm", c="dimmed")])
                    for title, text in LIMITS
                ],
                className="landing-limits",
            ),
        ]
    )
