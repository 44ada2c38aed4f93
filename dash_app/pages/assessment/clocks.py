"""The clock picker."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model
from dash import html

from dash_app.content import Component
from dash_app.pages.assessment import error_messages, ids

LONGEST_LIST = 4  # keys that a card still names
SPELLED_OUT = {"SD": "standard deviations"}


def picker(models: Sequence[Model], chosen: Model) -> Component:
    """All active clocks, the default first."""
    return dmc.RadioGroup(
        html.Div([_card(model) for model in models], className="assessment-clocks"),
        id=ids.MODEL,
        value=chosen.name,
        label="Choose a clock",
        labelProps={"className": "assessment-label"},
    )


def _card(model: Model) -> Component:
    return dmc.RadioCard(
        dmc.Group(
            [
                dmc.RadioIndicator(),
                html.Span(
                    [
                        html.Span(model.title, className="assessment-clock-title"),
                        html.Span(sentence(model), className="assessment-clock-words"),
                        *(
                            [html.Span(model.note, className="assessment-clock-words")]
                            if model.note
                            else []
                        ),
                        html.Span(price(model), className="assessment-clock-price"),
                    ],
                    className="assessment-clock-text",
                ),
            ],
            wrap="nowrap",
            align="flex-start",
            gap="sm",
        ),
        value=model.name,
        className="assessment-clock",
    )


def sentence(model: Model) -> str:
    """What a clock says, how certain it is, and what it needs."""
    interval = model.interval
    level = interval.level if interval else None
    certainty = f"with an interval ({charts.share(level)})" if level else "without an interval"
    needs = _needs(model)
    unit = SPELLED_OUT.get(model.unit, model.unit)
    return f"Result in {unit}, {certainty}." + (f" {needs}." if needs else "")


def price(model: Model) -> str:
    """In credits."""
    return error_messages.credits(model.price) if model.price else "Free"


def _needs(model: Model) -> str:
    """A long list of markers is only counted: the form shows them."""
    intro, colon, listed = model.needs.partition(": ")
    names = listed.split(", ")
    if colon and len(names) > LONGEST_LIST:
        intro = f"{intro} its {len(names)} markers"
    else:
        intro = error_messages.with_labels(model.needs, model.features)
    return intro[:1].upper() + intro[1:].rstrip(".")
