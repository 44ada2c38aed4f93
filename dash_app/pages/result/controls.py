"""What-if controls: sliders and choices in the person's units."""

import math
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app import number_text
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor, with_unit


@dataclass(frozen=True)
class Range:
    """A slider in the person's unit."""

    low: float
    high: float
    step: float
    decimals: int


def range_of(factor: DisplayedFactor, *, trained: bool) -> Range | None:
    """Between what the clock has seen and what is plausible, always with the person's own value.

    `trained` is whether the schema's training range is that of the version that answered.
    """
    feature = factor.schema
    value = factor.number
    if feature is None or value is None or not feature["plausible"]:
        return None
    low, high = feature["plausible"]
    if trained and feature.get("training"):
        low, high = max(low, feature["training"][0]), min(high, feature["training"][1])
    low, high = min(low, value), max(high, value)
    decimals = number_text.decimals(feature, factor.unit)
    step = 10.0**-decimals
    ends = sorted((factor.shown(low), factor.shown(high)))
    own = factor.shown(value)
    first = min(own, math.ceil(ends[0] / step - 1e-9) * step)
    last = max(own, math.floor(ends[1] / step + 1e-9) * step)
    return Range(_rounded(first, decimals), _rounded(last, decimals), step, decimals)


def _rounded(shown: float, decimals: int) -> float:
    return round(shown, decimals + 6)


def control(factor: DisplayedFactor, trained: bool) -> Component | None:
    """The control, what it says, and its way back; None where no bounds are known."""
    row, number = factor.row, factor.number
    if number is None:
        return _choice(factor)
    found = range_of(factor, trained=trained)
    if found is None:
        return None
    name = {"type": "result-slider", "feature": row["feature"]}
    slider = dmc.Slider(
        id=name,
        value=_rounded(factor.shown(number), found.decimals),
        min=found.low,
        max=found.high,
        step=found.step,
        precision=found.decimals,
        updatemode="drag",
        label=None,
        thumbLabel=f"{row['label']}, {factor.unit}",
        thumbSize=22,
    )
    ends = [html.Span(with_unit(end, "")) for end in (found.low, found.high)]
    return _framed(factor, [ends[0], slider, ends[1]], found.decimals)


def _choice(factor: DisplayedFactor) -> Component:
    row, feature = factor.row, factor.schema or {}
    select = dmc.Select(
        id={"type": "result-choice", "feature": row["feature"]},
        value=row["value"],
        data=list(feature["choices"]),
        allowDeselect=False,
        **{"aria-label": row["label"]},
    )
    return _framed(factor, [select], 0)


def _framed(factor: DisplayedFactor, parts: list[Content], decimals: int) -> Component:
    key, label = factor.row["feature"], factor.row["label"]
    value = html.Span(factor.text, id=f"result-value-{key}")
    reset = dmc.Button(
        "Reset",
        id={"type": "result-reset", "feature": key},
        size="compact-sm",
        variant="subtle",
        **{"aria-label": f"Reset {label}"},
    )
    way_back = html.Span(reset, id=f"result-reset-{key}", hidden=True)
    start = dcc.Store(id={"type": "result-start", "feature": key}, data=_start(factor, decimals))
    return html.Div(
        [
            html.Div([html.Strong(label), value], className="result-control-head"),
            html.Div([*parts, way_back], className=f"result-control-row of-{len(parts)}"),
            start,
        ],
        className="result-control",
    )


def _start(factor: DisplayedFactor, decimals: int) -> dict[str, object]:
    """Where a control stood, and how its value is written."""
    value = factor.number
    if value is None:
        return {"value": factor.row["value"], "text": factor.text, "unit": "", "decimals": 0}
    shown = _rounded(factor.shown(value), decimals)
    return {"value": shown, "text": factor.text, "unit": factor.unit_text, "decimals": decimals}
