"""Rows that were scored with a warning, such as of an unusual value."""

from collections.abc import Callable

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Client, Cohort, Page, RowWarning
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, html_tables, load_more
from dash_app.content import Component
from dash_app.pages.cohorts import reason_groups

FIRST = 25
ROW, ID, WARNING = N_("Row"), N_("ID"), N_("Warning")


def section(cohort: Cohort) -> Component | None:
    """The first of them; nothing when there are none."""
    if not (cohort.summary and cohort.summary["warned"]):
        return None
    with api_client.client() as client:
        page = client.cohorts[cohort.id].warnings_page(limit=FIRST)
    has_id = cohort.id_column is not None
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
                columns_of(has_id),
                [row((warning, has_id)) for warning in page.items],
                caption=_("Rows with a warning"),
                body_id="cohorts-warned-rows",
                className="cohorts-faults",
            ),
            load_more.button(
                "cohorts-warned", page, {"cohort": cohort.id, "id_column": cohort.id_column}
            ),
        ]
    )


def columns_of(has_id: bool) -> tuple[str, ...]:
    """The id stands only where a column was named as such."""
    return (ROW, ID, WARNING) if has_id else (ROW, WARNING)


def row(warning_and_id: tuple[RowWarning, bool]) -> Component:
    """A row of the file, and whether it has an id."""
    warning, has_id = warning_and_id
    name = [html.Bdi(warning.id or "")] if has_id else []
    return html_tables.row(columns_of(has_id), [count(warning.row), *name, warning.message])


def register(app: Dash) -> None:
    """Further rows on request."""
    load_more.register(app, "cohorts-warned", _page_request, lambda client: row)


def _page_request(client: Client) -> Callable[..., Page[tuple[RowWarning, bool]]]:
    def page(*, cursor: str, cohort: str, id_column: str | None) -> Page[tuple[RowWarning, bool]]:
        warnings = client.cohorts[cohort].warnings_page(cursor=cursor, limit=FIRST)
        has_id = id_column is not None
        return Page(tuple((warning, has_id) for warning in warnings.items), warnings.next_cursor)

    return page
