"""Publish a clock bundle: a zip that the API verifies and never executes."""

import time

import dash_mantine_components as dmc
from agelens.client import ClientError, Conflict
from agelens.languages import N_, _
from dash import Dash, Input, Output, State, html, no_update, set_props

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.admin import uploads

LEAD = N_(
    "A clock bundle as a zip of its directory. Its hashes and content are checked; nothing in it is "
    "executed. The first version becomes active; later ones wait to be activated."
)


def form() -> Component:
    """The file, and what to do with a worse one."""
    return dmc.Paper(
        [
            dmc.Title(_("Publish a version"), order=2, size="h4", mb=4),
            dmc.Text(
                f"{_(LEAD)} {_(uploads.LIMIT)}",
                size="sm",
                c="dimmed",
                mb="md",
                maw=720,
            ),
            uploads.field("admin-publish-file", _("Choose the bundle (zip)"), ".zip"),
            dmc.Checkbox(
                id="admin-publish-force",
                label=_(
                    "Publish even if its metric is worse than the active version's, or missing"
                ),
                my="md",
            ),
            html.Div(id="admin-publish-answer", **{"aria-live": "polite"}),
            dmc.Button(_("Publish"), id="admin-publish", mt="sm"),
        ],
        withBorder=True,
        p="lg",
    )


def register(app: Dash) -> None:
    """Send it, and say what the API says."""
    uploads.register(app, "admin-publish-file")

    @app.callback(
        Output("admin-publish-answer", "children"),
        Output("admin-publish-file", "contents"),
        Input("admin-publish", "n_clicks"),
        State("admin-publish-file", "contents"),
        State("admin-publish-file", "filename"),
        State("admin-publish-force", "checked"),
        running=[(Output("admin-publish", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def publish(clicks: int | None, contents: str | None, name: str, force: bool | None) -> object:
        if not clicks:
            return no_update, no_update
        if not contents:
            return dmc.Alert(_("Choose a file first."), color="red"), no_update
        try:
            with api_client.client() as client, uploads.temporary_file(contents, name) as bundle:
                version = client.admin.publish(bundle, force=bool(force))
        except Conflict as error:
            message = _without_address(error.detail)
            return dmc.Alert(message, title=_("Not published"), color="red"), no_update
        except ClientError as error:
            return problems.alert(error, _("Not published")), no_update
        set_props("admin-models-changed", {"data": time.time()})
        message = _("It is active.") if version.active else _("It is not active yet.")
        title = _("{clock} is published", clock=f"{version.name} {version.version}")
        return dmc.Alert(message, title=title, color="teal"), None


def _without_address(detail: str) -> str:
    """The API's words; here a tick does what a query parameter does there."""
    address = _("Publish it all the same with ?force=true.")
    return detail.replace(address, _("Publish it all the same with the box above ticked."))
