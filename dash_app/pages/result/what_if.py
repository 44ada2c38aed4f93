"""What-if analysis: controls for the modifiable factors."""

import time
from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.client import Model, Task
from dash import dcc, html

from dash_app import number_text, results
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor, value_texts
from dash_app.pages.result.controls import control
from dash_app.pages.result.factors import figure_text
from dash_app.pages.result.sections import figure, section

TITLE = "What could change it"
MOST = 6
CAREFUL = (
    "These are model estimates, not promises. Changing a value may not change your health in the "
    "same way."
)
HOW = (
    "Move a slider to see the new estimate. You can change up to half of your values at a time; to "
    "change more, start a new prediction."
)
NOTHING = "Lifestyle cannot change any of the measured values that this clock uses."


def movable(found: Sequence[DisplayedFactor]) -> list[DisplayedFactor]:
    """The measured factors that a person can do something about; a clock shows only what it used."""
    return [r for r in found if r.row["modifiable"] and r.row["value"] is not None and r.schema]


def what_if_section(task: Task, model: Model | None, found: Sequence[DisplayedFactor]) -> Component:
    """The list of single changes, which comes after the page, and the sliders."""
    factors = movable(found)
    if not factors:
        return section(TITLE, html.P(NOTHING), html.Div(id="result-single-changes"))
    trained = model is not None and model.version == task.model.version
    controls = [control(factor, trained) for factor in factors]
    return section(
        TITLE,
        html.P(CAREFUL),
        html.Div(id="result-single-changes", **{"aria-live": "polite"}),
        dmc.Title("Try it", order=3, id="result-try-title"),
        html.P(HOW, className="no-print"),
        html.Div(
            [
                html.Div([c for c in controls if c], className="result-controls"),
                _outcome(task, found),
            ],
            className="result-try",
        ),
        dcc.Store(id="result-factors", data=_kept(task, found)),
        dcc.Store(id="result-asked"),
        dcc.Store(id="result-answered"),
        name="result-what-if",
    )


def _kept(task: Task, found: Sequence[DisplayedFactor]) -> dict[str, object]:
    """What the callbacks need to know of the result; `visit` tells one drawing from the next."""
    result = task.wire
    return {
        "visit": time.time(),
        "task": task.id,
        "prediction": result["prediction"],
        "interval": result["interval"],
        "units": {r.row["feature"]: r.unit for r in found if r.number is not None and r.schema},
        "schema": {
            r.row["feature"]: _needed(r.schema) for r in found if r.number is not None and r.schema
        },
    }


def _needed(feature: number_text.Feature) -> dict[str, object]:
    return {
        "units": [{k: u.get(k, 0) for k in ("unit", "factor", "offset")} for u in feature["units"]]
    }


def _outcome(task: Task, found: Sequence[DisplayedFactor]) -> Component:
    """What the clock would say now; it stays in sight while the sliders move."""
    result = task.wire
    made = charts.waterfall(result, most=MOST, values=value_texts(list(found)))
    return html.Div(
        [
            html.Div(outcome_text(result, result["prediction"]), id="result-outcome"),
            html.Div(
                dmc.Button(
                    "Reset all", id="result-reset-all", size="xs", variant="default", disabled=True
                )
            ),
            html.Div(
                id="result-told",
                className="unseen",
                role="status",
                **{"aria-live": "polite"},
            ),
            figure("result-changed", made, figure_text(result)),
        ],
        className="result-outcome",
    )


def outcome_text(result: wire.Result, before: float) -> list[Content]:
    """The number that the clock would give, and how far that is from the one it gave."""
    unit, change = result["unit"], result["prediction"] - before
    shown = charts.amount(change, unit)
    if abs(change) < 1e-9:
        change_text: Component = html.Span("no change", className="result-faint")
    else:
        change_text = html.Strong(shown, className=results.change_class(shown))
    number = charts.number(result["prediction"], unit)
    return [html.Span([html.Strong(number, id="result-new-age"), f" {unit}"]), change_text]


def spoken_outcome(result: wire.Result, before: float) -> str:
    """The same for a screen reader."""
    unit = result["unit"]
    change = charts.amount(result["prediction"] - before, unit)
    return f"The estimate would be {charts.number(result['prediction'], unit)} {unit}, {change}."
