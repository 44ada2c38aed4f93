"""The what-if workbench: sliders on their response curves, and what the clock says of them."""

import time
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.charts import scenarios
from agelens.client import Model, Task
from agelens.client.slider_ranges import SliderRange
from agelens.languages import N_, _
from dash import dcc, html

from dash_app import result_format
from dash_app.content import Component
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.result import bars
from dash_app.pages.result.controls import control, range_of, start_of
from dash_app.result_view.sections import section

TITLE = N_("What could change it")
CAREFUL = N_(
    "These are model estimates, not promises. Changing a value may not change your health in the "
    "same way."
)
HOW_IT_WORKS = N_(
    "Move a slider or type a number to see the new estimate. You can change up to half of your values "
    "at a time; to change more, start a new assessment."
)
LEGEND = N_(
    "The curve is the estimate along the slider, on one scale for all of them. Green: range in healthy "
    "adults. Hatched: beyond the data that the clock was trained on. Dashed: your value."
)
NOTHING = N_("Lifestyle cannot change any of the measured values that this clock uses.")


def movable(factors: Sequence[DisplayedFactor]) -> list[DisplayedFactor]:
    """The measured factors that a person can do something about; a clock shows only what it used."""
    return [
        factor
        for factor in factors
        if factor.contribution["modifiable"]
        and factor.contribution["value"] is not None
        and factor.schema
    ]


def what_if_section(
    task: Task, model: Model | None, all_factors: Sequence[DisplayedFactor]
) -> Component:
    """The list of single changes, which comes after the page, and the workbench."""
    factors = movable(all_factors)
    if not factors:
        return section(_(TITLE), html.P(_(NOTHING)), html.Div(id="result-single-changes"))
    trained = model is not None and model.version == task.model.version
    controls_by_factor = [(factor, control(factor, trained)) for factor in factors]
    usable = [factor for factor, component in controls_by_factor if component is not None]
    controls = [component for _factor, component in controls_by_factor if component is not None]
    return section(
        _(TITLE),
        html.P(_(CAREFUL)),
        html.Div(id="result-single-changes", **{"aria-live": "polite"}),
        _workbench(task, controls, [factor.contribution["feature"] for factor in usable]),
        dcc.Store(id="result-factors", data=_workbench_data(task, usable, trained)),
        *(
            dcc.Store(id=f"result-{name}")
            for name in ("asked", "answered", "curves", "curves-asked")
        ),
        name="result-what-if",
    )


def _workbench(task: Task, controls: Sequence[Component], keys: Sequence[str]) -> Component:
    return html.Div(
        [
            dmc.Title(_("Try it"), order=3, id="result-try-title"),
            html.P(_(HOW_IT_WORKS)),
            html.P(_(LEGEND), className="workbench-note"),
            html.Div(
                [
                    html.Div(controls, className="workbench-controls"),
                    _outcome(task.wire, keys),
                ],
                className="workbench",
            ),
        ],
        className="no-print",
    )


def _outcome(result: wire.Result, keys: Sequence[str]) -> Component:
    """What the clock would say now; it stays in sight while the sliders move."""
    unit = charts.printed(result["unit"])
    number = html.Strong(charts.number(result["prediction"], result["unit"]), id="result-new-age")
    reset = dmc.Button(
        _("Reset all"), id="result-reset-all", size="xs", variant="default", disabled=True
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Span([number, f" {unit}"]),
                    html.Strong(_("no change"), id="result-change", className="workbench-change"),
                    reset,
                ],
                id="result-outcome",
                className="workbench-number-now",
            ),
            html.Div(
                id="result-told", className="unseen", role="status", **{"aria-live": "polite"}
            ),
            bars.chart(result, keys),
        ],
        className="workbench-outcome",
    )


def _workbench_data(task: Task, usable: Sequence[DisplayedFactor], trained: bool) -> dict[str, Any]:
    """What the callbacks need to know of the result; `visit` tells one drawing from the next."""
    result = task.wire
    return {
        "visit": time.time(),
        "task": task.id,
        "result": {
            "prediction": result["prediction"],
            "unit": result["unit"],
            "contributions": [
                {name: row[name] for name in ("feature", "label", "years")}
                for row in result["contributions"]
            ],
        },
        "units": {
            each.contribution["feature"]: each.unit for each in usable if each.number is not None
        },
        "sliders": {
            each.contribution["feature"]: slider
            for each in usable
            if (slider := _slider(each, range_of(each, trained=trained)))
        },
        "choices": {
            each.contribution["feature"]: list(each.schema["choices"])
            for each in usable
            if each.schema is not None and each.number is None
        },
    }


def _slider(factor: DisplayedFactor, slider_range: SliderRange | None) -> dict[str, Any] | None:
    """A slider in the person's unit: its ends and what is drawn on it."""
    if slider_range is None or factor.number is None:
        return None
    usual = [None if end is None else factor.in_unit(end) for end in factor.usual]
    return {
        "low": slider_range.low,
        "high": slider_range.high,
        "decimals": slider_range.decimals,
        "measured": factor.in_unit(factor.number),
        "training": slider_range.training,
        "reference": usual,
        "start": start_of(factor, slider_range.decimals),
    }


def changed_texts(before: wire.Result, after: wire.Result, keys: Sequence[str]) -> dict[str, Any]:
    """What a page writes and draws of a change."""
    unit, change = after["unit"], after["prediction"] - before["prediction"]
    amount = charts.amount(change, unit)
    kind = result_format.change_class(amount)
    return {
        "number": charts.number(after["prediction"], unit),
        "change": amount if abs(change) >= 1e-9 else _("no change"),
        "kind": kind,
        "spoken": scenarios.scenario_sentence(before, after),
        **bars.drawing(before, after, keys),
    }
