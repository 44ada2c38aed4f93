"""The price of a cohort, and whether the wallet covers it."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import Cohort, Preview
from dash import html

from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels


def price(cohort: Cohort, preview: Preview | None, available: int) -> list[Content]:
    """Rows times price against what can be spent."""
    if preview is None:
        return [dmc.Text("The price will appear once the file can be read.")]
    rows, each = (
        labels.counted(preview.rows, "row"),
        labels.counted(preview.price_per_row, "credit"),
    )
    return [
        dmc.Text(
            [f"{rows} × {each} = ", html.Strong(labels.counted(preview.price, "credit"))],
            size="lg",
            id="cohorts-sum",
        ),
        dmc.Text(
            "They are reserved when you start. Rows that cannot be scored are not charged.",
            size="sm",
            c="dimmed",
        ),
        dmc.Text(f"You have {labels.counted(available, 'credit')} available.", mt="xs"),
        too_few(cohort, preview.price - available) if preview.price > available else None,
    ]


def too_few(cohort: Cohort, lacking: int | None = None) -> Component:
    """The way to the wallet, and back."""
    asked = {"next": f"/cohorts/{cohort.id}"} | ({"amount": lacking} if lacking else {})
    wallet = f"/wallet?{urlencode(asked)}"
    short = f"You need {lacking:,} more. " if lacking else "You do not have enough credits. "
    return dmc.Alert(
        [short, dmc.Anchor("Top up your wallet", href=wallet, inherit=True, fw=600)],
        color="blue",
        variant="light",
        mt="xs",
    )


def shown_price(preview: Preview | None) -> int | None:
    """The price that the page shows: nobody pays another one."""
    return None if preview is None else preview.price


def price_changed() -> Component:
    """Said instead of paying what was not shown: a choice, or the clock's price, has changed."""
    return dmc.Alert(
        "The price has changed. Check it and start again if you agree. Nothing was charged.",
        color="yellow",
        variant="light",
        mt="xs",
    )
