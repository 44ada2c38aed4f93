"""All users' cohorts, without their rows; those under way can be canceled."""

import time

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import AdminCohort, ClientError
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import api_client, load_more, problems, result_format, routing
from dash_app.content import Component, Content
from dash_app.pages.admin import page_frame

COLUMNS = (
    N_("Created (UTC)"),
    N_("User"),
    N_("Status"),
    N_("Clock"),
    N_("Rows"),
    N_("Held"),
    N_("Charged"),
    N_("Cohort"),
    "",
)
OPENER = "admin-cohorts-cancel-open"


def register(app: Dash) -> None:
    """Under /admin/cohorts; a row is drawn anew after its cancellation."""
    routing.add("/admin/cohorts", layout, title=N_("Cohorts · Administration"), admin=True)
    load_more.register(
        app, "admin-cohorts", lambda client: client.admin.cohorts_page, lambda _client: row
    )
    _register_cancel(app)


def layout(status: str | None = None, user: str | None = None) -> Component:
    """Newest first."""
    status, user = status or None, user or None
    with api_client.client() as client:
        page = client.admin.cohorts_page(status=status, user=user)
    return page_frame.page(
        N_("Cohorts"),
        page_frame.filters(
            "/admin/cohorts",
            dmc.Select(
                id="admin-cohorts-status",
                label=_("Status"),
                name="status",
                data=[
                    {"value": each, "label": result_format.status(each)}
                    for each in result_format.STATUS_NAMES
                ],
                value=status,
                placeholder=_("Any"),
                clearable=True,
                w=200,
            ),
            page_frame.user_field("cohorts", user),
        ),
        page_frame.table(
            COLUMNS,
            [row(cohort) for cohort in page.items],
            id="admin-cohorts-rows",
            caption=_("Cohorts, newest first"),
            empty=_("No matching cohorts."),
        ),
        load_more.button("admin-cohorts", page, {"status": status, "user": user}),
        dcc.Store(id="admin-cohorts-chosen"),
        page_frame.confirmation("cohorts-cancel", _("Cancel this cohort"), N_("Cancel cohort")),
    )


def row(cohort: AdminCohort) -> Component:
    """One cohort; what a cancellation changes has an id."""
    changing = {
        name: html.Span(content, id=_cell_id(cohort, name))
        for name, content in _changing(cohort).items()
    }
    return page_frame.row(
        COLUMNS,
        page_frame.moment(cohort.created_at),
        page_frame.user_link(cohort.user_id, cohort.user_email),
        changing["status"],
        f"{cohort.model.name} {cohort.model.version}" if cohort.model else "",
        changing["rows"],
        changing["held"],
        charts.count(cohort.charged),
        page_frame.identifier(cohort.id),
        changing["action"],
    )


def _changing(cohort: AdminCohort) -> dict[str, Content]:
    """Cells that differ once it has ended; one that ended without results has its reason."""
    under_way = cohort.status in ("queued", "running")
    reason = dmc.Text(cohort.error.message, size="xs", c="dimmed") if cohort.error else None
    return {
        "status": [page_frame.status(cohort.status), reason],
        "rows": _rows(cohort) if under_way else charts.count(cohort.rows),
        "held": charts.count(cohort.price) if under_way else "0",
        "action": _cancel_button(cohort) if under_way else "",
    }


def _rows(cohort: AdminCohort) -> str:
    rows_done, rows = charts.count(cohort.rows_done), charts.count(cohort.rows)
    return _("{done} of {rows}", done=rows_done, rows=rows)


def _cell_id(cohort: AdminCohort, name: str) -> dict[str, str]:
    return {"type": f"admin-cohorts-{name}-cell", "cohort": cohort.id}


def _cancel_button(cohort: AdminCohort) -> Component:
    return dmc.Button(
        _("Cancel"),
        id={"type": OPENER, "cohort": cohort.id},
        size="compact-sm",
        variant="default",
        **{"aria-label": _("Cancel cohort {id}", id=cohort.id[:8])},
    )


def _register_cancel(app: Dash) -> None:
    """Ask first, then cancel and look again."""

    @app.callback(
        Output("admin-cohorts-cancel-dialog", "opened"),
        Output("admin-cohorts-cancel-words", "children"),
        Output("admin-cohorts-chosen", "data"),
        Output("admin-cohorts-cancel-problem", "children"),
        Input({"type": OPENER, "cohort": ALL}, "n_clicks"),
        Input("admin-cohorts-cancel-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_or_leave(_opened: list[int | None], _cancel_clicks: int | None) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        if ctx.triggered_id == "admin-cohorts-cancel-not":
            return False, no_update, no_update, no_update
        cohort_id = ctx.triggered_id["cohort"]
        question = _(
            "Cohort {id} ends without results. Its owner is not charged, gets all reserved "
            "credits back and reads that an administrator canceled it. This cannot be undone.",
            id=cohort_id[:8],
        )
        return True, question, cohort_id, None

    @app.callback(
        Output("admin-cohorts-cancel-dialog", "opened", allow_duplicate=True),
        Output("admin-cohorts-cancel-problem", "children", allow_duplicate=True),
        Input("admin-cohorts-cancel-yes", "n_clicks"),
        State("admin-cohorts-chosen", "data"),
        running=[(Output("admin-cohorts-cancel-yes", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, cohort_id: str | None) -> object:
        if not clicks or cohort_id is None:
            return no_update, no_update
        try:
            with api_client.client() as client:
                canceled = client.admin.cancel_cohort(cohort_id)
        except ClientError as error:
            return no_update, problems.alert(error)
        for name, content in _changing(canceled).items():
            set_props(_cell_id(canceled, name), {"children": content})
        # an administrator may have canceled their own
        set_props("credits-changed", {"data": time.time()})
        problems.notify(_("Cohort {id} was canceled.", id=canceled.id[:8]), good=True)
        return False, None
