"""The list of a person's cohorts, newest first."""

from collections.abc import Callable, Mapping
from functools import partial

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Client, Cohort, Page
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import html_tables, load_more, result_format, times
from dash_app.content import Component
from dash_app.pages.cohorts import labels

COLUMNS = (
    *(N_("File"), N_("When"), N_("Clock"), N_("Status"), N_("Rows"), N_("Scored")),
    *(N_("Not scored"), N_("Price")),
)


def section(page: Page[Cohort], clocks: Mapping[str, str]) -> Component:
    """The newest, and earlier ones on request."""
    heading = dmc.Title(_("Your cohorts"), order=2, size="h4", mb="xs")
    if not page.items:
        empty_text = _("Nothing here yet. Your uploads will be listed here, newest first.")
        return html.Section([heading, dmc.Text(empty_text)])
    return html.Section(
        [
            heading,
            html_tables.table(
                COLUMNS,
                [row(cohort, clocks) for cohort in page.items],
                caption=_("Cohorts, newest first"),
                body_id="cohorts-rows",
                className="cohorts-table",
            ),
            load_more.button("cohorts", page),
        ]
    )


def register(app: Dash) -> None:
    """Earlier cohorts, below those that are there."""
    load_more.register(app, "cohorts", lambda client: client.cohorts.page, _row)


def _row(client: Client) -> Callable[[Cohort], Component]:
    return partial(row, clocks={model.name: model.title for model in client.models})


def row(cohort: Cohort, clocks: Mapping[str, str]) -> Component:
    """A cohort, and the way to it."""
    done = cohort.status == "succeeded"
    cells = (
        dmc.Anchor(
            html.Bdi(cohort.name),
            href=f"/cohorts/{cohort.id}",
            inherit=True,
            fw=600,
            className="cohorts-name",
        ),
        times.local(cohort.created_at),
        clocks.get(cohort.model.name, cohort.model.name) if cohort.model else None,
        status(cohort),
        count(cohort.rows),
        count(cohort.rows_scored) if done else _so_far(cohort),
        count(cohort.rows_failed) if done else None,
        price(cohort),
    )
    return html_tables.row(COLUMNS, cells)


def status(cohort: Cohort) -> Component:
    """Where it stands."""
    return dmc.Badge(
        _(labels.STATUSES.get(cohort.status, cohort.status)),
        color=result_format.STATUS_COLOURS.get(cohort.status, "gray"),
        variant="light",
    )


def _so_far(cohort: Cohort) -> str | None:
    if cohort.status != "running":
        return None
    return _("{percent}% done", percent=count(100 * cohort.progress))


def price(cohort: Cohort) -> str | None:
    """What it has cost, or will at most."""
    match cohort.status:
        case "draft":
            return None
        case "queued" | "running":
            return _("up to {credits}", credits=count(cohort.price))
        case _:
            return count(cohort.charged) if cohort.charged else _("nothing")
