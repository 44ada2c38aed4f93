"""Users and their credits."""

import dash_mantine_components as dmc
from agelens.client import AdminUser
from dash import Dash, html

from dash_app import access, load_more, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame, top_up

COLUMNS = ("E-mail", "Credits", "", "Role", "Since (UTC)")


def register(app: Dash) -> None:
    """Under /admin/users, which is also where /admin leads."""
    routing.add("/admin", layout, title="Administration", admin=True)
    routing.add("/admin/users", layout, title="Users · Administration", admin=True)
    load_more.register(
        app, "admin-users", lambda client: client.admin.users_page, lambda _client: row
    )


def layout(email: str | None = None) -> Component:
    """Newest first; `email` is part of an address."""
    wanted = (email or "").strip() or None
    with access.client() as client:
        page = client.admin.users_page(email=wanted)
    rows = [row(user) for user in page.items]
    return page_frame.page(
        "Users",
        page_frame.filters(
            "/admin/users",
            dmc.TextInput(
                id="admin-users-email",
                label="Search by e-mail address",
                name="email",
                value=wanted or "",
                w=280,
            ),
        ),
        page_frame.table(
            COLUMNS,
            rows,
            id="admin-users-rows",
            caption="Users, newest first",
            empty="No users found.",
        ),
        load_more.button("admin-users", page, {"email": wanted}),
        top_up.dialog(),
    )


def row(user: AdminUser) -> Component:
    """One person."""
    return page_frame.row(
        user.email or html.I("deleted"),
        html.Span(top_up.amount(user), id=top_up.amount_id(user.id)),
        top_up.button(user) if user.erased_at is None else "",
        dmc.Badge("admin", color="teal", variant="light") if user.role == "admin" else "user",
        page_frame.when(user.created_at),
    )
