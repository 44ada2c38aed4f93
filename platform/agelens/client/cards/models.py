"""Clocks in a notebook."""

from __future__ import annotations

from agelens.client.cards import card_html
from agelens.client.cards.number_format import credits_text, number
from agelens.client.cards.parts import card, facts, muted, table
from agelens.client.model_shapes import Model
from agelens.client.models import Models


@card_html.register(Model)
def model_card(model: Model) -> str:
    """What a clock needs, what it costs and what its numbers mean."""
    ages = f"{model.ages[0]:g} to {model.ages[1]:g}" if model.ages else ""
    rows = [
        (each["key"], each["label"], each["unit"] or "", "required" if each["required"] else "")
        for each in model.features
    ]
    return card(
        model.title,
        facts(
            [
                ("Price", credits_text(model.price)),
                ("Unit", model.unit),
                ("Needs", model.needs),
                ("Ages", ages),
                ("Interval", model.interval.method if model.interval else ""),
                ("How to cite", model.citation),
                ("Measured again", _measured_again(model)),
            ]
        ),
        muted("Demonstration: synthetic data" if model.demonstration else ""),
        muted(model.note),
        muted(model.explanation),
        table(("Key", "Biomarker", "Unit", ""), rows),
        aside=f"{model.name} {model.version}{', the default' if model.default else ''}",
    )


def _measured_again(model: Model) -> str:
    measurement = model.measurement
    if measurement is None or measurement.minimum_detectable_change is None:
        return measurement.reason or "" if measurement else ""
    change = number(measurement.minimum_detectable_change, model.unit)
    return f"a change below {change} {model.unit} is within noise"


@card_html.register(Models)
def models_card(models: Models) -> str:
    """The clocks that can be used now."""
    rows = [
        (f"{each.name}{' (default)' if each.default else ''}", each.version, each.title,
         each.needs, each.price)
        for each in models
    ]  # fmt: skip
    return card("Clocks", table(("Name", "Version", "Title", "Needs", "Credits"), rows))
