"""Waterfall chart of the difference between two results."""

import plotly.graph_objects as go

from agelens.charts.changes import Change, changes, model_change
from agelens.charts.explanation import shortened
from agelens.charts.number_format import YEARS, Wire, amount, escape, number
from agelens.charts.waterfall_steps import End, Step, staircase


def comparison(before: Wire, after: Wire, *, most: int = 8) -> go.Figure:
    """From one prediction to the other by the difference of the base and of each factor.

    Raises
    ------
    ValueError
        If the results are not in the same unit.
    """
    unit = after["unit"]
    if before["unit"] != unit:
        raise ValueError(f"{before['unit']} cannot be compared with {unit}")
    base, *factors = changes(before, after)
    steps = shortened([_step(change, unit) for change in factors], most, unit)
    if base.change:
        steps.insert(0, _step(base, unit))
    models = model_change(before, after)
    notes = [f"Different models: {models}"] if models else []
    return staircase(_end("Before", before), steps, _end("After", after), unit, notes)


def _step(change: Change, unit: str) -> Step:
    hover = f"<b>{escape(change.label)}</b>: {escape(change.note)}<br>{amount(change.change, unit)}"
    return Step(change.label, change.note, change.change, hover, change.imputed, change.clipped)


def _end(name: str, result: Wire) -> End:
    unit = result["unit"]
    note = "biological age" if unit == YEARS else "result"
    value_text = f"{number(result['prediction'], unit)} {unit}"
    return End(name, note, result["prediction"], f"<b>{name}</b>: {escape(value_text)}")
