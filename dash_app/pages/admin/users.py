"""People and their credits."""

from typing import Any

import dash_mantine_components as dmc
from agelens.client import AdminUser
from dash import Dash, html

from dash_app import access, more, routing
from dash_app.pages.admin import frame, topping

COLUMNS = ("E-mail", "Credits", "", "Role", "Since (UTC)")


def register(app: Dash) -> None:
    """Under /admin/users, which is also where /admin leads."""
    routing.add("/admin", layout, title="Administration", admin=True)
    routing.add("/admin/users", layout, title="Users · Administration", admin=True)
    more.register(app, "admin-users", lambda client: client.admin.users_page, lambda _client: row)


def layout(email: str | None = None) -> Any:
    """Newest first; `email` is part of an address."""
    wanted = (email or "").strip() or None
    with access.client() as client:
        page = client.admin.users_page(email=wanted)
    rows = [row(user) for user in page.items]
    return frame.page(
        "Users",
        frame.filters(
            "/admin/users",
            dmc.TextInput(
                id="admin-users-email",
                label="Part of an e-mail address",
                name="email",
                value=wanted or "",
                w=280,
            ),
        ),
        frame.table(
            COLUMNS,
            rows,
            id="admin-users-rows",
            caption="People, newest first",
            empty="Nobody has an address like that.",
        ),
        more.button("admin-users", page, {"email": wanted}),
        topping.dialog(),
    )


def row(user: AdminUser) -> Any:
    """One person."""
    return frame.row(
        user.email or html.I("erased"),
        html.Span(topping.amount(user), id=topping.amount_id(user.id)),
        topping.button(user) if user.erased_at is None else "",
        dmc.Badge("admin", color="teal", variant="light") if user.role == "admin" else "user",
        frame.when(user.created_at),
    )
