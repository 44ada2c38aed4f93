"""Shared layout of the administration pages: navigation, tables, filters, dialogs."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import html

from dash_app import dialogs, html_tables, result_format
from dash_app.content import Component, Content

T = TypeVar("T")
USER = N_("User")
ADMIN_MENU = (
    (N_("Activity"), "/admin/activity"),
    (N_("Users"), "/admin/users"),
    (N_("Transactions"), "/admin/transactions"),
    (N_("Tasks"), "/admin/tasks"),
    (N_("Cohorts"), "/admin/cohorts"),
    (N_("Models"), "/admin/models"),
    (N_("Inputs"), "/admin/inputs"),
    (N_("Queues"), "/admin/queues"),
    (N_("Retrainings"), "/admin/retrainings"),
)


def page(name: str, *parts: Content, heading: Content = None, lead: str | None = None) -> Component:
    """One of the places, by its name there, with the way to the others; the name is the heading."""
    return dmc.Stack(
        [
            html.Nav(
                [_link(label, href, current=label == name) for label, href in ADMIN_MENU],
                className="admin-places",
                **{"aria-label": _("Administration")},
            ),
            html.Div(
                [
                    dmc.Title(heading or _(name), order=1, className="admin-heading"),
                    dmc.Text(lead, c="dimmed", mt=4) if lead else None,
                ]
            ),
            *parts,
        ],
        gap="lg",
    )


def _link(label: str, href: str, *, current: bool) -> Component:
    marked = {"aria-current": "page"} if current else {}
    return dmc.Anchor(_(label), href=href, className="place", **marked)


def table(
    columns: Sequence[str],
    rows: Sequence[Component],
    *,
    id: str,
    caption: str,
    empty: str,
    of_one_user: bool = False,
) -> Component:
    """Rows under their headings, which are marked with N_, or words when there are none.

    Those of one user do not say whose they are. A table too wide for its place is scrolled, also by keyboard; on a phone each row is a card.
    """
    if not rows:
        return dmc.Text(empty, c="dimmed")
    shown_columns = _without_user(columns, columns) if of_one_user else columns
    html_table = html_tables.table(
        shown_columns, rows, caption=caption, body_id=id, className="admin-table"
    )
    return html.Div(
        html_table, className="admin-wide", role="region", tabIndex=0, **{"aria-label": caption}
    )


def row(columns: Sequence[str], *cells: Content, of_one_user: bool = False) -> Component:
    """One row."""
    if of_one_user:
        return html_tables.row(_without_user(columns, columns), _without_user(columns, cells))
    return html_tables.row(columns, cells)


def _without_user(columns: Sequence[str], cells: Sequence[T]) -> list[T]:
    return [cell for column, cell in zip(columns, cells, strict=True) if column != USER]


def filters(action: str, *fields: Component) -> Component:
    """A form whose fields become the address, so that what is found can be kept and shared."""
    button = dmc.Button(_("Show"), buttonProps={"type": "submit"}, variant="default")
    return html.Form(
        dmc.Group([*fields, button], align="end", gap="sm"), action=action, method="GET"
    )


def status(name: str) -> Component:
    """A state as a badge."""
    colour = result_format.STATUS_COLOURS.get(name, "gray")
    return dmc.Badge(result_format.status(name), color=colour, variant="light", className="status")


def when(moment: datetime | None) -> str:
    """A moment, in UTC as the headings say."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def moment(instant: datetime | None) -> Component | str:
    """A moment in a table, on one line."""
    return html.Span(when(instant), className="admin-when") if instant else ""


def identifier(value: str | None) -> Component | str:
    """A whole id, for searching and copying."""
    return html.Code(value, className="admin-id") if value else ""


def user_link(user_id: str | None, email: str | None) -> Component | str:
    """A person by e-mail address, with the way to their page."""
    if user_id is None:
        return ""
    return dmc.Anchor(
        email or _("deleted"), href=f"/admin/users/{user_id}", className="admin-email", fz="inherit"
    )


def user_field(name: str, value: str | None) -> Component:
    """A filter by one person."""
    return dmc.TextInput(
        id=f"admin-{name}-user",
        label=_("E-mail address or user id"),
        name="user",
        value=value or "",
        w=320,
    )


def confirmation(name: str, title: str, button: str, *, before: Content = None) -> Component:
    """A dialog that says in `admin-NAME-words` what will change, and below what kept it from changing."""
    return dialogs.confirmation(
        f"admin-{name}",
        title,
        html.Div(id=f"admin-{name}-words"),
        before,
        html.Div(id=f"admin-{name}-problem", **{"aria-live": "polite"}),
        go=button,
        dangerous=False,
    )
