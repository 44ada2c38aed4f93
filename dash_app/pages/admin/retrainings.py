"""Retraining runs and the candidate versions they produced."""

from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import dash_mantine_components as dmc
from agelens.client import ClientError, Conflict, NotFound, Retraining, Unauthenticated
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from dash_app import api_client, problems, routing
from dash_app.content import Component, Content
from dash_app.pages.admin import models, new_retraining, page_frame, schedules

SOURCES = {"configured": N_("configured"), "uploaded": N_("uploaded")}
COLUMNS = (
    N_("Requested (UTC)"),
    N_("Status"),
    N_("Clock"),
    N_("Data"),
    N_("Duration"),
    N_("Candidate"),
    "",
)
EVERY_MS = 4000
SHOWN_AT_FIRST, MOST_SHOWN = 20, 1000
CANCELER = "admin-retrainings-cancel"


def register(app: Dash) -> None:
    """Under /admin/retrainings; the list is asked again while something is under way."""
    routing.add("/admin/retrainings", layout, title=N_("Retrainings · Administration"), admin=True)
    app.server.add_url_rule("/admin/retrainings/<uuid:retraining_id>.ipynb", "notebook", notebook)

    @app.callback(
        Output("admin-retrainings-list", "children"),
        Input("admin-retrainings-tick", "n_intervals"),
        Input({"type": CANCELER, "id": ALL}, "n_clicks"),
        State("admin-retrainings-shown", "data"),
        running=[(Output("admin-retrainings-tick", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def refresh(_ticks: int | None, _cancels: list[int | None], shown: int) -> object:
        if not ctx.triggered[0]["value"]:
            return no_update
        try:
            if isinstance(ctx.triggered_id, dict):
                _cancel(ctx.triggered_id["id"])
            return retraining_list(shown)
        except Unauthenticated:
            raise
        except ClientError as error:
            return problems.alert(error)


def layout(shown: str | None = None) -> Component:
    """Newest first; below, how to start one and when each starts by itself."""
    count = _count(shown)
    with api_client.client() as client:
        clocks = sorted({version.name for version in client.admin.models()})
    return page_frame.page(
        N_("Retrainings"),
        html.Div(retraining_list(count), id="admin-retrainings-list"),
        dcc.Interval(id="admin-retrainings-tick", interval=EVERY_MS),
        dcc.Store(id="admin-retrainings-shown", data=count),
        new_retraining.form(clocks),
        schedules.section(clocks),
        lead=_("Retrained versions are published but not activated."),
    )


def _count(shown: str | None) -> int:
    return min(int(shown), MOST_SHOWN) if shown and shown.isdecimal() else SHOWN_AT_FIRST


def retraining_list(count: int) -> Component:
    """The newest, as they are now."""
    with api_client.client() as client:
        retrainings = list(islice(client.admin.retrainings(), count + 1))
    show_more = dmc.Anchor(
        _("Show more"), href=f"/admin/retrainings?shown={count + SHOWN_AT_FIRST}"
    )
    return dmc.Stack(
        [
            page_frame.table(
                COLUMNS,
                [_row(retraining) for retraining in retrainings[:count]],
                id="admin-retrainings-rows",
                caption=_("Retrainings, newest first"),
                empty=_("No retrainings yet."),
            ),
            html.Div(show_more) if len(retrainings) > count else None,
        ]
    )


def _data(retraining: Retraining) -> str:
    source = retraining.data.source or ""
    return f"{retraining.data.file_name} ({_(SOURCES.get(source, source))})"


def _row(retraining: Retraining) -> Component:
    reason = retraining.error.message if retraining.error else None
    return page_frame.row(
        COLUMNS,
        page_frame.moment(retraining.created_at),
        [
            page_frame.status(retraining.status),
            dmc.Text(reason, size="xs", c="dimmed") if reason else None,
        ],
        f"{retraining.model} {retraining.version}",
        _data(retraining),
        _took(retraining),
        _candidate(retraining),
        _actions(retraining),
    )


def _took(retraining: Retraining) -> str:
    if retraining.started_at is None:
        return ""
    seconds = ((retraining.finished_at or datetime.now(UTC)) - retraining.started_at).seconds
    if seconds >= 60:
        return _("{minutes} min {seconds} s", minutes=seconds // 60, seconds=seconds % 60)
    return _("{n} s", n=seconds)


def _candidate(retraining: Retraining) -> str | list[Content]:
    candidate = retraining.candidate
    if candidate is None:
        return ""
    return [models.figure(candidate.headline), dmc.Text(models.compared(candidate), size="sm")]


def _actions(retraining: Retraining) -> Component | str:
    version = f"{retraining.model} {retraining.version}"
    if not retraining.is_finished:
        return dmc.Button(
            _("Cancel"),
            id={"type": CANCELER, "id": retraining.id},
            size="compact-sm",
            variant="default",
            **{"aria-label": _("Cancel the retraining of {clock}", clock=version)},
        )
    if not retraining.has_notebook:
        return ""
    return dmc.Anchor(
        _("Notebook"),
        href=f"/admin/retrainings/{retraining.id}.ipynb",
        refresh=True,
        size="sm",
        **{"aria-label": _("Download the notebook of {clock}", clock=version)},
    )


def _cancel(retraining_id: str) -> None:
    try:
        with api_client.client() as client:
            client.admin.cancel_retraining(retraining_id)
        problems.notify(_("Retraining canceled."), good=True)
    except Conflict as error:  # it has ended meanwhile
        problems.notify(problems.error_message(error))


def notebook(retraining_id: UUID) -> BaseResponse:
    """The notebook as it was executed, from the API to the browser."""
    try:
        with api_client.client() as client:
            content = client.admin.retraining_notebook(str(retraining_id))
    except Unauthenticated:
        return redirect("/login?next=/admin/retrainings", 303)
    except NotFound:
        return Response(f"{_('There is no such notebook.')}\n", 404, mimetype="text/plain")
    except ClientError as error:
        return Response(f"{problems.error_message(error)}\n", 503, mimetype="text/plain")
    name = f'attachment; filename="{retraining_id}.ipynb"'
    headers = {"Content-Disposition": name}
    return Response(content, headers=headers, mimetype="application/x-ipynb+json")
