"""All users' ledger entries."""

from collections.abc import Sequence

from agelens import charts
from agelens.client import Transaction
from agelens.languages import N_, _
from dash import Dash

from dash_app import api_client, load_more, number_text, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame

COLUMNS = (
    N_("When (UTC)"),
    page_frame.USER,
    N_("Kind"),
    N_("Credits"),
    N_("Reserved"),
    N_("Balance after"),
    N_("Reserved after"),
    N_("For"),
    N_("By"),
    N_("Note"),
)

KINDS = {
    "topup": N_("top-up"),
    "hold": N_("hold"),
    "capture": N_("charge"),
    "release": N_("release"),
    "refund": N_("refund"),
    "adjustment": N_("adjustment"),
}


def register(app: Dash) -> None:
    """Under /admin/transactions."""
    title = N_("Transactions · Administration")
    routing.add("/admin/transactions", layout, title=title, admin=True)
    load_more.register(
        app,
        "admin-transactions",
        lambda client: client.admin.transactions_page,
        lambda _client: row,
    )


def layout(user: str | None = None) -> Component:
    """Newest first."""
    of_user = user or None
    with api_client.client() as client:
        page = client.admin.transactions_page(user=of_user)
    return page_frame.page(
        N_("Transactions"),
        page_frame.filters("/admin/transactions", page_frame.user_field("transactions", of_user)),
        table(page.items),
        load_more.button("admin-transactions", page, {"user": of_user}),
        lead=_(
            "Every change to every wallet, in whole credits. Entries are never changed or removed."
        ),
    )


def table(entries: Sequence[Transaction], *, of_one_user: bool = False) -> Component:
    """Entries, newest first."""
    return page_frame.table(
        COLUMNS,
        [row(entry, of_one_user=of_one_user) for entry in entries],
        id="admin-transactions-rows",
        caption=_("Ledger entries, newest first"),
        empty=_("No transactions yet."),
        of_one_user=of_one_user,
    )


def row(entry: Transaction, *, of_one_user: bool = False) -> Component:
    """One entry."""
    return page_frame.row(
        COLUMNS,
        page_frame.moment(entry.created_at),
        page_frame.user_link(entry.user_id, entry.user_email),
        _("welcome credits") if entry.is_welcome else _(KINDS.get(entry.kind, entry.kind)),
        number_text.signed_credits(entry.amount),
        number_text.signed_credits(entry.held_change),
        charts.count(entry.balance_after),
        charts.count(entry.held_after),
        page_frame.identifier(entry.task_id or entry.cohort_id),
        page_frame.user_link(entry.actor_id, entry.actor_email) if entry.actor_id else "",
        "" if entry.is_welcome else entry.note,
        of_one_user=of_one_user,
    )
