"""What the page shows of a cohort in each of its states."""

import dash_mantine_components as dmc
from agelens.client import Client, Cohort
from dash import dcc, html

from dash_app.content import Component
from dash_app.pages.cohorts import (
    deletion,
    downloads,
    draft_view,
    labels,
    progress,
    row_errors,
    summary,
)


def of(client: Client, cohort: Cohort) -> Component:
    """The state in words, or all results."""
    match cohort.status:
        case "draft":
            content = draft_view.view(client, cohort)
        case "queued" | "running":
            content = progress.view(cohort)
        case "succeeded":
            content = [
                summary.money(cohort),
                summary.section(cohort),
                downloads.section(cohort),
                row_errors.section(cohort),
            ]
        case _:
            content = [_ended(cohort)]
    active = cohort.status in ("queued", "running")
    return dmc.Stack(
        [
            _head(client, cohort),
            *content,
            None if active else deletion.section(cohort),
            dcc.Store(id="cohorts-id", data=cohort.id),
        ],
        gap="lg",
    )


def _head(client: Client, cohort: Cohort) -> Component:
    titles = {model.name: model.title for model in client.models} if cohort.model else {}
    parts = [
        labels.counted(cohort.rows, "row"),
        labels.counted(len(cohort.header), "column"),
        labels.FORMATS.get(cohort.format, cohort.format),
    ]
    if cohort.model and cohort.status != "draft":
        title = titles.get(cohort.model.name, cohort.model.name)
        parts.append(f"{title}, version {cohort.model.version}")
    return html.Div(
        [
            dmc.Anchor("All cohorts", href="/cohorts", size="sm"),
            dmc.Title(cohort.name, order=1, className="cohorts-name"),
            dmc.Text(" · ".join(parts), c="dimmed"),
        ]
    )


def _ended(cohort: Cohort) -> Component:
    """Failed or canceled: why, and what it cost."""
    canceled = cohort.status == "canceled"
    reason = cohort.error.message if cohort.error else "The reason is unknown."
    return dmc.Alert(
        [
            dmc.Text("You canceled this cohort." if canceled else reason),
            dmc.Text("You were not charged. All reserved credits are available again."),
            dmc.Anchor("Upload the file again", href="/cohorts", inherit=True, fw=600),
        ],
        title="Canceled" if canceled else "No results",
        color="gray" if canceled else "red",
        variant="light",
    )
