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
    plain,
    printed,
    signed,
    value_text,
    whole,
    wrapped,
)
from agelens.charts.plain_words import follows_age, follows_sex, starting_point
from agelens.charts.waterfall_steps import CLIPPED_WORDS, IMPUTED_WORDS, End, Step, staircase
from agelens.languages import N_, _, ngettext

HOVER_ROWS = 12
FOR_SEX = N_("age {age}, {added} for age and sex")
FOR_AGE = N_("age {age}, {added} for age")


def waterfall(
    result: Wire,
    *,
    most: int = 8,
    values: Mapping[str, str] | None = None,
    chronological_age: float | None = None,
) -> go.Figure:
    """From the base value, factor by factor, to the prediction; the largest factors come first.

    Parameters
    ----------
    result : mapping
        As the API tells it.
    most : int
        How many factors have a bar of their own; the others share the last one.
    values : mapping of str to str, optional
        What to show, by feature, instead of the canonical value and unit.
    chronological_age : float, optional
        Years; splits the starting point into age and what age and sex add to it.
    """
    unit = result["unit"]
    rows = sorted(result["contributions"], key=lambda row: -abs(row["years"]))
    steps = [_step(row, unit, (values or {}).get(row["feature"])) for row in rows]
    return staircase(
        start(result, chronological_age), shortened(steps, most, unit), end(result), unit
    )


def shortened(steps: Sequence[Step], most: int, unit: str) -> list[Step]:
    """The first steps, and one for all others; one that would be alone there keeps its name."""
    if len(steps) <= most + 1:
        return list(steps)
    others = steps[most:]
    change = sum(step.change for step in others)
    lines = [f"{escape(step.name)}: {amount(step.change, unit)}" for step in others[:HOVER_ROWS]]
    if len(others) > HOVER_ROWS:
        lines.append(_("and {n} more", n=len(others) - HOVER_ROWS))
    name = ngettext("Other {n} factor", "Other {n} factors", len(others), n=len(others))
    hover = "<br>".join([f"<b>{name}</b>: {amount(change, unit)}", *lines])
    imputed, clipped = all(o.imputed for o in others), any(o.clipped for o in others)
    return [*steps[:most], Step(name, "", change, hover, imputed, clipped)]


def start(result: Wire, chronological_age: float | None = None) -> End:
    """The starting point; where it follows the person's age, with what age and sex add to that."""
    unit, base = result["unit"], result["base_value"]
    note = ""
    if chronological_age is not None and follows_age(result):
        added = signed(base - chronological_age, unit)
        text = FOR_SEX if follows_sex(result) else FOR_AGE
        note = _(text, age=whole(chronological_age), added=added)
        if not added.strip("0.,"):
            note = _("your age")
    title = _("Starting point")
    value = f"{number(base, unit)} {escape(printed(unit))}"
    return End(title, note, base, f"<b>{title}</b>: {value}<br>{wrapped(starting_point(result))}")


def end(result: Wire) -> End:
    """The result itself."""
    unit = result["unit"]
    name = _("Biological age") if unit == YEARS else _("Result")
    value = f"{number(result['prediction'], unit)} {escape(printed(unit))}"
    return End(name, "", result["prediction"], f"<b>{name}</b>: {value}")


def _step(row: Wire, unit: str, text: str | None) -> Step:
    value = value_text(row) if text is None else text
    lines = [f"<b>{escape(row['label'])}</b>: {escape(value)}", effect(row["years"], unit)]
    if row["imputed"]:
        lines.append(_(IMPUTED_WORDS))
    if row["clipped"]:
        lines.append(_(CLIPPED_WORDS))
    if row["reference_range"]:
        reference = _range_text(row["reference_range"], row["unit"])
        lines.append(_("Reference: {range}", range=escape(reference)))
    hover = "<br>".join(lines)
    return Step(row["label"], value, row["years"], hover, row["imputed"], row["clipped"])


def effect(change: float, unit: str) -> str:
    """A change and its direction: "+2.1 years (older)"."""
    return f"{amount(change, unit)} ({direction(change, unit)})"


def _range_text(reference: Mapping[str, Any], unit: str) -> str:
    low, high = (
        None if reference[end] is None else plain(reference[end]) for end in ("low", "high")
    )
    if low is None or high is None:
        bounds = _("up to {high}", high=high) if low is None else _("from {low}", low=low)
    else:
        bounds = _("{low} to {high}", low=low, high=high)
    return f"{bounds} {printed(unit)}".rstrip()
