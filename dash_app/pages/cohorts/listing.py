"""The list of a person's cohorts, newest first."""

from collections.abc import Callable, Mapping
from functools import partial

import dash_mantine_components as dmc
from agelens.client import Client, Cohort, Page
from dash import Dash, html

from dash_app import html_tables, load_more, results, times
from dash_app.content import Component
from dash_app.pages.cohorts import labels

COLUMNS = ("File", "When", "Clock", "Status", "Rows", "Scored", "Not scored", "Price")


def section(page: Page[Cohort], clocks: Mapping[str, str]) -> Component:
    """The newest, and earlier ones on request."""
    heading = dmc.Title("Your cohorts", order=2, size="h4", mb="xs")
    if not page.items:
        empty_text = "Nothing here yet. Your uploads will be listed here, newest first."
        return html.Section([heading, dmc.Text(empty_text)])
    return html.Section(
        [
            heading,
            html_tables.table(
                COLUMNS,
                [row(cohort, clocks) for cohort in page.items],
                caption="Cohorts, newest first",
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
            cohort.name,
            href=f"/cohorts/{cohort.id}",
            inherit=True,
            fw=600,
            className="cohorts-name",
        ),
        times.local(cohort.created_at),
        clocks.get(cohort.model.name, cohort.model.name) if cohort.model else None,
        status(cohort),
        f"{cohort.rows:,}",
        f"{cohort.rows_scored:,}" if done else _so_far(cohort),
        f"{cohort.rows_failed:,}" if done else None,
        price(cohort),
    )
    return html_tables.row(COLUMNS, cells)


def status(cohort: Cohort) -> Component:
    """Where it stands."""
    return dmc.Badge(
        labels.STATUSES.get(cohort.status, cohort.status),
        color=results.STATUS_COLOURS.get(cohort.status, "gray"),
        variant="light",
    )


def _so_far(cohort: Cohort) -> str | None:
    return f"{cohort.progress:.0%} done" if cohort.status == "running" else None


def price(cohort: Cohort) -> str | None:
    """What it has cost, or will at most."""
    match cohort.status:
        case "draft":
            return None
        case "queued" | "running":
            return f"up to {cohort.price:,}"
        case _:
            return f"{cohort.charged:,}" if cohort.charged else "nothing"
