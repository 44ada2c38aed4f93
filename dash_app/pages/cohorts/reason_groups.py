"""Reasons and warnings in groups: how many rows, which for example, and what can be done."""

from collections.abc import Sequence

from agelens import wire
from agelens.languages import N_

from dash_app import html_tables
from dash_app.content import Component
from dash_app.pages.cohorts import labels

COLUMNS = (N_("What it is"), N_("For example rows"), N_("What to do"))


def table(groups: Sequence[wire.GroupedReason], *, caption: str, body_id: str) -> Component | None:
    """A row for each group, the largest first; nothing where there are none."""
    if not groups:
        return None
    rows = [html_tables.row(COLUMNS, _cells(each)) for each in groups]
    return html_tables.table(
        COLUMNS, rows, caption=caption, body_id=body_id, className="cohorts-groups"
    )


def _cells(group: wire.GroupedReason) -> tuple[str, str, str]:
    rows = labels.example_rows(group["first_rows"], group["n_rows"])
    return group["reason"], rows, group.get("advice") or ""
