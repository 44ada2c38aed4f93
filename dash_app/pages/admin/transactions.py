"""Everybody's ledger entries."""

from typing import Any

from agelens.client import Transaction
from dash import Dash

from dash_app import access, more, routing, values
from dash_app.pages.admin import frame

COLUMNS = (
    "When (UTC)",
    "Kind",
    "Credits",
    "Held",
    "Balance after",
    "Held after",
    "Wallet",
    "Task",
    "By",
    "Note",
)


def register(app: Dash) -> None:
    """Under /admin/transactions."""
    routing.add("/admin/transactions", layout, title="Transactions · Administration", admin=True)
    more.register(
        app,
        "admin-transactions",
        lambda client: client.admin.transactions_page,
        lambda _client: row,
    )


def layout() -> Any:
    """Newest first."""
    with access.client() as client:
        page = client.admin.transactions_page()
    return frame.page(
        "Transactions",
        frame.table(
            COLUMNS,
            [row(entry) for entry in page.items],
            id="admin-transactions-rows",
            caption="Ledger entries, newest first",
            empty="No credits have moved yet.",
            min_width=960,
        ),
        more.button("admin-transactions", page),
        lead="The ledger only grows: every change of every wallet, in whole credits.",
    )


def row(entry: Transaction) -> Any:
    """One entry."""
    return frame.row(
        frame.when(entry.created_at),
        entry.kind,
        values.signed(entry.amount),
        values.signed(entry.held_change),
        f"{entry.balance_after:,}",
        f"{entry.held_after:,}",
        frame.short(entry.wallet_id),
        frame.short(entry.task_id),
        frame.short(entry.actor_id),
        entry.note,
    )
