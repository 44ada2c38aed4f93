"""How certain the estimate is: its likely range, and the tests that would sharpen it."""

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.client import Task
from agelens.languages import N_, _
from dash import html

from dash_app import result_format
from dash_app.content import Component, Content
from dash_app.result_view.compared import age_of
from dash_app.result_view.sections import figure, section

TITLE = N_("How certain is this?")
LEAST_NARROWER, MOST_NARROWING = 0.05, 5


def certainty_section(task: Task) -> Component:
    """The interval, or why there is none, and what would make it narrower."""
    result, age = task.wire, age_of(task)
    chart = charts.estimate(result, chronological_age=age)
    drawn = [figure("result-estimate", chart, charts.sentence(result, age))] * (age is not None)
    return section(
        _(TITLE), html.P(interval_text(task)), *drawn, *narrowing(result), kind="certainty"
    )


def interval_text(task: Task) -> str:
    """The interval and its meaning; the clock's own reason when it has none."""
    result = task.wire
    interval, meaning = result["interval"], charts.interval_meaning(result)
    if interval is None:
        return " ".join(filter(None, [_("This clock gives no likely range."), meaning]))
    said = _(
        "The {level} range is {range} {unit}.",
        level=charts.share(interval["level"]),
        range=result_format.interval(task),
        unit=charts.printed(result["unit"]),
    )
    return f"{said} {meaning}".strip()


def narrowing(result: wire.Result) -> list[Content]:
    """What to measure next, when the service says so; it comes with the most useful first."""
    found = [
        entry
        for entry in result.get("narrowing") or ()
        if entry["width_now"] - entry["width_expected"] >= LEAST_NARROWER
    ]
    if not found:
        return []
    items = [html.Li(_narrower(entry, result["unit"])) for entry in found[:MOST_NARROWING]]
    return [
        dmc.Title(_("Tests that would sharpen this estimate"), order=3),
        html.P(_("Each of these would probably narrow the range:")),
        html.Ul(items),
    ]


def _narrower(entry: wire.ExpectedWidth, unit: str) -> str:
    now, then = (charts.number(entry[key], unit) for key in ("width_now", "width_expected"))
    return _(
        "{test}: from {now} to about {then} {unit} wide",
        test=entry["label"], now=now, then=then, unit=charts.printed(unit),
    )  # fmt: skip
