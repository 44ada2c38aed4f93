"""What could change it: sliders and choices for the factors that a person can do something about."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model, Task
from dash import dcc, html

from dash_app import values
from dash_app.pages.result import answer
from dash_app.pages.result.factors import in_words
from dash_app.pages.result.pieces import figure, section
from dash_app.pages.result.readings import Reading, texts, with_unit

TITLE = "What could change it?"
MOST = 6
CAREFUL = (
    "Move a factor to see what the clock would then say. This is what the formula does, not a "
    "promise: changing a value need not change your health in the same way."
)
NOTHING = "Nothing that this clock used and that was measured can be changed by how one lives."


@dataclass(frozen=True)
class Range:
    """A slider in the person's unit."""

    low: float
    high: float
    step: float
    decimals: int


def range_of(reading: Reading, *, trained: bool) -> Range | None:
    """Between what the clock has seen and what is plausible, always with the person's own value.

    `trained` is whether the schema's training range is that of the version that answered.
    """
    feature = reading.schema
    if feature is None or not feature["plausible"]:
        return None
    low, high = feature["plausible"]
    if trained and feature.get("training"):
        low, high = max(low, feature["training"][0]), min(high, feature["training"][1])
    value = reading.row["value"]
    low, high = min(low, value), max(high, value)
    decimals = values.decimals(feature, reading.unit)
    step = 10.0**-decimals
    ends = sorted((reading.shown(low), reading.shown(high)))
    own = reading.shown(value)
    first = min(own, math.ceil(ends[0] / step - 1e-9) * step)
    last = max(own, math.floor(ends[1] / step + 1e-9) * step)
    return Range(_rounded(first, decimals), _rounded(last, decimals), step, decimals)


def _rounded(shown: float, decimals: int) -> float:
    return round(shown, decimals + 6)


def movable(found: Sequence[Reading]) -> list[Reading]:
    """The measured factors that a person can do something about; a clock shows only what it used."""
    return [r for r in found if r.row["modifiable"] and r.row["value"] is not None and r.schema]


def what_could_change(task: Task, model: Model | None, found: Sequence[Reading]) -> Any:
    """The list of single changes, which comes after the page, and the sliders."""
    factors = movable(found)
    if not factors:
        return section(TITLE, html.P(NOTHING), html.Div(id="result-single-changes"))
    trained = model is not None and model.version == task.model.version
    controls = [_control(reading, trained) for reading in factors]
    return section(
        TITLE,
        html.P(CAREFUL),
        html.Div(id="result-single-changes", **{"aria-live": "polite"}),
        dmc.Title("Try it", order=3, id="result-try-title"),
        html.Div(
            [
                html.Div([c for c in controls if c], className="result-controls"),
                _outcome(task, found),
            ],
            className="result-try",
        ),
        dcc.Store(id="result-factors", data=_kept(task, found)),
        dcc.Store(id="result-asked"),
        dcc.Store(id="result-busy", data=False),
        name="result-what-if",
    )


def _kept(task: Task, found: Sequence[Reading]) -> dict[str, Any]:
    """What the callbacks need to know of the result; `visit` tells one drawing from the next."""
    result = task.wire_result or {}
    return {
        "visit": time.time(),
        "task": task.id,
        "prediction": result["prediction"],
        "interval": result["interval"],
        "units": {r.row["feature"]: r.unit for r in found if r.is_number and r.schema},
        "schema": {r.row["feature"]: _needed(r.schema) for r in found if r.is_number and r.schema},
    }


def _needed(feature: values.Feature) -> dict[str, Any]:
    return {
        "units": [{k: u.get(k, 0) for k in ("unit", "factor", "offset")} for u in feature["units"]]
    }


def _control(reading: Reading, trained: bool) -> Any:
    row = reading.row
    if not reading.is_number:
        return _choice(reading)
    found = range_of(reading, trained=trained)
    if found is None:
        return None
    name = {"type": "result-slider", "feature": row["feature"]}
    slider = dmc.Slider(
        id=name,
        value=_rounded(reading.shown(row["value"]), found.decimals),
        min=found.low,
        max=found.high,
        step=found.step,
        precision=found.decimals,
        updatemode="drag",
        label=None,
        thumbLabel=f"{row['label']}, {reading.unit}",
        thumbSize=22,
    )
    ends = [html.Span(with_unit(end, "")) for end in (found.low, found.high)]
    return _framed(reading, [ends[0], slider, ends[1]], found.decimals)


def _choice(reading: Reading) -> Any:
    row, feature = reading.row, reading.schema or {}
    select = dmc.Select(
        id={"type": "result-choice", "feature": row["feature"]},
        value=row["value"],
        data=list(feature["choices"]),
        allowDeselect=False,
        **{"aria-label": row["label"]},
    )
    return _framed(reading, [select], 0)


def _framed(reading: Reading, control: list[Any], decimals: int) -> Any:
    key, label = reading.row["feature"], reading.row["label"]
    value = html.Span(reading.text, id={"type": "result-value", "feature": key})
    reset = dmc.Button(
        "Reset",
        id={"type": "result-reset", "feature": key},
        size="compact-sm",
        variant="subtle",
        disabled=True,
        **{"aria-label": f"Reset {label}"},
    )
    start = dcc.Store(id={"type": "result-start", "feature": key}, data=_start(reading, decimals))
    return html.Div(
        [
            html.Div([html.Strong(label), value], className="result-control-head"),
            html.Div([*control, reset], className=f"result-control-row of-{len(control)}"),
            start,
        ],
        className="result-control",
    )


def _start(reading: Reading, decimals: int) -> dict[str, Any]:
    """Where a control stood, and how its value is written."""
    value = reading.row["value"]
    if not reading.is_number:
        return {"value": value, "text": reading.text, "unit": "", "decimals": 0}
    unit = with_unit(0.0, reading.unit).removeprefix("0").strip()
    shown = _rounded(reading.shown(value), decimals)
    return {"value": shown, "text": reading.text, "unit": unit, "decimals": decimals}


def _outcome(task: Task, found: Sequence[Reading]) -> Any:
    """What the clock would say now; it stays in sight while the sliders move."""
    result = task.wire_result or {}
    made = charts.waterfall(result, most=MOST, values=texts(list(found)))
    return html.Div(
        [
            html.Div(outcome_words(result, result["prediction"]), id="result-outcome"),
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
            figure("result-changed", made, in_words(result)),
        ],
        className="result-outcome",
    )


def outcome_words(result: Any, before: float) -> list[Any]:
    """The number that the clock would give, and how far that is from the one it gave."""
    number, unit = answer.number_and_unit(result)
    change = result["prediction"] - before
    if abs(change) < 1e-9:
        words: Any = html.Span("as it is", className="result-faint")
    else:
        kind = "older" if change > 0 else "younger"
        words = html.Strong(charts.amount(change, unit), className=kind)
    return [html.Span([html.Strong(number, id="result-new-age"), f" {unit}"]), words]


def told(result: Any, before: float) -> str:
    """The same for a screen reader."""
    number, unit = answer.number_and_unit(result)
    change = charts.amount(result["prediction"] - before, unit)
    return f"The clock would say {number} {unit}, {change}."
