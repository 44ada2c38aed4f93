"""Rows that were scored with a warning, such as of an unusual value."""

from collections.abc import Callable

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Client, Cohort, Page, RowWarning
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import access, html_tables, load_more
from dash_app.content import Component
from dash_app.pages.cohorts import reason_groups

FIRST = 25
ROW, ID, WARNING = N_("Row"), N_("ID"), N_("Warning")


def section(cohort: Cohort) -> Component | None:
    """The first of them; nothing when there are none."""
    if not (cohort.summary and cohort.summary["warned"]):
        return None
    with access.client() as client:
        page = client.cohorts[cohort.id].warnings_page(limit=FIRST)
    named = cohort.id_column is not None
    return html.Section(
        [
            dmc.Title(_("Rows with a warning"), order=2, size="h3", mb="xs"),
            html.P(_("These rows were scored. Look at them before you rely on their results.")),
            reason_groups.table(
                cohort.summary.get("grouped_warnings", ()),
                caption=_("Warnings, the most frequent first"),
                body_id="cohorts-warning-groups",
            ),
            html_tables.table(
                columns_of(named),
                [row((warning, named)) for warning in page.items],
                caption=_("Rows with a warning"),
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
    return (ROW, ID, WARNING) if named else (ROW, WARNING)


def row(found: tuple[RowWarning, bool]) -> Component:
    """A row of the file, and whether it has an id."""
    warning, named = found
    name = [html.Bdi(warning.id or "")] if named else []
    return html_tables.row(columns_of(named), [count(warning.row), *name, warning.message])


def register(app: Dash) -> None:
    """Further rows on request."""
    load_more.register(app, "cohorts-warned", _ask, lambda client: row)


def _ask(client: Client) -> Callable[..., Page[tuple[RowWarning, bool]]]:
    def page(*, cursor: str, cohort: str, id_column: str | None) -> Page[tuple[RowWarning, bool]]:
        found = client.cohorts[cohort].warnings_page(cursor=cursor, limit=FIRST)
        named = id_column is not None
        return Page(tuple((warning, named) for warning in found.items), found.next_cursor)

    return page
