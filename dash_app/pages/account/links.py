"""All read-only links to a person's results, and the end of each."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import dash_mantine_components as dmc
from agelens import languages
from agelens.client import Client, NotFound, OwnLink, Page
from agelens.languages import N_, _, ngettext
from dash import ALL, Dash, Input, Output, ctx, html, no_update

from dash_app import api_client, html_tables, load_more, problems, times
from dash_app.content import Component, Content

COLUMNS = (N_("Result"), N_("Made"), N_("Expires"), N_("Last opened"), "")
LIST = "account-links"
NO_LINKS = N_("None of your results is shared.")
WHAT_THEY_ARE = N_(
    "Whoever has one of these links sees that result without an account. Make one on the page of a result."
)
MOST_NAMED = 2  # clocks of a panel


def section(client: Client) -> Component:
    """What is shared at the moment."""
    return dmc.Paper(
        [
            dmc.Title(_("Read-only links"), order=2, size="h4", mb="xs"),
            dmc.Text(_(WHAT_THEY_ARE), mb="md"),
            html.Div(_table(client), id="account-links-list"),
        ],
        withBorder=True,
        p="lg",
    )


def _table(client: Client) -> list[Component]:
    page = client.shared_links.page()
    draw = _row_of(client, page)
    return [
        dmc.Text(_(NO_LINKS), c="dimmed", **({"display": "none"} if page.items else {})),
        html_tables.table(
            COLUMNS,
            map(draw, page.items),
            caption=_("Your read-only links, newest first"),
            body_id=f"{LIST}-rows",
            hidden=not page.items,
        ),
        load_more.button(LIST, page),
    ]


def _row_of(client: Client, page: Page[OwnLink] | None = None) -> Callable[[OwnLink], Component]:
    """How a link reads; the clocks' titles are asked for where there is a link at all."""
    if page is not None and not page.items:
        return lambda link: _row(link, {})
    titles = {model.name: model.title for model in client.models}
    return lambda link: _row(link, titles)


def _row(link: OwnLink, titles: Mapping[str, str]) -> Component:
    result_label = label(link, titles)
    address = (
        f"/assessments/{link.assessment_id}" if link.assessment_id else f"/results/{link.task_id}"
    )
    cells: tuple[Content, ...] = (
        dmc.Anchor(result_label, href=address, inherit=True),
        times.local(link.created_at, show="date"),
        times.local(link.expires_at),
        times.local(link.last_opened_at),
        dmc.Button(
            _("Revoke"),
            id={"type": "account-link-revoke", "link": link.id},
            variant="subtle",
            color="red",
            size="compact-sm",
            **{"aria-label": _("Revoke the link to {result}", result=result_label)},
        ),
    )
    return html_tables.row(COLUMNS, cells)


def label(link: OwnLink, titles: Mapping[str, str]) -> str:
    """What a link shows, as its owner knows it: the clocks, and the day of the blood draw."""
    names = [titles.get(name, name) for name in link.models]
    n = len(names)
    clocks = ", ".join(names) if n <= MOST_NAMED else ngettext("{n} clock", "{n} clocks", n, n=n)
    return _("{clocks}, {day}", clocks=clocks, day=languages.day(link.measured_on))


def register(app: Dash) -> None:
    """Further links, and ending one."""
    load_more.register(app, LIST, lambda client: client.shared_links.page, _row_of)

    @app.callback(
        Output("account-links-list", "children"),
        Input({"type": "account-link-revoke", "link": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def revoke(clicks: list[int | None]) -> object:
        button_id: Any = ctx.triggered_id
        if not button_id or not any(clicks):
            return no_update
        with api_client.client() as client:
            link = next(
                (each for each in client.shared_links if each.id == button_id["link"]), None
            )
            if link:
                with suppress(NotFound):  # it ended meanwhile, which is what was wanted
                    client.shared_links.revoke(link)
            table = _table(client)
        problems.notify(_("Link revoked."), good=True)
        return table
