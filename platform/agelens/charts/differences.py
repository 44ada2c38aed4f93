"""Waterfall chart of the difference between two results."""

import plotly.graph_objects as go

from agelens.charts.changes import Change, changes, model_change
from agelens.charts.explanation import shortened
from agelens.charts.number_format import YEARS, Wire, amount, escape, number, printed
from agelens.charts.waterfall_steps import End, Step, staircase
from agelens.languages import _


def comparison(
    before: Wire,
    after: Wire,
    *,
    most: int = 8,
    version: Wire | None = None,
    predictions: tuple[float, float] | None = None,
) -> go.Figure:
    """From one prediction to the other by the difference of the base and of each factor.

    Parameters
    ----------
    before, after : mapping
        The results, by one version of the clock.
    most : int
        How many factors have a bar of their own.
    version : mapping, optional
        What a newer version of the clock does: `change`, `before` and `after`.
    predictions : tuple of float, optional
        What was predicted by whichever version did; those of the results when absent.

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
    if version:
        steps.insert(0, _version_step(version, unit))
    models = model_change(before, after)
    notes = [_("Different models: {models}", models=models)] if models else []
    first, second = predictions or (before["prediction"], after["prediction"])
    start_and_end = _end(_("Before"), first, unit), _end(_("After"), second, unit)
    return staircase(start_and_end[0], steps, start_and_end[1], unit, notes)


def _version_step(version: Wire, unit: str) -> Step:
    name, note = _("Version of the clock"), f"{version['before']} → {version['after']}"
    hover = f"<b>{name}</b>: {escape(note)}<br>{amount(version['change'], unit)}"
    return Step(name, note, version["change"], hover)


def _step(change: Change, unit: str) -> Step:
    hover = f"<b>{escape(change.label)}</b>: {escape(change.note)}<br>{amount(change.change, unit)}"
    return Step(change.label, change.note, change.change, hover, change.imputed, change.clipped)


def _end(name: str, prediction: float, unit: str) -> End:
    note = _("biological age") if unit == YEARS else _("result")
    value_text = f"{number(prediction, unit)} {printed(unit)}"
    return End(name, note, prediction, f"<b>{name}</b>: {escape(value_text)}")
