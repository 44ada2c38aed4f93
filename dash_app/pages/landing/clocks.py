"""Cards of the available clocks."""

import re
from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model
from dash import html

from dash_app.content import Component
from dash_app.problems import in_sentence

ANSWERS, IS_NOT = "What it answers.", "What it is not."


def section(models: Sequence[Model]) -> Component | None:
    """What each answers, needs and costs."""
    if not models:
        return None
    return html.Section(
        [
            dmc.Title("The clocks", order=2, mb=6),
            dmc.Text(
                "Published clocks and our own, for one set of values. You choose which to use; each "
                "says what it needs before you pay.",
                mb="md",
                maw=720,
            ),
            html.Div([_card(model) for model in models], className="landing-clocks"),
        ]
    )


def _card(model: Model) -> Component:
    beyond = card_paragraph(model.card, IS_NOT)
    return dmc.Paper(
        [
            dmc.Title(model.title, order=3, size="h4"),
            dmc.Text(
                [f"{model.price} credits", *([" · default"] if model.default else [])],
                size="sm",
                c="dimmed",
                mb="xs",
            ),
            dmc.Text(card_paragraph(model.card, ANSWERS), size="sm", mb="xs"),
            dmc.Text(["It ", needs(model), "."], size="sm", mb="xs"),
            dmc.Text(_interval_sentence(model), size="sm", mb="xs"),
            dmc.Text(model.note, size="sm", mb="xs") if model.note else None,
            html.Details([html.Summary("What it is not"), dmc.Text(beyond, size="sm", mt=6)])
            if beyond
            else None,
        ],
        withBorder=True,
        p="lg",
    )


def needs(model: Model) -> str:
    """What a panel must have, with the names that people read instead of the registry's keys."""
    labels = {entry["key"]: in_sentence(entry["label"]) for entry in model.features}
    text = re.sub(r"\b[a-z]\w*\b", lambda found: labels.get(found[0], found[0]), model.needs)
    return text.replace("chronological age", "age")


def card_paragraph(card: str, heading: str) -> str:
    """The paragraph of a model card that begins with a heading, as plain text."""
    for paragraph in card.split("\n\n"):
        if paragraph.strip().startswith(f"**{heading}**"):
            text = paragraph.strip().removeprefix(f"**{heading}**")
            return re.sub(r"[*`]", "", " ".join(text.split()))
    return ""


def _interval_sentence(model: Model) -> str:
    if model.interval is None or model.interval.level is None:
        return "It gives no interval and says why."
    return f"It gives an interval ({charts.share(model.interval.level)})."
