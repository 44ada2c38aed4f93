"""What helps filling the form: somebody's values, other units, and taking a draft away."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Model
from dash import html

from dash_app import dialogs
from dash_app.content import Component
from dash_app.pages.assessment import countries, initial_values
from dash_app.values import Feature


def tools(
    models: Sequence[Model], country: str, last: initial_values.Last | None, draft: str | None
) -> Component:
    """Between the clock and its form."""
    features: list[Feature] = [feature for model in models for feature in model.features]
    codes = countries.known(features, country)
    return html.Div(
        [
            dmc.Group(
                [
                    dmc.Button("Fill in a demo profile", id="assessment-demo", variant="light"),
                    dmc.Button(
                        "Start from my last assessment",
                        id="assessment-again",
                        variant="light",
                        display=None if last else "none",
                    ),
                    dmc.Button("Clear", id="assessment-clear", variant="subtle", color="gray"),
                    _delete(draft),
                ],
                gap="xs",
            ),
            dmc.Select(
                id="assessment-country",
                label="Units used in",
                data=[{"value": code, "label": code} for code in codes],
                value=country,
                allowDeselect=False,
                searchable=True,
                w={"base": "100%", "xs": 260},
            ),
        ],
        className="assessment-tools",
    )


def notice() -> Component:
    """What was just filled in, and the way back."""
    return html.Div(
        [
            html.Span(id="assessment-notice-text"),
            dmc.Button("Undo", id="assessment-undo", variant="subtle", size="compact-sm"),
        ],
        id="assessment-notice",
        className="assessment-notice",
        role="status",
        hidden=True,
    )


def _delete(draft: str | None) -> Component:
    return html.Div(
        [
            dmc.Button("Delete draft", id="assessment-delete", variant="subtle", color="red"),
            dialogs.confirmation(
                "assessment-delete",
                "Delete this draft?",
                dmc.Text("Its answers will be lost. You have not been charged for it."),
            ),
        ],
        id="assessment-delete-box",
        hidden=draft is None,
    )
