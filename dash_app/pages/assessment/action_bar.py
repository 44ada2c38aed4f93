"""The end of the form: how far one is, what it costs, and the buttons."""

import dash_mantine_components as dmc
from agelens.client import Model
from dash import html

from dash_app.content import Component, Content
from dash_app.pages.assessment import error_messages, ids

SUBMIT = "Calculate my biological age"


def bar(model: Model, available: int, address: str) -> Component:
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
    told = f"{error_messages.credits(model.price)}; you have {available:,}. "
    return [told, error_messages.top_up(address)] if available < model.price else [told]
