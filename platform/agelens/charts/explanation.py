"""Waterfall chart of one prediction."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import (
    YEARS,
    Wire,
    amount,
    direction,
    escape,
    number,
    printed,
    value_text,
    wrapped,
)
from agelens.charts.waterfall_steps import CLIPPED_WORDS, IMPUTED_WORDS, End, Step, staircase

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
    return staircase(_start(result), shortened(steps, most, unit), _end(result), unit)


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
    imputed, clipped = all(o.imputed for o in others), any(o.clipped for o in others)
    return [*steps[:most], Step(name, "", change, hover, imputed, clipped)]


def _start(result: Wire) -> End:
    unit, base = result["unit"], result["base_value"]
    start_text = f"<b>Starting point</b> (base value): {number(base, unit)} {escape(unit)}"
    hover = f"{start_text}<br>{wrapped(result['base_meaning'])}"
    return End("Starting point", "base value", base, hover)


def _end(result: Wire) -> End:
    unit = result["unit"]
    name = "Biological age" if unit == YEARS else "Result"
    hover = f"<b>{name}</b> (prediction): {number(result['prediction'], unit)} {escape(unit)}"
    return End(name, "prediction", result["prediction"], hover)


def _step(row: Wire, unit: str, shown: str | None) -> Step:
    value = value_text(row) if shown is None else shown
    lines = [f"<b>{escape(row['label'])}</b>: {escape(value)}", _effect(row["years"], unit)]
    if row["imputed"]:
        lines.append(IMPUTED_WORDS)
    if row["clipped"]:
        lines.append(CLIPPED_WORDS)
    if row["reference_range"]:
        lines.append(f"Reference: {escape(_range_text(row['reference_range'], row['unit']))}")
    hover = "<br>".join(lines)
    return Step(row["label"], value, row["years"], hover, row["imputed"], row["clipped"])


def _effect(change: float, unit: str) -> str:
    return f"{amount(change, unit)} ({direction(change, unit)})"


def _range_text(reference: Mapping[str, Any], unit: str) -> str:
    low, high = reference["low"], reference["high"]
    bounds = f"{low} to {high}"
    if low is None or high is None:
        bounds = f"up to {high:g}" if low is None else f"from {low:g}"
    return f"{bounds} {printed(unit)}".rstrip()
