"""Rows that were not scored, with reasons."""

from collections.abc import Callable

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Client, Cohort, Page, RowProblem
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, html_tables, load_more
from dash_app.content import Component
from dash_app.pages.cohorts import labels, reason_groups

FIRST = 25
ROW, ID, REASON = N_("Row"), N_("ID"), N_("Reason")


def section(cohort: Cohort) -> Component | None:
    """The most frequent reasons, and the rows; nothing when all were scored."""
    if not cohort.rows_failed:
        return None
    with api_client.client() as client:
        page = client.cohorts[cohort.id].errors_page(limit=FIRST)
    has_id = cohort.id_column is not None
    return html.Section(
        [
            dmc.Title(_("Rows not scored"), order=2, size="h3", mb="xs"),
            _reasons(cohort),
            html_tables.table(
                columns_of(has_id),
                [row((problem, has_id)) for problem in page.items],
                caption=_("Rows not scored, with reasons"),
                body_id="cohorts-faults-rows",
                className="cohorts-faults",
            ),
            load_more.button(
                "cohorts-faults", page, {"cohort": cohort.id, "id_column": cohort.id_column}
            ),
        ]
    )


def _reasons(cohort: Cohort) -> Component:
    """In groups; of a cohort that was scored by AgeLens 0.4 or before only as they were counted then."""
    groups = cohort.summary.get("grouped_errors") if cohort.summary else None
    if groups is not None:
        return reason_groups.table(
            groups,
            caption=_("Reasons, the most frequent first"),
            body_id="cohorts-error-groups",
        )
    counted = cohort.summary["errors"] if cohort.summary else []
    reasons = [
        _("{rows}: {reason}", rows=labels.rows(each["rows"]), reason=each["reason"])
        for each in counted
    ]
    return html.Ul([html.Li(text) for text in reasons], className="cohorts-reasons")


def columns_of(has_id: bool) -> tuple[str, ...]:
    """The id stands only where a column was named as such."""
    return (ROW, ID, REASON) if has_id else (ROW, REASON)


def row(problem_and_id: tuple[RowProblem, bool]) -> Component:
    """A row of the file, and whether it has an id."""
    problem, has_id = problem_and_id
    name = [html.Bdi(problem.id or "")] if has_id else []
    return html_tables.row(columns_of(has_id), [count(problem.row), *name, problem.message])


def register(app: Dash) -> None:
    """Further rows on request."""
    load_more.register(app, "cohorts-faults", _page_request, lambda client: row)


def _page_request(client: Client) -> Callable[..., Page[tuple[RowProblem, bool]]]:
    def page(*, cursor: str, cohort: str, id_column: str | None) -> Page[tuple[RowProblem, bool]]:
        problems = client.cohorts[cohort].errors_page(cursor=cursor, limit=FIRST)
        has_id = id_column is not None
        return Page(tuple((problem, has_id) for problem in problems.items), problems.next_cursor)

    return page
