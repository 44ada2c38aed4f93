"""A slider or a choice for one factor, in the unit that the person typed."""

import math
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app import values
from dash_app.content import Component, Content
from dash_app.displayed_factors import Reading, with_unit


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


def control(reading: Reading, trained: bool) -> Component | None:
    """The control, what it says, and its way back; None where no bounds are known."""
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


def _choice(reading: Reading) -> Component:
    row, feature = reading.row, reading.schema or {}
    select = dmc.Select(
        id={"type": "result-choice", "feature": row["feature"]},
        value=row["value"],
        data=list(feature["choices"]),
        allowDeselect=False,
        **{"aria-label": row["label"]},
    )
    return _framed(reading, [select], 0)


def _framed(reading: Reading, parts: list[Content], decimals: int) -> Component:
    key, label = reading.row["feature"], reading.row["label"]
    value = html.Span(reading.text, id=f"result-value-{key}")
    reset = dmc.Button(
        "Reset",
        id={"type": "result-reset", "feature": key},
        size="compact-sm",
        variant="subtle",
        **{"aria-label": f"Reset {label}"},
    )
    way_back = html.Span(reset, id=f"result-reset-{key}", hidden=True)
    start = dcc.Store(id={"type": "result-start", "feature": key}, data=_start(reading, decimals))
    return html.Div(
        [
            html.Div([html.Strong(label), value], className="result-control-head"),
            html.Div([*parts, way_back], className=f"result-control-row of-{len(parts)}"),
            start,
        ],
        className="result-control",
    )


def _start(reading: Reading, decimals: int) -> dict[str, Any]:
    """Where a control stood, and how its value is written."""
    value = reading.row["value"]
    if not reading.is_number:
        return {"value": value, "text": reading.text, "unit": "", "decimals": 0}
    shown = _rounded(reading.shown(value), decimals)
    return {"value": shown, "text": reading.text, "unit": reading.unit_text, "decimals": decimals}
