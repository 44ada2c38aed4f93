"""Single changes: each out-of-range factor moved to the nearest end of its range."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Client, Task
from dash import html

from dash_app import displayed_factors, results
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.result.reference_scale import standing
from dash_app.pages.result.what_if import movable

NONE_OUTSIDE = "All your values here are within their reference ranges."


def changes_list(client: Client, task: Task) -> list[Content] | None:
    """The list, the largest step to a younger age first; nothing when nothing can be moved."""
    _, schema = displayed_factors.schema_of(client, task)
    factors = movable(displayed_factors.factors_of(task, schema))
    if not factors:
        return None
    outside = [(r, edge) for r in factors if (edge := nearest_edge(r)) is not None]
    if not outside:
        return [dmc.Title("If one thing changed", order=3), html.P(NONE_OUTSIDE)]
    results = client.what_ifs(task.id, [{r.row["feature"]: edge} for r, edge in outside])
    return _list(task, outside, [result.prediction for result in results])


def nearest_edge(factor: DisplayedFactor) -> float | None:
    """The canonical edge of the usual range that the value is beyond; None when it is inside."""
    if factor.number is None:
        return None
    low, high = factor.usual
    edges = {"below": low, "above": high, "in range": None}
    return edges[standing(factor.number, low, high)]


def _list(
    task: Task, outside: Sequence[tuple[DisplayedFactor, float]], ages: Sequence[float]
) -> list[Content]:
    result = task.wire
    now, unit = result["prediction"], result["unit"]
    ordered = sorted(zip(outside, ages, strict=True), key=lambda entry: entry[1])
    return [
        dmc.Title("If one thing changed", order=3),
        html.P(
            "Each value outside its reference range, moved on its own to the nearest end of that range:"
        ),
        html.Ul([_item(r, edge, age, now, unit) for (r, edge), age in ordered]),
    ]


def _item(factor: DisplayedFactor, edge: float, age: float, now: float, unit: str) -> Component:
    change = charts.amount(age - now, unit)
    return html.Li(
        [
            f"{factor.row['label']} at {factor.rounded(edge)} instead of {factor.text}: ",
            f"the estimate would be {charts.number(age, unit)} {unit} (",
            html.Strong(change, className=results.change_class(change)),
            ").",
        ]
    )
