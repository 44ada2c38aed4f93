"""Rows that were scored with a warning, such as of an unusual value."""

from collections.abc import Callable

import dash_mantine_components as dmc
from agelens.client import Client, Cohort, Page, RowWarning
from dash import Dash, html

from dash_app import access, html_tables, load_more
from dash_app.content import Component

FIRST = 25


def section(cohort: Cohort) -> Component | None:
    """The first of them; nothing when there are none."""
    if not (cohort.summary and cohort.summary["warned"]):
        return None
    with access.client() as client:
        page = client.cohorts[cohort.id].warnings_page(limit=FIRST)
    named = cohort.id_column is not None
    return html.Section(
        [
            dmc.Title("Rows with a warning", order=2, size="h3", mb="xs"),
            html.P("These rows were scored. Look at them before you rely on their results."),
            html_tables.table(
                columns_of(named),
                [row((warning, named)) for warning in page.items],
                caption="Rows with a warning",
                body_id="cohorts-warned-rows",
                className="cohorts-faults",
            ),
            load_more.button(
                "cohorts-warned", page, {"cohort": cohort.id, "id_column": cohort.id_column}
            ),
        ]
    )


def columns_of(named: bool) -> tuple[str, ...]:
    """The id stands only where a column was named as such."""
    return ("Row", "ID", "Warning") if named else ("Row", "Warning")


def row(found: tuple[RowWarning, bool]) -> Component:
    """A row of the file, and whether it has an id."""
    warning, named = found
    name = [warning.id or ""] if named else []
    return html_tables.row(columns_of(named), [f"{warning.row:,}", *name, warning.message])


def register(app: Dash) -> None:
    """Further rows on request."""
    load_more.register(app, "cohorts-warned", _ask, lambda client: row)


def _ask(client: Client) -> Callable[..., Page[tuple[RowWarning, bool]]]:
    def page(*, cursor: str, cohort: str, id_column: str | None) -> Page[tuple[RowWarning, bool]]:
        found = client.cohorts[cohort].warnings_page(cursor=cursor, limit=FIRST)
        named = id_column is not None
        return Page(tuple((warning, named) for warning in found.items), found.next_cursor)

    return page
