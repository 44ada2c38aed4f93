"""The price of a cohort, and whether the wallet covers it."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Cohort, Preview
from agelens.languages import _
from dash import html

from dash_app.content import Component, Content
from dash_app.number_text import credits
from dash_app.pages.cohorts import labels


def price(cohort: Cohort, preview: Preview | None, available: int) -> list[Content]:
    """Rows times price against what can be spent."""
    if preview is None:
        return [dmc.Text(_("The price will appear once the file can be read."))]
    rows, each = labels.rows(preview.rows), credits(preview.price_per_row)
    return [
        dmc.Text(
            [f"{rows} × {each} = ", html.Strong(credits(preview.price))],
            size="lg",
            id="cohorts-sum",
        ),
        dmc.Text(
            _("They are reserved when you start. Rows that cannot be scored are not charged."),
            size="sm",
            c="dimmed",
        ),
        dmc.Text(_("You have {credits} available.", credits=credits(available)), mt="xs"),
        too_few(cohort, preview.price - available) if preview.price > available else None,
        None if can_run(preview) else dmc.Text(_("No row can be scored yet: see above."), mt="xs"),
    ]


def can_run(preview: Preview | None) -> bool:
    """Whether any row of the file may be scored, as far as its first rows tell."""
    if preview is None or any(each.required for each in preview.missing):
        return False
    return preview.readable_rows > 0 or preview.checked_rows < preview.rows


def too_few(cohort: Cohort, credits_missing: int | None = None) -> Component:
    """The way to the wallet, and back."""
    parameters = {"next": f"/cohorts/{cohort.id}"} | (
        {"amount": credits_missing} if credits_missing else {}
    )
    wallet = f"/wallet?{urlencode(parameters)}"
    short = (
        _("You need {credits} more.", credits=count(credits_missing))
        if credits_missing
        else _("You do not have enough credits.")
    )
    return dmc.Alert(
        [short, " ", dmc.Anchor(_("Top up your wallet"), href=wallet, inherit=True, fw=600)],
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
        _("The price has changed. Check it and start again if you agree. Nothing was charged."),
        color="yellow",
        variant="light",
        mt="xs",
    )
