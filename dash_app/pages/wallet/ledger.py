"""The balance and the list of transactions."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Balance, Client, Page, Transaction
from agelens.languages import N_, _
from dash import Dash, html, set_props

from dash_app import html_tables, load_more, number_text, times
from dash_app.content import Component, Content

KINDS = {
    "topup": N_("Top-up"),
    "hold": N_("Reserved"),
    "capture": N_("Charged"),
    "release": N_("Released"),
    "refund": N_("Refund"),
    "adjustment": N_("Adjustment"),
}
COLUMNS = (N_("When"), N_("What"), N_("Credits"), N_("Balance after"))
EMPTY = N_("No transactions yet. Credits that you add or spend will be listed here.")


def balance(wallet: Balance) -> Component:
    """Three numbers and what the middle one means."""
    held_note = _("for work in progress") if wallet.held else _("nothing in progress")
    return dmc.SimpleGrid(
        [
            _figure(_("Available"), wallet.available, _("to spend now"), main=True),
            _figure(_("Reserved"), wallet.held, held_note),
            _figure(_("Balance"), wallet.balance, _("available plus reserved")),
        ],
        cols=3,
        spacing={"base": "xs", "xs": "md"},
    )


def _figure(name: str, credits: int, meaning: str, *, main: bool = False) -> Component:
    parts = [
        dmc.Text(name, size="sm", c="dimmed"),
        dmc.Text(charts.count(credits), className="wallet-figure", fw=700 if main else 500),
        dmc.Text(meaning, size="xs", c="dimmed"),
    ]
    look = "wallet-available" if main else None
    card = dmc.Paper(parts, withBorder=True, p={"base": "xs", "xs": "md"}, h="100%", className=look)
    return html.Div(card, role="group", **{"aria-label": name})


def section(page: Page[Transaction]) -> Component:
    """The newest transactions; earlier ones on request."""
    return html.Section(
        [
            dmc.Title(_("Transactions"), order=2, size="h4", mb="xs"),
            html.P(_(EMPTY), id="wallet-empty", className="wallet-empty", hidden=bool(page.items)),
            html_tables.table(
                COLUMNS,
                map(_row, page.items),
                caption=_("Transactions, newest first"),
                body_id="wallet-rows",
                id="wallet-table",
                className="wallet-table",
                hidden=not page.items,
            ),
            load_more.button("wallet", page),
        ]
    )


def _row(entry: Transaction) -> Component:
    kind = _(KINDS.get(entry.kind, entry.kind))
    description: list[Content] = [_("Welcome credits") if entry.is_welcome else kind]
    if entry.note and not entry.is_welcome:
        description.append(f" ({entry.note})")
    if entry.task_id:
        description += [
            " · ",
            dmc.Anchor(_("assessment"), href=f"/results/{entry.task_id}", inherit=True),
        ]
    if entry.cohort_id:
        description += [
            " · ",
            dmc.Anchor(_("cohort"), href=f"/cohorts/{entry.cohort_id}", inherit=True),
        ]
    return html_tables.row(COLUMNS, (times.local(entry.created_at), description, *_credits(entry)))


def _credits(entry: Transaction) -> tuple[Content, Content]:
    """How the balance changed, or what was only set aside or given free again; and what it is now."""
    after = charts.count(entry.balance_after)
    if entry.held_after:
        held = charts.count(entry.held_after)
        after = _("{balance}, {held} of it reserved", balance=after, held=held)
    if entry.amount:
        return html.Strong(number_text.signed_credits(entry.amount)), after
    moved = charts.count(abs(entry.held_change))
    moved = _("{n} reserved", n=moved) if entry.held_change > 0 else _("{n} released", n=moved)
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
