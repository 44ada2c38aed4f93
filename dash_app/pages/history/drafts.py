"""Run or delete a draft from the list."""

import time
from contextlib import suppress
from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import ClientError, InsufficientCredits, InvalidInput, NotFound, Unauthenticated
from agelens.languages import _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import api_client, dialogs, problems, routing
from dash_app.content import Component
from dash_app.pages.history import rows


def dialog() -> Component:
    """Asks before a draft is taken away."""
    return html.Div(
        [
            dcc.Store(id="history-deleting"),
            dialogs.confirmation(
                "history-delete",
                _("Delete this draft?"),
                dmc.Text(_("Its answers will be lost. You have not been charged for it.")),
            ),
        ]
    )


def register(app: Dash) -> None:
    """One callback for all drafts' buttons of a kind."""

    @app.callback(
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input({"type": "history-run", "task": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def run(clicks: list[int | None]) -> object:
        if not ctx.triggered_id or not any(clicks):
            return no_update
        return _run(ctx.triggered_id["task"]) or no_update

    @app.callback(
        Output("history-delete-dialog", "opened"),
        Output("history-deleting", "data"),
        Input({"type": "history-delete", "task": ALL}, "n_clicks"),
        Input("history-delete-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_dialog(clicks: list[int | None], _cancel_clicks: object) -> object:
        if ctx.triggered_id == "history-delete-not":
            return False, None
        if not ctx.triggered_id or not any(clicks):
            return no_update, no_update
        return True, ctx.triggered_id["task"]

    @app.callback(
        Output("history-delete-dialog", "opened", allow_duplicate=True),
        Input("history-delete-yes", "n_clicks"),
        State("history-deleting", "data"),
        running=[(Output("history-delete-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete(_clicks: object, task_id: str | None) -> object:
        if task_id:
            _delete(task_id)
        return False


def _run(task_id: str) -> str | None:
    """Where its result will be, or nothing when the row says what is in the way."""
    try:
        with api_client.client() as client:
            client.run(task_id)
    except Unauthenticated:
        raise
    except ClientError as error:
        problem = {"type": "history-problem", "task": task_id}
        set_props(problem, {"children": _why_not(error, task_id)})
        return None
    set_props("credits-changed", {"data": time.time()})
    return f"/results/{task_id}"


def _why_not(error: ClientError, task_id: str) -> Component:
    form = f"/new?draft={task_id}"
    match error:
        case InsufficientCredits():
            wallet = "/wallet?" + urlencode({"next": form})
            link = dmc.Anchor(_("Top up your wallet"), href=wallet, inherit=True)
        case InvalidInput():
            link = dmc.Anchor(_("Complete the form"), href=form, inherit=True)
        case _:
            link = None
    return html.Small([problems.error_message(error), " ", link], className="history-problem")


def _delete(task_id: str) -> None:
    with api_client.client() as client, suppress(NotFound):  # another page has done it already
        client.delete(task_id)
    deleted_cell = html.Td(
        _("Draft deleted."), colSpan=len(rows.columns()), className="history-gone"
    )
    set_props({"type": "history-row", "task": task_id}, {"children": [deleted_cell]})
