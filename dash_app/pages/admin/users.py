"""Users and their credits."""

import dash_mantine_components as dmc
from agelens.client import AdminUser
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, load_more, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame, person, top_up

COLUMNS = (N_("E-mail"), N_("Credits"), "", N_("Role"), N_("Since (UTC)"))


def register(app: Dash) -> None:
    """Under /admin/users."""
    routing.add("/admin/users", layout, title=N_("Users · Administration"), admin=True)
    load_more.register(
        app, "admin-users", lambda client: client.admin.users_page, lambda _client: row
    )


def layout(email: str | None = None) -> Component:
    """Newest first; `email` is part of an address."""
    of_email = (email or "").strip() or None
    with api_client.client() as client:
        page = client.admin.users_page(email=of_email)
    rows = [row(user) for user in page.items]
    return page_frame.page(
        N_("Users"),
        page_frame.filters(
            "/admin/users",
            dmc.TextInput(
                id="admin-users-email",
                label=_("Search by e-mail address"),
                name="email",
                value=of_email or "",
                w=280,
            ),
        ),
        page_frame.table(
            COLUMNS,
            rows,
            id="admin-users-rows",
            caption=_("Users, newest first"),
            empty=_("No users found."),
        ),
        load_more.button("admin-users", page, {"email": of_email}),
        top_up.dialog(),
    )


def row(user: AdminUser) -> Component:
    """One person."""
    blocked = dmc.Badge(_("blocked"), color="red", variant="light") if user.blocked_at else None
    return page_frame.row(
        COLUMNS,
        page_frame.user_link(user.id, user.email),
        html.Span(top_up.amount(user), id=top_up.amount_id(user.id)),
        top_up.button(user) if user.erased_at is None else "",
        [person.role(user), blocked],
        page_frame.moment(user.created_at),
    )
