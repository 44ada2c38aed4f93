"""Share a result by a read-only link: the button, and the dialog with the links that there are.

A page of a task or an assessment includes `section`; `register` is called once for all pages.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import dash_mantine_components as dmc
from agelens.client import Assessment, Client, NotFound, SharedLink, Task
from agelens.languages import N_, _, ngettext
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import request

from dash_app import api_client, html_tables, times
from dash_app.content import Component, Content

DAYS = (1, 7, 30, 90)
USUAL_DAYS = 7
COLUMNS = (N_("Made"), N_("Expires"), N_("Last opened"), "")
WHAT_IT_SHOWS = N_(
    "Whoever has the link sees the answers and the result without an account, and nothing else of "
    "yours. You can revoke it at any time."
)
NO_LINKS = N_("There are no links to this result.")
Kind: TypeAlias = Literal["task", "assessment"]
Target: TypeAlias = dict[str, str]


def section(shown: Task | Assessment) -> Component:
    """The button, and the dialog that it opens; one of them has room on a page."""
    kind: Kind = "assessment" if isinstance(shown, Assessment) else "task"
    return html.Div(
        [
            dmc.Button(_("Share a read-only link"), id="share-open", variant="default"),
            dmc.Modal(
                dmc.Stack(
                    [
                        dmc.Text(_(WHAT_IT_SHOWS)),
                        _form(),
                        html.Div(id="share-made", role="status"),
                        html.Div(id="share-links"),
                    ]
                ),
                id="share-dialog",
                title=_("Share this result"),
                opened=False,
                centered=True,
                size="lg",
                closeButtonProps={"aria-label": _("Close")},
            ),
            dcc.Store(id="share-target", data={"kind": kind, "id": shown.id}),
        ],
        className="no-print",
    )


def _form() -> Component:
    return dmc.Group(
        [
            dmc.Select(
                id="share-days",
                label=_("The link works for"),
                value=str(USUAL_DAYS),
                data=[{"value": str(days), "label": _lifetime(days)} for days in DAYS],
                allowDeselect=False,
                w="10rem",
            ),
            dmc.Button(_("Make a link"), id="share-make"),
        ],
        align="flex-end",
    )


def _lifetime(days: int) -> str:
    return ngettext("{n} day", "{n} days", days, n=days)


def _made(link: SharedLink) -> Component:
    """The address, this once."""
    address = f"{request.url_root}shared/{link.token}"
    copying = html.Div(
        [
            dmc.TextInput(
                id="share-address",
                value=address,
                readOnly=True,
                className="share-address",
                **{"aria-label": _("Address of the link")},
            ),
            dmc.Button(_("Copy"), id="share-copy"),
        ],
        className="share-copying",
    )
    words = dmc.Text(_("Copy it now. It is shown only once."), mb="xs")
    return dmc.Alert([words, copying], title=_("The link is ready"), color="teal", variant="light")


def _list(links: Sequence[SharedLink]) -> Component:
    if not links:
        return dmc.Text(_(NO_LINKS), c="dimmed")
    return html_tables.table(COLUMNS, map(_row, links), caption=_("Links, newest first"))


def _row(link: SharedLink) -> Component:
    cells: tuple[Content, ...] = (
        times.local(link.created_at),
        times.local(link.expires_at),
        times.local(link.last_opened_at),
        dmc.Button(
            _("Revoke"),
            id={"type": "share-revoke", "link": link.id},
            variant="subtle",
            color="red",
            size="compact-sm",
            **{"aria-label": _("Revoke the link of {day}", day=_day(link.created_at))},
        ),
    )
    return html_tables.row(COLUMNS, cells)


def _day(moment: datetime) -> str:
    return times.date(moment)


def register(app: Dash) -> None:
    """Listing when the dialog opens, making, revoking, copying."""
    app.clientside_callback(
        ClientsideFunction("agelens_sharing", "copy"),
        Output("share-copy", "children"),
        Input("share-copy", "n_clicks"),
        State("share-address", "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("share-dialog", "opened"),
        Output("share-links", "children"),
        Output("share-made", "children"),
        Input("share-open", "n_clicks"),
        State("share-target", "data"),
        running=[(Output("share-open", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def show(clicks: int | None, target: Target) -> object:
        if not clicks:
            return no_update, no_update, no_update
        with api_client.client() as client:
            return True, _list(_links(client, target)), None

    @app.callback(
        Output("share-links", "children", allow_duplicate=True),
        Output("share-made", "children", allow_duplicate=True),
        Input("share-make", "n_clicks"),
        State("share-target", "data"),
        State("share-days", "value"),
        running=[(Output("share-make", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def make(clicks: int | None, target: Target, days: str) -> object:
        if not clicks:
            return no_update, no_update
        with api_client.client() as client:
            link = client.share(_shown(client, target), days=int(days))
            return _list(_links(client, target)), _made(link)

    @app.callback(
        Output("share-links", "children", allow_duplicate=True),
        Output("share-made", "children", allow_duplicate=True),
        Input({"type": "share-revoke", "link": ALL}, "n_clicks"),
        State("share-target", "data"),
        prevent_initial_call=True,
    )
    def revoke(clicks: list[int | None], target: Target) -> object:
        chosen: Any = ctx.triggered_id
        if not chosen or not any(clicks):
            return no_update, no_update
        with api_client.client() as client:
            shown = _shown(client, target)
            try:
                client.shared_links.revoke(shown, chosen["link"])
            except NotFound:  # it ended meanwhile, which is what was wanted
                client.shared_links.of(shown)  # unless the result itself is gone
            return _list(client.shared_links.of(shown)), None


def _links(client: Client, target: Target) -> list[SharedLink]:
    return client.shared_links.of(_shown(client, target))


def _shown(client: Client, target: Target) -> Task | Assessment:
    if target["kind"] == "assessment":
        return client.assessments[target["id"]]
    return client.task(target["id"])
