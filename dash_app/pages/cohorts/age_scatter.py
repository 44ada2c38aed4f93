"""Results against chronological age: a point for each person, or for a sample of them."""

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.charts import count, number
from agelens.client import Cohort
from agelens.languages import N_, _
from dash import html

from dash_app import html_tables
from dash_app.content import Component
from dash_app.pages.cohorts import figures

COLUMNS = (N_("Age"), N_("People"), N_("Median"), N_("Middle 80 %"))


def section(cohort: Cohort) -> Component | None:
    """The figure, and a table by age where there are more people than points."""
    scatter = cohort.scatter()
    if not scatter["points"]:
        return None
    return html.Div(
        [
            dmc.Title(_("Results by age"), order=3, size="h4", mt="lg", mb="xs"),
            figures.figure("cohorts-scatter", charts.age_scatter(scatter), words(scatter)),
            _table(scatter),
        ]
    )


def words(scatter: wire.Scatter) -> str:
    """What the figure shows."""
    points = scatter["points"]
    ages = [point["age"] for point in points]
    results = [point["prediction"] for point in points]
    unit = scatter["unit"]
    return _(
        "Scatter of {drawn} of {rows} people: ages {youngest} to {oldest}, results {low} to {high} "
        "{unit}.",
        drawn=count(len(points)),
        rows=count(scatter["rows"]),
        youngest=number(min(ages)),
        oldest=number(max(ages)),
        low=number(min(results), unit),
        high=number(max(results), unit),
        unit=charts.printed(unit),
    )


def _table(scatter: wire.Scatter) -> Component | None:
    if not scatter["bands"]:
        return None
    unit = scatter["unit"]
    rows = [
        html_tables.row(
            COLUMNS,
            [
                _("{low} to {high}", low=count(band["age_from"]), high=count(band["age_to"] - 1)),
                count(band["n"]),
                number(band["median"], unit),
                _("{low} to {high}", low=number(band["p10"], unit), high=number(band["p90"], unit)),
            ],
        )
        for band in scatter["bands"]
    ]
    title = _("Results by age, of all people")
    return html.Details(
        [html.Summary(_("As a table")), html_tables.table(COLUMNS, rows, caption=title)],
        className="cohorts-as-table",
    )
