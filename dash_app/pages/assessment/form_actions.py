"""The form's buttons: prefill, units, delete, save and submit, with progress and price."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Model
from dash import html

from dash_app import dialogs
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.assessment import countries, error_messages, ids, initial_values


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


SUBMIT = "Calculate my biological age"


def action_bar(model: Model, available: int, address: str) -> Component:
    """On phones it stays at the lower edge."""
    return html.Div(
        [
            html.Div(id=ids.SAVED, role="status"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(id="assessment-progress", className="assessment-progress"),
                            html.Div(
                                cost(model, available, address),
                                id="assessment-cost",
                                className="assessment-cost",
                            ),
                        ],
                        className="assessment-standing",
                    ),
                    dmc.Group(
                        [
                            dmc.Button("Save as draft", id="assessment-save", variant="default"),
                            dmc.Button(
                                SUBMIT,
                                id="assessment-submit",
                                buttonProps={"type": "submit"},
                            ),
                        ],
                        gap="xs",
                        className="assessment-buttons",
                    ),
                ],
                className="assessment-bar",
            ),
        ],
        className="assessment-end",
    )


def cost(model: Model, available: int, address: str) -> list[Content]:
    """The price before anybody pays it."""
    cost_text = f"{error_messages.credits(model.price)}; you have {available:,}. "
    return [cost_text, error_messages.top_up(address)] if available < model.price else [cost_text]
