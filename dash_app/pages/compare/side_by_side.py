"""Two results side by side on the same scale."""

from collections.abc import Sequence

import dash_mantine_components as dmc
import plotly.graph_objects as go
from agelens import charts, languages, wire
from agelens.client import Task
from agelens.languages import _
from dash import dcc, html

from dash_app import result_format
from dash_app.content import Component, Content
from dash_app.pages.compare import comparison_text

NAMES = (comparison_text.BEFORE, comparison_text.AFTER)


def cards_grid(before: Task, after: Task, titles: Sequence[str]) -> Component:
    """A card for each."""
    figures = _on_one_scale(before, after)
    cards = [
        _card(_(name), task, title, figure)
        for name, task, title, figure in zip(NAMES, (before, after), titles, figures, strict=True)
    ]
    return dmc.SimpleGrid(cards, cols={"base": 1, "sm": 2})


def _card(name: str, task: Task, title: str, figure: go.Figure) -> Component:
    wire = task.wire
    facts = [
        dmc.Group(
            [dmc.Title(name, order=2, size="h4"), _day(task)],
            justify="space-between",
        ),
        html.P(
            [
                html.Strong(charts.number(wire["prediction"], wire["unit"])),
                f" {charts.printed(wire['unit'])}",
            ],
            className="compare-age",
        ),
        html.P(
            comparison_text.interval(task), className=None if wire["interval"] else "compare-faint"
        ),
        html.P(_gap(task)),
        dcc.Graph(
            figure=figure, config=charts.CONFIG, style={"height": f"{figure.layout.height}px"}
        ),
        html.P(
            _("{clock}, version {version}", clock=title, version=task.model.version),
            className="compare-faint",
        ),
        dmc.Anchor(_("Open this result"), href=f"/results/{task.id}", inherit=True),
    ]
    card = dmc.Paper(facts, withBorder=True, p="lg", h="100%")
    return html.Div(card, className="compare-side", role="group", **{"aria-label": name})


def _day(task: Task) -> str:
    """The day of the blood draw; a task of long ago has that of its making."""
    return languages.day(task.measured_on or task.created_at)


def _gap(task: Task) -> str | list[Content]:
    wire = task.wire
    if wire["unit"] != comparison_text.YEARS:
        return _("This clock does not measure age.")
    gap = result_format.gap_years(task)
    if gap is None:
        return _("No age was entered to compare with.")
    amount = charts.amount(gap)
    span = html.Span(amount, className=result_format.change_class(amount))
    age = task.chronological_age
    if not isinstance(age, int | float):
        return [span]
    return [span, " ", _("compared with the age entered, {age}", age=charts.plain(age))]


def _on_one_scale(*tasks: Task) -> list[Content]:
    """Else equal lengths would mean different numbers of years; other units have scales of their own."""
    wires: list[wire.Result] = [task.wire for task in tasks]
    ages = [
        float(task.chronological_age)
        if task.chronological_age is not None and wire["unit"] == comparison_text.YEARS
        else None
        for task, wire in zip(tasks, wires, strict=True)
    ]
    results = list(zip(wires, ages, strict=True))
    span = None
    if len({wire["unit"] for wire in wires}) == 1:
        spans = [charts.estimate_span(wire, chronological_age=age) for wire, age in results]
        span = min(low for low, _ in spans), max(high for _, high in spans)
    return [charts.estimate(wire, chronological_age=age, span=span) for wire, age in results]
