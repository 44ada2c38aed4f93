"""Both results, one beside the other, on the same scale."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Task
from dash import dcc, html

from dash_app import times
from dash_app.pages.compare import words

NAMES = ("Before", "After")
FAR_LEFT, FAR_RIGHT = 0.3, 0.7


def both(before: Task, after: Task, titles: Sequence[str]) -> Any:
    """A card for each."""
    figures = [_figure(before), _figure(after)]
    _same_scale(figures, (before, after))
    cards = [
        _card(name, task, title, figure)
        for name, task, title, figure in zip(NAMES, (before, after), titles, figures, strict=True)
    ]
    return dmc.SimpleGrid(cards, cols={"base": 1, "sm": 2})


def _card(name: str, task: Task, title: str, figure: Any) -> Any:
    wire = task.wire_result or {}
    facts = [
        dmc.Group(
            [dmc.Title(name, order=2, size="h4"), times.local(task.created_at)],
            justify="space-between",
        ),
        html.P(
            [html.Strong(words.number(wire["prediction"], wire["unit"])), f" {wire['unit']}"],
            className="compare-age",
        ),
        html.P(words.interval(wire), className=None if wire["interval"] else "compare-faint"),
        html.P(_gap(task)),
        dcc.Graph(
            figure=figure, config=charts.CONFIG, style={"height": f"{figure.layout.height}px"}
        ),
        html.P(f"{title}, version {task.model.version}", className="compare-faint"),
        dmc.Anchor("Open this result", href=f"/results/{task.id}", inherit=True),
    ]
    card = dmc.Paper(facts, withBorder=True, p="lg", h="100%")
    return html.Div(card, className="compare-side", role="group", **{"aria-label": name})


def _gap(task: Task) -> Any:
    wire = task.wire_result or {}
    if wire["unit"] != words.YEARS:
        return "This clock measures no age."
    if task.chronological_age is None:
        return "No age was given to compare it with."
    gap = wire["prediction"] - task.chronological_age
    shown = html.Span(charts.amount(gap), className=words.direction(gap))
    return [shown, f" against the age given, {task.chronological_age:g}"]


def _figure(task: Task) -> Any:
    wire: Mapping[str, Any] = task.wire_result or {}
    age = task.chronological_age if wire["unit"] == words.YEARS else None
    return charts.estimate(wire, chronological_age=age)


def _same_scale(figures: Sequence[Any], tasks: Sequence[Task]) -> None:
    """Else equal lengths would mean different numbers of years."""
    if len({(task.wire_result or {})["unit"] for task in tasks}) > 1:
        return
    ranges = [figure.layout.xaxis.range for figure in figures]
    span = [min(low for low, _ in ranges), max(high for _, high in ranges)]
    for figure in figures:
        figure.update_xaxes(range=span)
        figure.for_each_trace(lambda trace: _lean(trace, span), {"mode": "markers+text"})


def _lean(trace: Any, span: Sequence[float]) -> None:
    """Names near an end of the new scale lean inwards."""
    place = (trace.x[0] - span[0]) / (span[1] - span[0])
    side = "left" if place > FAR_RIGHT else "right" if place < FAR_LEFT else "center"
    trace.textposition = f"{trace.textposition.split()[0]} {side}"
