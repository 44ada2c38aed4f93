"""Shared layout of the administration pages: navigation, tables, filters, dialogs."""

from collections.abc import Sequence
from datetime import datetime

import dash_mantine_components as dmc
from dash import html

from dash_app import dialogs, results
from dash_app.content import Component, Content

PLACES = (
    ("Users", "/admin/users"),
    ("Transactions", "/admin/transactions"),
    ("Tasks", "/admin/tasks"),
    ("Cohorts", "/admin/cohorts"),
    ("Models", "/admin/models"),
    ("Queues", "/admin/queues"),
    ("Retrainings", "/admin/retrainings"),
)


def page(name: str, *parts: Content, lead: str | None = None) -> Component:
    """One of the places, with the way to the others."""
    return dmc.Stack(
        [
            html.Nav(
                [_link(label, href, current=label == name) for label, href in PLACES],
                className="admin-places",
                **{"aria-label": "Administration"},
            ),
            html.Div(
                [dmc.Title(name, order=1), dmc.Text(lead, c="dimmed", mt=4) if lead else None]
            ),
            *parts,
        ],
        gap="lg",
    )


def _link(label: str, href: str, *, current: bool) -> Component:
    marked = {"aria-current": "page"} if current else {}
    return dmc.Anchor(label, href=href, className="place", **marked)


def table(
    columns: Sequence[str],
    rows: Sequence[Component],
    *,
    id: str,
    caption: str,
    empty: str,
    min_width: int = 640,
) -> Component:
    """Rows under their headings, or words when there are none."""
    if not rows:
        return dmc.Text(empty, c="dimmed")
    return dmc.TableScrollContainer(
        dmc.Table(
            [
                dmc.TableCaption(caption, className="unseen"),
                dmc.TableThead(dmc.TableTr([_heading(name) for name in columns])),
                dmc.TableTbody(list(rows), id=id),
            ],
            className="admin-table",
            verticalSpacing="xs",
        ),
        minWidth=min_width,
        type="native",
    )


def _heading(name: str) -> Component:
    """A column of buttons has a name for those who listen."""
    return dmc.TableTh(name or dmc.VisuallyHidden("Actions"))


def row(*cells: Content) -> Component:
    """One row."""
    return dmc.TableTr([dmc.TableTd(cell) for cell in cells])


def filters(action: str, *fields: Component) -> Component:
    """A form whose fields become the address, so that what is found can be kept and shared."""
    button = dmc.Button("Show", buttonProps={"type": "submit"}, variant="default")
    return html.Form(
        dmc.Group([*fields, button], align="end", gap="sm"), action=action, method="GET"
    )


def status(name: str) -> Component:
    """A state as a badge."""
    colour = results.STATUS_COLOURS.get(name, "gray")
    return dmc.Badge(name, color=colour, variant="light", className="status")


def when(moment: datetime | None) -> str:
    """A moment, in UTC as the headings say."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def short(identifier: str | None) -> Component | str:
    """The beginning of an id; the whole of it for the pointer and the clipboard."""
    if identifier is None:
        return ""
    return html.Code(identifier[:8], title=identifier)


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
