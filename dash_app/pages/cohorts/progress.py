"""Progress of a running cohort."""

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Cohort
from agelens.languages import _
from dash import dcc, html

from dash_app.content import Content
from dash_app.number_text import credits
from dash_app.pages.cohorts import labels

BETWEEN_LOOKS_MS = 500


def view(cohort: Cohort) -> list[Content]:
    """Until it has ended."""
    return [
        dmc.Paper(
            [
                html.Div(bar(cohort), id="cohorts-progress"),
                dmc.Text(
                    _(
                        "{credits} are reserved. You pay for scored rows only. You can close this "
                        "page; scoring continues.",
                        credits=credits(cohort.price),
                    ),
                    size="sm",
                    c="dimmed",
                    mb="md",
                ),
                dmc.Button(_("Cancel"), id="cohorts-cancel", variant="default"),
                dcc.Interval(id="cohorts-look", interval=BETWEEN_LOOKS_MS),
            ],
            withBorder=True,
            p="lg",
        )
    ]


def bar(cohort: Cohort) -> list[Content]:
    """How many rows are done."""
    done = _("{done} of {rows} done", done=count(cohort.rows_done), rows=labels.rows(cohort.rows))
    progress_text = _("Waiting for a worker") if cohort.status == "queued" else done
    return [
        dmc.Title(_("Scoring"), order=2, size="h4", mb="xs"),
        html.Div(
            [
                html.Progress(
                    max=str(max(1, cohort.rows)),
                    value=str(cohort.rows_done),
                    **{"aria-label": _("Rows done")},
                ),
                html.Span(progress_text),
            ],
            className="cohorts-progress",
        ),
        _waiting(cohort),
    ]


def _waiting(cohort: Cohort) -> Content:
    """Why nothing happens, while nothing happens."""
    if cohort.waiting_for is None:
        return None
    return dmc.Text(cohort.waiting_for["message"], size="sm", mb="xs")
