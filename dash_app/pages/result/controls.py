"""The workbench's controls: sliders on their response curves, numbers to type, choices."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.client.slider_ranges import SliderRange, rounded, slider_range
from agelens.languages import _
from dash import dcc, html

from dash_app import number_text
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor, with_unit


def range_of(factor: DisplayedFactor, *, trained: bool) -> SliderRange | None:
    """The factor's slider; None where no bounds are known.

    `trained` is whether the schema's training range is that of the version that answered.
    """
    feature, value = factor.schema, factor.number
    if feature is None or value is None or not feature["plausible"]:
        return None
    return slider_range(feature, factor.unit, value, trained=trained)


def control(factor: DisplayedFactor, trained: bool) -> Component | None:
    """The control and its way back; None where no bounds are known."""
    if factor.number is None:
        return _choice(factor)
    slider_range = range_of(factor, trained=trained)
    return None if slider_range is None else _slider(factor, slider_range)


def _slider(factor: DisplayedFactor, slider_range: SliderRange) -> Component:
    key, label = factor.contribution["feature"], factor.contribution["label"]
    start = start_of(factor, slider_range.decimals)
    slider = dmc.Slider(
        id={"type": "result-slider", "feature": key},
        value=start["value"],
        min=slider_range.low,
        max=slider_range.high,
        step=slider_range.step,
        precision=slider_range.decimals,
        updatemode="drag",
        label=None,
        thumbLabel=f"{label}, {factor.unit_text}",
        thumbSize=22,
    )
    ends = [html.Span(with_unit(end, "")) for end in (slider_range.low, slider_range.high)]
    parts: list[Content] = [
        html.Div(id=f"result-track-{key}", className="workbench-track"),
        slider,
        html.Div(ends, className="workbench-ends"),
        html.Div(id=f"result-track-text-{key}", className="workbench-note"),
    ]
    return _framed(factor, _number_field(factor, start, slider_range), parts, start)


def _number_field(
    factor: DisplayedFactor, start: dict[str, object], slider_range: SliderRange
) -> Component:
    """The value as a number, for who knows it or cannot drag; the script reads and writes it."""
    key = factor.contribution["feature"]
    label = _(
        "{factor}, as a number in {unit}",
        factor=factor.contribution["label"],
        unit=factor.unit_text,
    )
    if not factor.unit_text:
        label = _("{factor}, as a number", factor=factor.contribution["label"])
    low, high = (with_unit(end, "") for end in (slider_range.low, slider_range.high))
    box = dcc.Input(
        id=f"result-typed-{key}",
        type="text",
        inputMode="decimal",
        autoComplete="off",
        value=start["typed"],
        debounce=True,
        className="workbench-typed",
    )
    # its own label: dcc.Input passes no aria-label on
    return html.Label(
        [
            html.Span(label, className="unseen"),
            box,
            html.Span(factor.unit_text, **{"aria-hidden": "true"}),
        ],
        title=_("From {low} to {high}", low=low, high=high),
        className="workbench-number",
    )


def _choice(factor: DisplayedFactor) -> Component:
    row, feature = factor.contribution, factor.schema or {}
    key = row["feature"]
    select = dmc.Select(
        id={"type": "result-choice", "feature": key},
        value=row["value"],
        data=[{"value": each, "label": charts.choice(each)} for each in feature["choices"]],
        allowDeselect=False,
        **{"aria-label": row["label"]},
    )
    note = html.Div(id=f"result-track-text-{key}", className="workbench-note")
    return _framed(factor, None, [select, note], start_of(factor, 0))


def _framed(
    factor: DisplayedFactor,
    typed: Component | None,
    parts: list[Content],
    start: dict[str, object],
) -> Component:
    key, label = factor.contribution["feature"], factor.contribution["label"]
    was = html.Span(
        [_("was {value}", value=factor.text), " ", _reset(key, label)],
        id=f"result-was-{key}",
        className="workbench-was",
        hidden=True,
    )
    return html.Div(
        [
            html.Div([html.Strong(label), was, typed], className="workbench-head"),
            *parts,
            dcc.Store(id={"type": "result-start", "feature": key}, data=start),
        ],
        className="workbench-control",
    )


def _reset(key: str, label: str) -> Component:
    return dmc.Button(
        _("Reset"),
        id={"type": "result-reset", "feature": key},
        size="compact-sm",
        variant="subtle",
        **{"aria-label": _("Reset {factor}", factor=label)},
    )


def start_of(factor: DisplayedFactor, decimals: int) -> dict[str, object]:
    """Where a control stood, and how its value is written."""
    value, feature = factor.number, factor.schema
    if value is None or feature is None:
        return {"value": factor.contribution["value"], "typed": "", "decimals": 0}
    return {
        "value": rounded(factor.in_unit(value), decimals),
        "typed": number_text.as_typed(feature, value, factor.unit),
        "decimals": decimals,
    }
