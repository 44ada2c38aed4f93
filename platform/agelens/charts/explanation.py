"""What a prediction is made of, as a figure."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from agelens.charts.steps import End, Step, staircase
from agelens.charts.wording import (
    YEARS,
    Wire,
    amount,
    direction,
    number,
    printed,
    value_text,
    wrapped,
)

HOVER_ROWS = 12


def waterfall(result: Wire, *, most: int = 8, values: Mapping[str, str] | None = None) -> go.Figure:
    """From the base value, factor by factor, to the prediction; the largest factors come first.

    Parameters
    ----------
    result : mapping
        As the API tells it.
    most : int
        How many factors have a bar of their own; the others share the last one.
    values : mapping of str to str, optional
        What to show, by feature, instead of the canonical value and unit.
    """
    unit = result["unit"]
    rows = sorted(result["contributions"], key=lambda row: -abs(row["years"]))
    steps = [_step(row, unit, (values or {}).get(row["feature"])) for row in rows]
    start = End("Start", "before any factor", result["base_value"], _start_hover(result))
    name = "Biological age" if unit == YEARS else "Result"
    hover = f"<b>{name}</b><br>{number(result['prediction'], unit)} {escape(unit)}"
    end = End(name, unit, result["prediction"], hover)
    return staircase(start, shortened(steps, most, unit), end, unit)


def shortened(steps: Sequence[Step], most: int, unit: str) -> list[Step]:
    """The first steps, and one for all others; one that would be alone there keeps its name."""
    if len(steps) <= most + 1:
        return list(steps)
    others = steps[most:]
    change = sum(step.change for step in others)
    lines = [f"{escape(step.name)}: {amount(step.change, unit)}" for step in others[:HOVER_ROWS]]
    if len(others) > HOVER_ROWS:
        lines.append(f"and {len(others) - HOVER_ROWS} more")
    name = f"Other {len(others)} factors"
    hover = "<br>".join([f"<b>{name}</b>: {amount(change, unit)}", *lines])
    return [*steps[:most], Step(name, "", change, hover)]


def _step(row: Wire, unit: str, shown: str | None) -> Step:
    value = value_text(row) if shown is None else shown
    lines = [f"<b>{escape(row['label'])}</b>: {escape(value)}", _effect(row["years"], unit)]
    if row["imputed"]:
        lines.append("Not measured: the clock assumed a value")
    if row["clipped"]:
        lines.append("Beyond the training data: counts as its limit")
    if row["reference_range"]:
        lines.append(escape(f"Usual: {_range_text(row['reference_range'], row['unit'])}"))
    return Step(
        row["label"], value, row["years"], "<br>".join(lines), row["imputed"], row["clipped"]
    )


def _effect(change: float, unit: str) -> str:
    words = direction(change, unit)
    return words.capitalize() if not change else f"{amount(change, unit)} ({words})"


def _range_text(reference: Mapping[str, Any], unit: str) -> str:
    low, high = reference.get("low"), reference.get("high")
    if low is None or high is None:
        bound = f"up to {high:g}" if low is None else f"from {low:g}"
        return f"{bound} {printed(unit)}"
    return f"{low:g} to {high:g} {printed(unit)}"


def _start_hover(result: Wire) -> str:
    start = f"<b>Start</b>: {number(result['base_value'], result['unit'])} {result['unit']}"
    return f"{start}<br>{wrapped(result['base_meaning'])}"
