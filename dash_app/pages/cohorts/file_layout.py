"""Choose the sheet and the row that names the columns, among the first rows of the file."""

from typing import Any

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import ClientError, Cohort, FileLayout, Unauthenticated
from agelens.languages import N_, _
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.dependencies import ALL

from dash_app import api_client, problems, routing
from dash_app.content import Component, Content
from dash_app.pages.cohorts.column_matching import shortened

USE = "cohorts-header-row"
SHEET = "cohorts-other-sheet"
TITLE = N_("First rows of the file")


def section(cohort: Cohort, layout: FileLayout, *, is_open: bool) -> Component:
    """The first rows, of which each can be taken for the header; open where it may be another one."""
    title = _(TITLE)
    return html.Details(
        [
            html.Summary(title),
            _sheets(layout),
            html.Div(
                _table(layout, title),
                className="cohorts-wide",
                tabIndex=0,
                role="group",
                **{"aria-label": title},
            ),
            None if layout.can_change else _fixed(),
            html.Div(id="cohorts-layout-answer", role="alert"),
        ],
        open=is_open,
        className="cohorts-rows-of-file",
    )


def _fixed() -> Component:
    return dmc.Text(
        _(
            "To choose another header row, upload the file again and give the row there: it is too "
            "large to be kept here."
        ),
        size="sm",
        c="dimmed",
    )


def _sheets(layout: FileLayout) -> Content:
    """The other sheets of a workbook."""
    if len(layout.sheets) < 2 or not layout.can_change:
        return html.Div(dmc.Select(id=SHEET, data=[], value=None), className="unasked")
    return dmc.Select(
        id=SHEET,
        label=_("Sheet"),
        data=[{"value": name, "label": name} for name in layout.sheets],
        value=layout.sheet,
        allowDeselect=False,
        maw=320,
        mt="xs",
    )


def _table(layout: FileLayout, title: str) -> Component:
    width = max(map(len, layout.first_rows), default=0)
    return html.Table(
        [
            html.Caption(title, className="unseen"),
            html.Thead(
                html.Tr(
                    [html.Th(_("Row"), scope="col"), html.Th(_("Cells"), colSpan=max(1, width))]
                )
            ),
            html.Tbody(
                [_row(number, row, layout) for number, row in enumerate(layout.first_rows, 1)]
            ),
        ],
        className="cohorts-first-rows",
    )


def _row(number: int, cells: tuple[str, ...], layout: FileLayout) -> Component:
    is_header = number == layout.header_row
    return html.Tr(
        [
            html.Th(_choice(number, layout, is_header=is_header), scope="row"),
            *(html.Td(html.Bdi(shortened(cell))) for cell in cells),
        ],
        className="cohorts-header" if is_header else "",
    )


def _choice(number: int, layout: FileLayout, *, is_header: bool) -> list[Content]:
    """The row's number, and a button where it could be the header."""
    content: list[Content] = [html.Span(count(number))]
    if is_header:
        return [*content, dmc.Badge(_("Header"), variant="light")]
    if layout.can_change and any(layout.first_rows[number - 1]):
        button = dmc.Button(
            _("Use as header"),
            id={"type": USE, "row": number},
            variant="subtle",
            size="compact-xs",
            **{"aria-label": _("Use row {row} as header", row=count(number))},
        )
        return [*content, button]
    return content


def register(app: Dash) -> None:
    """Read the file once more, and go to the draft that comes of it."""

    @app.callback(
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Output("cohorts-layout-answer", "children"),
        Input({"type": USE, "row": ALL}, "n_clicks"),
        Input(SHEET, "value"),
        State("cohorts-draft", "data"),
        prevent_initial_call=True,
    )
    def choose(clicks: list[int | None], sheet: str | None, cohort_id: str) -> object:
        with api_client.client() as client:
            try:
                cohort = client.cohorts[cohort_id]
                layout = cohort.layout()
                new_layout = wanted_layout(ctx.triggered_id, clicks, sheet, layout)
                if new_layout is None:
                    return no_update, no_update
                return f"/cohorts/{cohort.read_again(**new_layout).id}", None
            except Unauthenticated:
                raise
            except ClientError as error:
                return no_update, problems.alert(error, N_("Not read"))


def wanted_layout(
    triggered: Any, clicks: list[int | None], sheet: str | None, layout: FileLayout
) -> dict[str, Any] | None:
    """What was chosen; None where the page was only drawn."""
    if isinstance(triggered, dict):
        return {"sheet": layout.sheet, "header_row": triggered["row"]} if any(clicks) else None
    if sheet is None or sheet == layout.sheet:
        return None
    return {"sheet": sheet, "header_row": None}
