"""Retraining schedules."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import ClientError, InvalidInput, NotFound, Schedule
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.admin import page_frame

COLUMNS = (N_("Clock"), N_("Every"), N_("Next (UTC)"), "")
REMOVER = "admin-schedules-remove"


def section(clocks: list[str]) -> Component:
    """Those there are, and a form for one more."""
    return dmc.Paper(
        [
            dmc.Title(_("Schedules"), order=2, size="h4", mb="xs"),
            html.Div(schedule_list(), id="admin-schedules-list"),
            dmc.Group(
                [
                    dmc.Select(
                        id="admin-schedules-model",
                        label=_("Clock"),
                        data=clocks,
                        allowDeselect=False,
                        w=220,
                    ),
                    dmc.NumberInput(
                        id="admin-schedules-hours",
                        label=_("Repeat every (hours)"),
                        value=168,
                        min=1,
                        allowDecimal=False,
                        w=220,
                    ),
                    dmc.Button(
                        _("Save schedule"), id="admin-schedules-set", variant="default", mt=25
                    ),
                ],
                align="start",
                mt="md",
            ),
            html.Div(id="admin-schedules-answer", **{"aria-live": "polite"}),
        ],
        withBorder=True,
        p="lg",
    )


def schedule_list() -> Component:
    """As they are now."""
    with api_client.client() as client:
        schedules = client.admin.schedules()
    return page_frame.table(
        COLUMNS,
        [_row(schedule) for schedule in schedules],
        id="admin-schedules-rows",
        caption=_("Retraining schedules"),
        empty=_("No clock is retrained on a schedule."),
    )


def _row(schedule: Schedule) -> Component:
    return page_frame.row(
        COLUMNS,
        schedule.model,
        _("{n} h", n=charts.count(schedule.every_hours)),
        page_frame.moment(schedule.next_at),
        dmc.Button(
            _("Remove"),
            id={"type": REMOVER, "model": schedule.model},
            size="compact-sm",
            variant="default",
            **{"aria-label": _("Remove the schedule of {clock}", clock=schedule.model)},
        ),
    )


def register(app: Dash) -> None:
    """Set and remove."""

    @app.callback(
        Output("admin-schedules-list", "children"),
        Output("admin-schedules-model", "error"),
        Output("admin-schedules-hours", "error"),
        Output("admin-schedules-answer", "children"),
        Input("admin-schedules-set", "n_clicks"),
        Input({"type": REMOVER, "model": ALL}, "n_clicks"),
        State("admin-schedules-model", "value"),
        State("admin-schedules-hours", "value"),
        running=[(Output("admin-schedules-set", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def change(
        _set: int | None, _removed: list[int | None], model: str | None, hours: int
    ) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        try:
            if isinstance(ctx.triggered_id, dict):
                _remove(ctx.triggered_id["model"])
            elif not model:
                return no_update, _("Choose a clock."), None, None
            else:
                _set_to(model, hours)
        except InvalidInput as error:
            beside = problems.field_messages(error)
            model_error, hours_error = beside.pop("model", None), beside.pop("every_hours", None)
            below = dmc.Alert(" ".join(beside.values()), color="red", mt="md") if beside else None
            return no_update, model_error, hours_error, below
        except ClientError as error:
            return no_update, None, None, problems.alert(error)
        return schedule_list(), None, None, None


def _set_to(model: str, hours: int) -> None:
    with api_client.client() as client:
        client.admin.schedule(model, every_hours=hours)


def _remove(model: str) -> None:
    try:
        with api_client.client() as client:
            client.admin.unschedule(model)
    except NotFound:  # somebody else was faster
        problems.notify(_("That schedule had already been removed."))
