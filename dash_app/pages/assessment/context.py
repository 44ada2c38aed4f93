"""Pregnancy and acute illness, asked once whatever the clock."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import Dash, Input, Output

from dash_app.content import Component
from dash_app.pages.assessment import ids

QUESTION = "Does either apply to you?"
WHY = (
    "Both change biomarkers for a while, so the result comes with a caution and is not ranked among "
    "other people."
)
LABELS = {"pregnant": "Pregnant", "acutely_ill": "Acutely ill in the last two weeks"}


def question(context: Sequence[str] = ()) -> Component:
    """Two checkboxes; what is said of an earlier assessment is never taken over."""
    return dmc.CheckboxGroup(
        dmc.Group([dmc.Checkbox(label=label, value=key) for key, label in LABELS.items()], mt="xs"),
        id=ids.CONTEXT,
        label=QUESTION,
        description=WHY,
        value=list(context),
        className="assessment-context",
        my="lg",
    )


def register(app: Dash) -> None:
    """Clearing the form clears this, too."""

    @app.callback(
        Output(ids.CONTEXT, "value"),
        Input("assessment-clear", "n_clicks"),
        prevent_initial_call=True,
    )
    def clear(_clicks: int | None) -> list[str]:
        return []
