"""Single changes: each out-of-range factor moved to the nearest end of its range."""

from collections.abc import Sequence

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


def changes_list(client: Client, task: Task) -> list[Content] | None:
    """The list, the largest step to a younger age first; nothing when nothing can be moved."""
    _model, schema = displayed_factors.schema_of(client, task)
    factors = movable(displayed_factors.factors_of(task, schema))
    if not factors:
        return None
    outside = [(r, edge) for r in factors if (edge := nearest_edge(r)) is not None]
    if not outside:
        return [dmc.Title(_(TITLE), order=3), html.P(_(NONE_OUTSIDE))]
    found = client.what_ifs(task.id, [{r.row["feature"]: edge} for r, edge in outside])
    return _list(task, outside, found)


def nearest_edge(factor: DisplayedFactor) -> float | None:
    """The canonical edge of the usual range that the value is beyond; None when it is inside."""
    if factor.number is None:
        return None
    low, high = factor.usual
    edges = {"below": low, "above": high, "in range": None}
    return edges[standing(factor.number, low, high)]


def _list(
    task: Task, outside: Sequence[tuple[DisplayedFactor, float]], found: Sequence[Result]
) -> list[Content]:
    together = zip(outside, found, strict=True)
    ordered = sorted(together, key=lambda entry: entry[1].prediction)
    return [
        dmc.Title(_(TITLE), order=3),
        html.P(_(EACH)),
        html.Ul([html.Li(_sentence(task, r, edge, after)) for (r, edge), after in ordered]),
    ]


def _sentence(task: Task, factor: DisplayedFactor, edge: float, after: Result) -> str:
    values = (factor.text, factor.rounded(edge))
    return scenarios.change_sentence(task.wire, after.wire, factor.row["feature"], values)
