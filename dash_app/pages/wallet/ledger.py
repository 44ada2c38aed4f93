"""The balance and the list of transactions."""

import dash_mantine_components as dmc
from agelens.client import Balance, Client, Page, Transaction
from dash import Dash, html, set_props

from dash_app import html_tables, load_more, number_text, times
from dash_app.content import Component, Content

KINDS = {
    "topup": "Top-up",
    "hold": "Reserved",
    "capture": "Charged",
    "release": "Released",
    "refund": "Refund",
    "adjustment": "Adjustment",
}
COLUMNS = ("When", "What", "Credits", "Balance after")
EMPTY = "No transactions yet. Credits that you add or spend will be listed here."


def balance(wallet: Balance) -> Component:
    """Three numbers and what the middle one means."""
    held = "for work in progress" if wallet.held else "nothing in progress"
    return dmc.SimpleGrid(
        [
            _figure("Available", wallet.available, "to spend now", main=True),
            _figure("Reserved", wallet.held, held),
            _figure("Balance", wallet.balance, "available plus reserved"),
        ],
        cols=3,
        spacing={"base": "xs", "xs": "md"},
    )


def _figure(name: str, credits: int, meaning: str, *, main: bool = False) -> Component:
    parts = [
        dmc.Text(name, size="sm", c="dimmed"),
        dmc.Text(f"{credits:,}", className="wallet-figure", fw=700 if main else 500),
        dmc.Text(meaning, size="xs", c="dimmed"),
    ]
    look = "wallet-available" if main else None
    card = dmc.Paper(parts, withBorder=True, p={"base": "xs", "xs": "md"}, h="100%", className=look)
    return html.Div(card, role="group", **{"aria-label": name})


def section(page: Page[Transaction]) -> Component:
    """The newest transactions; earlier ones on request."""
    return html.Section(
        [
            dmc.Title("Transactions", order=2, size="h4", mb="xs"),
            html.P(EMPTY, id="wallet-empty", className="wallet-empty", hidden=bool(page.items)),
            html_tables.table(
                COLUMNS,
                map(_row, page.items),
                caption="Transactions, newest first",
                body_id="wallet-rows",
                id="wallet-table",
                className="wallet-table",
                hidden=not page.items,
            ),
            load_more.button("wallet", page),
        ]
    )


def _row(entry: Transaction) -> Component:
    what = [KINDS.get(entry.kind, entry.kind)]
    if entry.note:
        what.append(f" ({entry.note})")
    if entry.task_id:
        what += [" · ", dmc.Anchor("assessment", href=f"/results/{entry.task_id}", inherit=True)]
    if entry.cohort_id:
        what += [" · ", dmc.Anchor("cohort", href=f"/cohorts/{entry.cohort_id}", inherit=True)]
    return html_tables.row(COLUMNS, (times.local(entry.created_at), what, *_credits(entry)))


def _credits(entry: Transaction) -> tuple[Content, Content]:
    """How the balance changed, or what was only set aside or given free again; and what it is now."""
    after = [f"{entry.balance_after:,}"]
    if entry.held_after:
        after.append(f", {entry.held_after:,} of it reserved")
    if entry.amount:
        return html.Strong(number_text.signed_credits(entry.amount)), after
    moved = f"{abs(entry.held_change):,} {'reserved' if entry.held_change > 0 else 'released'}"
    return dmc.Text(moved, span=True, inherit=True, c="dimmed"), after


def refresh(client: Client) -> None:
    """The newest again, from within a callback."""
    page = client.wallet.transactions_page()
    set_props("wallet-balance", {"children": balance(client.wallet.show())})
    set_props("wallet-rows", {"children": list(map(_row, page.items))})
    set_props("wallet-table", {"hidden": not page.items})
    set_props("wallet-empty", {"hidden": bool(page.items)})
    load_more.begin_again("wallet", page)


def register(app: Dash) -> None:
    """Earlier transactions, below those that are there."""
    load_more.register(
        app, "wallet", lambda client: client.wallet.transactions_page, lambda _client: _row
    )
