"""Why an age changed, as a figure."""

from html import escape

import plotly.graph_objects as go

from agelens.charts.explanation import shortened
from agelens.charts.steps import End, Step, staircase
from agelens.charts.wording import YEARS, Wire, amount, number, value_text

UNCHANGED = 1e-9


def comparison(before: Wire, after: Wire, *, most: int = 8) -> go.Figure:
    """From one prediction to the other by the difference of each factor and of the base.

    Raises
    ------
    ValueError
        If the results are not in the same unit.
    """
    unit = after["unit"]
    if before["unit"] != unit:
        raise ValueError(f"{before['unit']} cannot be compared with {unit}")
    steps = sorted(_factor_steps(before, after, unit), key=lambda step: -abs(step.change))
    steps = shortened(steps, most, unit)
    base = after["base_value"] - before["base_value"]
    if abs(base) > UNCHANGED:
        hover = f"<b>Starting point</b>: {amount(base, unit)}"
        steps.insert(0, Step("Starting point", _arrow(before, after, unit), base, hover))
    notes = [] if before["model"] == after["model"] else [model_change(before, after)]
    return staircase(_end("Before", before), steps, _end("After", after), unit, notes)


def model_change(before: Wire, after: Wire) -> str:
    """Which clocks the two results come from."""
    first, second = (f"{r['model']['name']} {r['model']['version']}" for r in (before, after))
    return f"Different models: {first} → {second}"


def _arrow(before: Wire, after: Wire, unit: str) -> str:
    return f"{number(before['base_value'], unit)} → {number(after['base_value'], unit)}"


def _end(name: str, result: Wire) -> End:
    unit = result["unit"]
    words = "biological age" if unit == YEARS else "result"
    told = f"{number(result['prediction'], unit)} {unit}"
    return End(name, words, result["prediction"], f"<b>{name}</b>: {escape(told)}")


def _factor_steps(before: Wire, after: Wire, unit: str) -> list[Step]:
    old, new = ({row["feature"]: row for row in r["contributions"]} for r in (before, after))
    steps = []
    for key in {**new, **old}:
        was, now = old.get(key), new.get(key)
        row = now or was or {}
        change = (now["years"] if now else 0.0) - (was["years"] if was else 0.0)
        if abs(change) <= UNCHANGED:
            continue
        note = _note(was, now)
        hover = f"<b>{escape(row['label'])}</b>: {escape(note)}<br>{amount(change, unit)}"
        imputed = any(r["imputed"] for r in (was, now) if r)
        clipped = any(r["clipped"] for r in (was, now) if r)
        steps.append(Step(row["label"], note, change, hover, imputed, clipped))
    return steps


def _note(was: Wire | None, now: Wire | None) -> str:
    first = value_text(was) if was else "not measured"
    second = value_text(now) if now else "not measured"
    return first if first == second else f"{first} → {second}"
