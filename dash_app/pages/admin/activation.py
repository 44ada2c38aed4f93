"""Activate a version of a clock, or roll back to the previous one."""

import time

import dash_mantine_components as dmc
from agelens.client import ClientError
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update, set_props

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.admin import page_frame

OPENER = "admin-switch-open"


def activate_button(name: str, version: str) -> Component:
    """Opens the dialog for a version."""
    return _button(
        _("Activate"), _("Activate {clock}", clock=f"{name} {version}"), name, version, "activate"
    )


def roll_back_button(name: str, version: str) -> Component:
    """Opens the dialog for the return to a version."""
    label = _("Roll back to {version}", version=version)
    aria_label = _("Roll {clock} back to {version}", clock=name, version=version)
    return _button(label, aria_label, name, version, "roll back")


def _button(label: str, aria_label: str, name: str, version: str, action: str) -> Component:
    return dmc.Button(
        label,
        id={"type": OPENER, "name": name, "version": version, "action": action},
        size="compact-sm",
        variant="default",
        **{"aria-label": aria_label},
    )


def dialog() -> Component:
    """What will change."""
    return dmc.Box(
        [
            dcc.Store(id="admin-switch-to"),
            page_frame.confirmation("switch", _("Change the active version"), N_("Change version")),
        ]
    )


def _explanation(name: str, version: str, action: str) -> str:
    clock = f"{name} {version}"
    if action == "roll back":
        which_clock = _("New assessments will use {clock} again.", clock=clock)
    else:
        which_clock = _("New assessments will use {clock}.", clock=clock)
    what_stays = _(
        "Existing tasks keep the version that they started with, results do not change, and workers "
        "need no restart. You can change it back at any time."
    )
    return f"{which_clock} {what_stays}"


def register(app: Dash) -> None:
    """Open, leave, change."""

    @app.callback(
        Output("admin-switch-dialog", "opened"),
        Output("admin-switch-words", "children"),
        Output("admin-switch-to", "data"),
        Output("admin-switch-problem", "children"),
        Input({"type": OPENER, "name": ALL, "version": ALL, "action": ALL}, "n_clicks"),
        Input("admin-switch-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_or_leave(_open_clicks: list[int | None], _cancel_clicks: int | None) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        if ctx.triggered_id == "admin-switch-not":
            return False, no_update, no_update, no_update
        version_id = {key: ctx.triggered_id[key] for key in ("name", "version", "action")}
        return True, _explanation(**version_id), version_id, None

    @app.callback(
        Output("admin-switch-dialog", "opened", allow_duplicate=True),
        Output("admin-switch-problem", "children", allow_duplicate=True),
        Input("admin-switch-yes", "n_clicks"),
        State("admin-switch-to", "data"),
        running=[(Output("admin-switch-yes", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def change(clicks: int | None, version_id: dict[str, str] | None) -> object:
        if not clicks or version_id is None:
            return no_update, no_update
        try:
            with api_client.client() as client:
                if version_id["action"] == "activate":
                    activated = client.admin.activate(version_id["name"], version_id["version"])
                else:
                    activated = client.admin.roll_back(version_id["name"])
        except ClientError as error:
            return no_update, problems.alert(error)
        set_props("admin-models-changed", {"data": time.time()})
        problems.notify(
            _("{clock} is now active.", clock=f"{activated.name} {activated.version}"), good=True
        )
        return False, None
