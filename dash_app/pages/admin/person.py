"""One user: wallet, latest tasks and ledger entries, and what an administrator may change."""

from collections.abc import Callable

import dash_mantine_components as dmc
from agelens.client import AdminUser, Client, ClientError
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update

from dash_app import api_client, problems, routing, sessions
from dash_app.content import Component, Content
from dash_app.pages.admin import page_frame, tasks, top_up, transactions

LATEST = 10
OPENER = "admin-person-open"
CHANGES: dict[str, tuple[str, str]] = {
    "block": (
        N_("Block this account"),
        N_("Logins, tokens and read-only links stop at once. What was paid for is finished."),
    ),
    "unblock": (
        N_("Unblock this account"),
        N_("Logins and the tokens from before work again."),
    ),
    "promote": (
        N_("Make administrator"),
        N_("Administrators see and change everything on these pages."),
    ),
    "demote": (
        N_("Remove administrator rights"),
        N_("The account stays, as an ordinary one."),
    ),
    "reset": (
        N_("Make a reset link"),
        N_("Whoever opens the link sets a new password, once, within an hour."),
    ),
}
ASKS: dict[str, Callable[[Client, str], AdminUser]] = {
    "block": lambda client, user: client.admin.block(user),
    "unblock": lambda client, user: client.admin.unblock(user),
    "promote": lambda client, user: client.admin.set_role(user, "admin"),
    "demote": lambda client, user: client.admin.set_role(user, "user"),
}


def register(app: Dash) -> None:
    """Under /admin/users/<id>."""
    routing.add("/admin/users/<user>", layout, title=N_("User · Administration"), admin=True)
    _open_or_leave(app)
    _change(app)


def layout(user: str) -> Component:
    """The person, by id."""
    with api_client.client() as client:
        user_details = client.admin.user(user)
        latest = client.admin.tasks_page(user=user, limit=LATEST)
        entries = client.admin.transactions_page(user=user, limit=LATEST)
    return page_frame.page(
        N_("Users"),
        dcc.Store(id="admin-person-chosen", data={"user": user_details.id}),
        html.Div(_head(user_details), id="admin-person-head"),
        dmc.Title(_("Latest tasks"), order=2, size="h4"),
        tasks.table(latest.items, of_one_user=True),
        _all(_("All tasks of this user"), f"/admin/tasks?user={user_details.id}"),
        dmc.Title(_("Latest transactions"), order=2, size="h4"),
        transactions.table(entries.items, of_one_user=True),
        _all(_("All transactions of this user"), f"/admin/transactions?user={user_details.id}"),
        top_up.dialog(),
        page_frame.confirmation("person", _("Please confirm"), N_("Confirm")),
        heading=user_details.email or _("deleted"),
    )


def _all(text: str, href: str) -> Component:
    return html.Div(dmc.Anchor(text, href=href))


def _head(user: AdminUser) -> Component:
    return dmc.Paper(
        [
            dmc.Group(
                [
                    *_badges(user),
                    html.Span(_("since {day} (UTC)", day=page_frame.when(user.created_at))),
                ],
                gap="xs",
                mb="xs",
            ),
            dmc.Text(
                [
                    _("Credits:"),
                    " ",
                    html.Strong(top_up.amount(user), id=top_up.amount_id(user.id)),
                ]
            ),
            dmc.Group(_buttons(user), gap="xs", mt="md"),
        ],
        withBorder=True,
        p="lg",
    )


def _badges(user: AdminUser) -> list[Content]:
    badges = [role(user)]
    if user.blocked_at:
        badges.append(dmc.Badge(_("blocked"), color="red", variant="light"))
    return badges


def role(user: AdminUser) -> Component:
    """What somebody may do, as a badge."""
    if user.role == "admin":
        return dmc.Badge(_("admin"), color="teal", variant="light")
    return dmc.Badge(_("user"), color="gray", variant="light")


def _buttons(user: AdminUser) -> list[Content]:
    """What can be done; nothing about oneself, or of somebody who was erased."""
    if user.erased_at is not None:
        return []
    me = sessions.person()
    others = me is None or me.id != user.id
    names = [
        *(["unblock" if user.blocked_at else "block"] if others else []),
        *(["demote" if user.role == "admin" else "promote"] if others else []),
        "reset",
    ]
    if user.blocked_at:
        names.remove("demote" if user.role == "admin" else "promote")
    return [top_up.button(user), *map(_button, names)]


def _button(name: str) -> Component:
    return dmc.Button(
        _(CHANGES[name][0]),
        id={"type": OPENER, "change": name},
        size="compact-sm",
        variant="default",
    )


def _open_or_leave(app: Dash) -> None:
    @app.callback(
        Output("admin-person-dialog", "opened"),
        Output("admin-person-words", "children"),
        Output("admin-person-chosen", "data"),
        Output("admin-person-problem", "children"),
        Output("admin-person-yes", "style"),
        Input({"type": OPENER, "change": ALL}, "n_clicks"),
        Input("admin-person-not", "n_clicks"),
        State("admin-person-chosen", "data"),
        prevent_initial_call=True,
    )
    def open_or_leave(
        _open_clicks: list[int | None], _cancel_clicks: int | None, user: dict[str, str]
    ) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        if ctx.triggered_id == "admin-person-not":
            return False, *(no_update,) * 4
        change = ctx.triggered_id["change"]
        title, question = CHANGES[change]
        dialog_text = [dmc.Text(_(title), fw=600), dmc.Text(_(question))]
        return True, dialog_text, user | {"change": change}, None, {}


def _change(app: Dash) -> None:
    @app.callback(
        Output("admin-person-dialog", "opened", allow_duplicate=True),
        Output("admin-person-problem", "children", allow_duplicate=True),
        Output("admin-person-head", "children"),
        Output("admin-person-yes", "style", allow_duplicate=True),
        Input("admin-person-yes", "n_clicks"),
        State("admin-person-chosen", "data"),
        running=[(Output("admin-person-yes", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def change(clicks: int | None, selected: dict[str, str]) -> object:
        if not clicks or "change" not in selected:
            return (no_update,) * 4
        try:
            with api_client.client() as client:
                if selected["change"] == "reset":
                    url = client.admin.reset_link(selected["user"]).url
                    return no_update, _link(url), no_update, {"display": "none"}
                user = ASKS[selected["change"]](client, selected["user"])
        except ClientError as error:
            return no_update, problems.alert(error), no_update, no_update
        problems.notify(_("Saved."), good=True)
        return False, None, _head(user), no_update


def _link(url: str) -> Component:
    """The link, which is shown here only."""
    return dmc.Stack(
        [
            dmc.Text(_("Hand this link over. It is shown only now."), size="sm"),
            dmc.TextInput(value=url, readOnly=True, id="admin-person-link", label=_("Link")),
        ],
        gap="xs",
    )
