"""Pregnancy and acute illness, asked once whatever the clocks."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.languages import N_, _

from dash_app.content import Component
from dash_app.pages.assessment import ids

QUESTION = N_("Does either apply to you?")
WHY = N_(
    "Both change biomarkers for a while, so the result comes with a caution and is not ranked among "
    "other people."
)
LABELS = {
    "pregnant": N_("Pregnant"),
    "acutely_ill": N_("Acutely ill in the last two weeks"),
}


def question(context: Sequence[str] = ()) -> Component:
    """Two checkboxes; what is said of an earlier assessment is never taken over."""
    boxes = [dmc.Checkbox(label=_(label), value=key) for key, label in LABELS.items()]
    return dmc.CheckboxGroup(
        dmc.Group(boxes, mt="xs"),
        id=ids.CONTEXT,
        label=_(QUESTION),
        description=_(WHY),
        value=list(context),
        className="assessment-context",
        my="lg",
    )
