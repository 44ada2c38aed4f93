"""Cards of the available clocks."""

import re
from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model
from agelens.languages import _, in_sentence
from dash import html

from dash_app import model_cards, number_text
from dash_app.clock_order import DEMONSTRATION
from dash_app.content import Component


def shown_first(models: Sequence[Model]) -> str:
    """The clock of the example: no demonstration, where there is another."""
    return models[0].name if models and not models[0].demonstration else "default"


def section(models: Sequence[Model]) -> Component | None:
    """What each answers, needs and costs."""
    if not models:
        return None
    return html.Section(
        [
            dmc.Title(_("The clocks"), order=2, mb=6),
            dmc.Text(
                _(
                    "Published clocks and our own, for one set of values. You choose which to use; "
                    "each says what it needs before you pay."
                ),
                mb="md",
                maw=720,
            ),
            html.Div([_card(model) for model in models], className="landing-clocks"),
        ]
    )


def _card(model: Model) -> Component:
    beyond = model_cards.paragraph_text(model.card, model_cards.IS_NOT, mt=6)
    return dmc.Paper(
        [
            dmc.Title(model.title, order=3, size="h4"),
            html.P(_(DEMONSTRATION), className="landing-demonstration")
            if model.demonstration
            else None,
            dmc.Text(
                _price(model),
                size="sm",
                c="dimmed",
                mb="xs",
            ),
            model_cards.paragraph_text(model.card, model_cards.ANSWERS, mb="xs"),
            dmc.Text(_needs_sentence(model), size="sm", mb="xs"),
            dmc.Text(_interval_sentence(model), size="sm", mb="xs"),
            dmc.Text(model.note, size="sm", mb="xs") if model.note else None,
            html.Details([html.Summary(_("What it is not")), beyond]) if beyond else None,
        ],
        withBorder=True,
        p="lg",
    )


def _price(model: Model) -> str:
    price = number_text.credits(model.price)
    return _("{price} · default", price=price) if model.default else price


def _needs_sentence(model: Model) -> str:
    return _("It {needs}.", needs=needs(model))


def needs(model: Model) -> str:
    """What a panel must have, with the names that people read instead of the registry's keys."""
    labels = {entry["key"]: in_sentence(entry["label"]) for entry in model.features}
    text = re.sub(r"\b[a-z]\w*\b", lambda match: labels.get(match[0], match[0]), model.needs)
    return text.replace("chronological age", "age")


def _interval_sentence(model: Model) -> str:
    if model.interval is None or model.interval.level is None:
        return _("It gives no interval and says why.")
    return _("It gives an interval ({level}).", level=charts.share(model.interval.level))
