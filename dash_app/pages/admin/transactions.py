"""All users' ledger entries."""

from agelens.client import Transaction
from dash import Dash

from dash_app import access, load_more, number_text, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame

COLUMNS = (
    "When (UTC)",
    "Kind",
    "Credits",
    "Reserved",
    "Balance after",
    "Reserved after",
    "Wallet",
    "Task",
    "By",
    "Note",
)


def register(app: Dash) -> None:
    """Under /admin/transactions."""
    routing.add("/admin/transactions", layout, title="Transactions · Administration", admin=True)
    load_more.register(
        app,
        "admin-transactions",
        lambda client: client.admin.transactions_page,
        lambda _client: row,
    )


def layout() -> Component:
    """Newest first."""
    with access.client() as client:
        page = client.admin.transactions_page()
    return page_frame.page(
        "Transactions",
        page_frame.table(
            COLUMNS,
            [row(entry) for entry in page.items],
            id="admin-transactions-rows",
            caption="Ledger entries, newest first",
            empty="No transactions yet.",
            min_width=960,
        ),
        load_more.button("admin-transactions", page),
        lead="Every change to every wallet, in whole credits. Entries are never changed or removed.",
    )


def row(entry: Transaction) -> Component:
    """One entry."""
    return page_frame.row(
        page_frame.when(entry.created_at),
        entry.kind,
        number_text.signed_credits(entry.amount),
        number_text.signed_credits(entry.held_change),
        f"{entry.balance_after:,}",
        f"{entry.held_after:,}",
        page_frame.short(entry.wallet_id),
        page_frame.short(entry.task_id),
        page_frame.short(entry.actor_id),
        entry.note,
    )
