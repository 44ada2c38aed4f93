"""Single changes: each out-of-range factor moved to the nearest end of its range.

It is a one-at-a-time sensitivity analysis: every other factor stays as it was answered.
"""

from collections.abc import Sequence
from typing import NamedTuple

import dash_mantine_components as dmc
from agelens.charts import scenarios
from agelens.client import Client, Result, Task
from agelens.languages import N_, _
from dash import html

from dash_app import displayed_factors
from dash_app.content import Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.result.what_if import movable
from dash_app.result_view.reference_scale import standing

TITLE = N_("If one thing changed")
NONE_OUTSIDE = N_("All your values here are within their reference ranges.")
EACH = N_(
    "Each value outside its reference range, moved on its own to the nearest end of that range. Effects "
    "are counted from the clock's starting point, so one that is 0.0 today can still change:"
)


class SingleChange(NamedTuple):
    """One factor moved to the nearest canonical end of its range, and the result that this gives."""

    factor: DisplayedFactor
    edge: float
    result_after: Result


def changes_list(client: Client, task: Task) -> list[Content] | None:
    """The list, the largest step to a younger age first; nothing when nothing can be moved."""
    _model, schema = displayed_factors.schema_of(client, task)
    factors = movable(displayed_factors.factors_of(task, schema))
    if not factors:
        return None
    outside = [(f, edge) for f in factors if (edge := nearest_edge(f)) is not None]
    if not outside:
        return [dmc.Title(_(TITLE), order=3), html.P(_(NONE_OUTSIDE))]
    results_after = client.what_ifs(
        task.id, [{f.contribution["feature"]: edge} for f, edge in outside]
    )
    changes = [
        SingleChange(*each, after) for each, after in zip(outside, results_after, strict=True)
    ]
    return _list(task, changes)


def nearest_edge(factor: DisplayedFactor) -> float | None:
    """The canonical edge of the usual range that the value is beyond; None when it is inside."""
    if factor.number is None:
        return None
    low, high = factor.usual
    edges = {"below": low, "above": high, "in range": None}
    return edges[standing(factor.number, low, high)]


def _list(task: Task, changes: Sequence[SingleChange]) -> list[Content]:
    youngest_first = sorted(changes, key=lambda change: change.result_after.prediction)
    return [
        dmc.Title(_(TITLE), order=3),
        html.P(_(EACH)),
        html.Ul([html.Li(_sentence(task, change)) for change in youngest_first]),
    ]


def _sentence(task: Task, change: SingleChange) -> str:
    factor = change.factor
    values = (factor.text, factor.rounded(change.edge))
    return scenarios.change_sentence(
        task.wire, change.result_after.wire, factor.contribution["feature"], values
    )
