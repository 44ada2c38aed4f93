"""All users' cohorts, without their rows; those under way can be canceled."""

import time

import dash_mantine_components as dmc
from agelens.client import AdminCohort, ClientError
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import access, load_more, problems, routing
from dash_app.content import Component, Content
from dash_app.pages.admin import page_frame

COLUMNS = ("Created (UTC)", "Status", "Clock", "Rows", "Held", "Charged", "User", "Cohort", "")
STATUSES = ("draft", "queued", "running", "succeeded", "failed", "canceled")
OPENER = "admin-cohorts-cancel-open"


def register(app: Dash) -> None:
    """Under /admin/cohorts; a row is drawn anew after its cancellation."""
    routing.add("/admin/cohorts", layout, title="Cohorts · Administration", admin=True)
    load_more.register(
        app, "admin-cohorts", lambda client: client.admin.cohorts_page, lambda _client: row
    )
    _register_cancel(app)


def layout(status: str | None = None, user: str | None = None) -> Component:
    """Newest first."""
    status, user = status or None, user or None
    with access.client() as client:
        page = client.admin.cohorts_page(status=status, user=user)
    return page_frame.page(
        "Cohorts",
        page_frame.filters(
            "/admin/cohorts",
            dmc.Select(
                id="admin-cohorts-status",
                label="Status",
                name="status",
                data=list(STATUSES),
                value=status,
                placeholder="Any",
                clearable=True,
                w=200,
            ),
            dmc.TextInput(
                id="admin-cohorts-user",
                label="E-mail address or user id",
                name="user",
                value=user or "",
                w=320,
            ),
        ),
        page_frame.table(
            COLUMNS,
            [row(cohort) for cohort in page.items],
            id="admin-cohorts-rows",
            caption="Cohorts, newest first",
            empty="No matching cohorts.",
        ),
        load_more.button("admin-cohorts", page, {"status": status, "user": user}),
        dcc.Store(id="admin-cohorts-chosen"),
        page_frame.confirmation("cohorts-cancel", "Cancel this cohort", "Cancel cohort"),
    )


def row(cohort: AdminCohort) -> Component:
    """One cohort; what a cancellation changes has an id."""
    changing = {
        name: html.Span(content, id=_cell_id(cohort, name))
        for name, content in _changing(cohort).items()
    }
    return page_frame.row(
        page_frame.when(cohort.created_at),
        changing["status"],
        f"{cohort.model.name} {cohort.model.version}" if cohort.model else "",
        changing["rows"],
        changing["held"],
        f"{cohort.charged:,}",
        page_frame.short(cohort.user_id),
        page_frame.short(cohort.id),
        changing["action"],
    )


def _changing(cohort: AdminCohort) -> dict[str, Content]:
    """Cells that differ once it has ended; one that ended without results has its reason."""
    under_way = cohort.status in ("queued", "running")
    reason = dmc.Text(cohort.error.message, size="xs", c="dimmed") if cohort.error else None
    return {
        "status": [page_frame.status(cohort.status), reason],
        "rows": f"{cohort.rows_done:,} of {cohort.rows:,}" if under_way else f"{cohort.rows:,}",
        "held": f"{cohort.price:,}" if under_way else "0",
        "action": _cancel_button(cohort) if under_way else "",
    }


def _cell_id(cohort: AdminCohort, name: str) -> dict[str, str]:
    return {"type": f"admin-cohorts-{name}-cell", "cohort": cohort.id}


def _cancel_button(cohort: AdminCohort) -> Component:
    return dmc.Button(
        "Cancel",
        id={"type": OPENER, "cohort": cohort.id},
        size="compact-sm",
        variant="default",
        **{"aria-label": f"Cancel cohort {cohort.id[:8]}"},
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
    def open_or_leave(_opened: list[int | None], _left: int | None) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        if ctx.triggered_id == "admin-cohorts-cancel-not":
            return False, no_update, no_update, no_update
        cohort_id = ctx.triggered_id["cohort"]
        words = (
            f"Cohort {cohort_id[:8]} ends without results. Its owner is not charged, gets all reserved "
            "credits back and reads that an administrator canceled it. This cannot be undone."
        )
        return True, words, cohort_id, None

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
            with access.client() as client:
                canceled = client.admin.cancel_cohort(cohort_id)
        except ClientError as error:
            return no_update, problems.alert(error)
        for name, content in _changing(canceled).items():
            set_props(_cell_id(canceled, name), {"children": content})
        # an administrator may have canceled their own
        set_props("credits-changed", {"data": time.time()})
        problems.notify(f"Cohort {canceled.id[:8]} was canceled.", good=True)
        return False, None
